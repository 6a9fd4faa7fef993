package assets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// vendored are the files of other projects that the pages load: the name under
// vendor/ and the file in node_modules.
var vendored = []struct{ name, file string }{
	{"echarts.min.js", "echarts/dist/echarts.min.js"},
	{"echarts.LICENSE", "echarts/LICENSE"},
	{"echarts.NOTICE", "echarts/NOTICE"},
	{"echarts-gl.min.js", "echarts-gl/dist/echarts-gl.min.js"},
	{"echarts-gl.LICENSE", "echarts-gl/LICENSE"},
}

// fetchLimit is how long npm may take before the lab starts without.
const fetchLimit = 2 * time.Minute

// FetchVendor sees to it that a checkout has ECharts: once, it has npm install what
// static/package-lock.json pins, and says so on w. Without npm or network the lab
// starts all the same; its pages say what is missing.
func FetchVendor(ctx context.Context, w io.Writer) {
	dir := Checkout()
	if dir == "" || HasVendor(nodeModules(dir)) {
		return
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		fmt.Fprintln(w, "ECharts is missing and npm is not installed: the lab starts without charts.")
		return
	}
	fmt.Fprintln(w, "Fetching ECharts with npm, once ...")
	ctx, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--fetch-retries=1", "--loglevel=error")
	cmd.Dir = filepath.Join(dir, "static")
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(w, "npm failed (%v): the lab starts without charts.\n%s", err, out)
	}
}

// Checkout is the root of the lab's sources when it runs from within them, or "".
func Checkout() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module unmixlab\n") {
			return dir
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

// vendorFS are the vendored files in a folder of npm's, under their names.
type vendorFS struct{ modules fs.FS }

func nodeModules(checkout string) fs.FS {
	return vendorFS{os.DirFS(filepath.Join(checkout, "static", "node_modules"))}
}

func (v vendorFS) Open(name string) (fs.File, error) {
	for _, f := range vendored {
		if name == "vendor/"+f.name {
			return v.modules.Open(f.file)
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// HasVendor tells whether files have ECharts.
func HasVendor(files fs.FS) bool {
	for _, f := range vendored {
		if strings.HasSuffix(f.name, ".js") {
			if _, err := fs.Stat(files, "vendor/"+f.name); err != nil {
				return false
			}
		}
	}
	return true
}

// CopyVendor writes the vendored files from a checkout's node_modules to its
// static/vendor, where a build embeds them.
func CopyVendor() error {
	dir := Checkout()
	if dir == "" || !HasVendor(nodeModules(dir)) {
		return errors.New("static/node_modules has no ECharts: run npm ci in static first")
	}
	for _, f := range vendored {
		b, err := fs.ReadFile(nodeModules(dir), "vendor/"+f.name)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, "static", "vendor", f.name)
		if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, b) {
			continue
		}
		if err := os.WriteFile(to, b, 0o644); err != nil {
			return err
		}
	}
	return nil
}
