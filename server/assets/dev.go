package assets

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ReloadScript is what a page loads with --dev, as a module at an address that ends in
// ?version= and the Version at that moment. It listens to /dev/changes for another.
//
//go:embed reload.js
var ReloadScript []byte

// Sources are the root of a checkout from which --dev has the pages' files read, as
// they are at the moment.
type Sources string

// Templates are the checkout's.
func (s Sources) Templates() fs.FS { return os.DirFS(filepath.Join(string(s), "templates")) }

// Files are the checkout's static files, read from the disk at each request.
func (s Sources) Files() *Files {
	disk := staticFolder{os.DirFS(filepath.Join(string(s), "static")), nodeModules(string(s))}
	f := &Files{disk: disk}
	if !HasVendor(disk) {
		f.Missing = missing
	}
	return f
}

// Version is another one after any change of a template or a static file, and in
// another process.
func (s Sources) Version() string {
	h := sha256.New()
	fmt.Fprintln(h, os.Getpid())
	for _, files := range []fs.FS{s.Templates(), os.DirFS(filepath.Join(string(s), "static"))} {
		fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if d != nil && d.Name() == "node_modules" {
				return fs.SkipDir
			}
			if err != nil || d.IsDir() {
				return nil // a file that goes while it is looked for makes another version the next time
			}
			if info, err := d.Info(); err == nil {
				fmt.Fprintln(h, name, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// staticFolder is the folder static of a checkout as a binary would embed it: of its entries
// those in embedded, with ECharts from npm's folder where it was not copied.
type staticFolder struct{ folder, modules fs.FS }

var embedded = []string{"css", "js", "vendor", "icon.svg"} // as in static/embed.go

func (s staticFolder) Open(name string) (fs.File, error) {
	top, _, _ := strings.Cut(name, "/")
	if !slices.Contains(embedded, top) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := s.folder.Open(name)
	if err != nil && top == "vendor" {
		return s.modules.Open(name)
	}
	return f, err
}
