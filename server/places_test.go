//go:build linux

package main

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// asNobody is the program as a user who may write nowhere; the tests' own, unless that
// is root.
func asNobody(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := program(t, args...)
	if os.Geteuid() != 0 {
		return cmd
	}
	exe, err := os.ReadFile(cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Path = filepath.Join(open(t), "unmixlab")
	if err := os.WriteFile(cmd.Path, exe, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	return cmd
}

// open is a folder that every user may read.
func open(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "unmixlab-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A data folder that may not be written is not one that another lab uses.
func TestAFolderThatMayNotBeWritten(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"the folder": func(dir string) error { return os.Chmod(dir, 0o555) },
		"a folder in it": func(dir string) error {
			return errors.Join(os.Chmod(dir, 0o777), os.Chmod(filepath.Join(dir, "checkpoints"), 0o777))
		},
		"its lock": func(dir string) error {
			for _, sub := range []string{"", "checkpoints", "sounds", "models"} {
				os.Chmod(filepath.Join(dir, sub), 0o777)
			}
			return os.WriteFile(filepath.Join(dir, "lock.db"), nil, 0o444)
		},
		"one that cannot be made": func(dir string) error {
			os.RemoveAll(dir)
			return os.Chmod(filepath.Dir(dir), 0o555)
		},
	} {
		dir := filepath.Join(open(t), "data")
		for _, sub := range []string{"", "checkpoints", "sounds", "models"} {
			if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := prepare(dir); err != nil {
			t.Fatal(err)
		}
		cmd := asNobody(t, "serve", "--listen", "127.0.0.1:0", "--data", dir)
		_, lines := begun(t, cmd)
		if lines.Scan() {
			t.Errorf("%s: it serves at %s", name, lines.Text())
			cmd.Process.Kill()
		}
		_, said := ended(t, cmd)
		if !strings.Contains(said, "permission is denied") || strings.Contains(said, "in use") || !strings.Contains(said, dir) {
			t.Errorf("%s: %s", name, said)
		}
		os.Chmod(filepath.Dir(dir), 0o755)
		os.Chmod(dir, 0o755)
	}
}

// A full device is called that by every command that writes.
func TestAFullDeviceIsCalledThat(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	for _, args := range [][]string{
		{"export", "ideal-spatial", "--out", "/dev/full"}, {"export", "ideal-spatial", "--out", "-"},
		{"figure", "fig3", "--model", "ideal-spatial", "--contexts", "4", "--samples", "200", "--out", "/dev/full"},
		tinyTraining("/dev/full"),
	} {
		cmd := program(t, args...)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &said
		if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(said.String(), "the disk is full") {
			t.Errorf("%v: %v, %s", args, err, said.String())
		}
	}
}

// A sound that no longer fits is refused with 507 and words, and so is a run; the lab
// lives on.
func TestAFullDiskIsCalledThat(t *testing.T) {
	dir := t.TempDir()
	cmd := program(t, "serve", "--listen", "127.0.0.1:0", "--kernel", "generic", "--data", dir)
	mount := `mount -t tmpfs -o size=1m none "$1" && shift && exec "$@"`
	cmd.Args = append([]string{"unshare", "-Urm", "sh", "-c", mount, "sh", dir, cmd.Path}, cmd.Args[1:]...)
	unshare, err := exec.LookPath("unshare")
	if err != nil || exec.Command(unshare, "-Urm", "mount", "-t", "tmpfs", "none", dir).Run() != nil {
		t.Skip("no file system of its own can be mounted here")
	}
	cmd.Path = unshare
	_, lines := begun(t, cmd)
	lines.Scan()
	address := lines.Text()
	post := func(path, kind string, body []byte) string {
		t.Helper()
		resp, err := http.Post(address+path, kind, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.Status + " " + string(b)
	}
	sound := filepath.Join(t.TempDir(), "a.wav")
	answer := ""
	for hz := 100.0; hz < 200 && !strings.HasPrefix(answer, "5"); hz++ {
		wavFile(t, sound, hz)
		body, kind := formOf(t, sound)
		answer = post("/api/sources", kind, body)
	}
	if !strings.HasPrefix(answer, "507") || !strings.Contains(answer, "the disk is full") {
		t.Errorf("a sound on a full disk gave %s", answer)
	}
	resp, err := http.Get(address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); resp.StatusCode != 503 || !bytes.Contains(b, []byte("the disk is full")) {
		t.Errorf("afterwards /healthz: %s %s", resp.Status, b)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if code, said := ended(t, cmd); code != 0 {
		t.Errorf("it ended with %d: %s", code, said)
	}
}

// formOf is a form with one file.
func formOf(t *testing.T, path string) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	part.Write(content)
	form.Close()
	return b.Bytes(), form.FormDataContentType()
}
