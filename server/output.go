package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"unmixlab/server/store"
)

// standard is the name of standard output, and of standard input, on the command line.
const standard = "-"

// place is where a command's result goes: a file that is not there yet, which appears
// whole or not at all, or standard output, a device or a pipe, written directly.
type place struct {
	path   string
	stdout bool
	direct bool
	term   terminal
}

// place checks where a result is to go, now rather than after hours of work.
func (t terminal) place(path string) (place, error) {
	p := place{path: path, term: t, stdout: path == standard}
	if p.stdout {
		return p, nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		_, err := os.Stat(filepath.Dir(path))
		return p, store.Explain(err)
	case info.IsDir():
		return p, usageError{fmt.Errorf("%s is a folder: name a file in it with --out", path)}
	case t.isOut(info):
		p.stdout = true
	case info.Mode().IsRegular() && !handle(path):
		return p, fmt.Errorf("%s is there already: name another file with --out", path)
	default:
		p.direct = true
	}
	return p, nil
}

// isOut tells whether a file is where standard output goes, as /dev/stdout is.
func (t terminal) isOut(info os.FileInfo) bool {
	f, ok := t.out.(*os.File)
	if !ok {
		return false
	}
	out, err := f.Stat()
	return err == nil && os.SameFile(info, out)
}

// handle tells whether a path names something that the shell has opened, a file perhaps.
func handle(path string) bool {
	return strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/self/fd/")
}

// words is where a command may speak: not where its result goes.
func (p place) words() io.Writer {
	if p.stdout && !p.term.quiet {
		return p.term.err
	}
	return p.term.words()
}

// write writes the result, and says so where it made a file.
func (p place) write(write func(io.Writer) error) error {
	switch {
	case p.stdout:
		if err := buffered(p.term.out, write); err != nil {
			return fmt.Errorf("write to standard output: %w", store.Explain(err))
		}
		return nil
	case p.direct:
		f, err := os.OpenFile(p.path, os.O_WRONLY, 0)
		if err != nil {
			return store.Explain(err)
		}
		err = buffered(f, write)
		if e := f.Close(); err == nil {
			err = e
		}
		return store.Explain(err)
	}
	err := store.WriteFile(p.path, write)
	if err == nil {
		fmt.Fprintln(p.term.words(), "wrote", p.path)
	}
	return err
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// readInput reads a file, or standard input for "-".
func readInput(path string) ([]byte, error) {
	if path == standard {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(path)
}
