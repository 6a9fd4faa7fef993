// Package assets has the files that the lab's pages load: those embedded in the
// program or, with --dev, those of the checkout as they are now; and ECharts, which npm
// fetches once where it is missing. They are served under /static/.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Files are the static files, held in memory unless --dev. Every file has two addresses:
// /static/NAME, which a browser checks again each time, and /static/VERSION/NAME
// (URL), which it may keep for ever, as the version changes with any of the files.
// The modules that a script imports by relative names share its version.
type Files struct {
	Missing string // what the pages lack and what to do about it, or ""

	version string
	files   map[string]*file
	disk    fs.FS    // with --dev, where they are read each time; no versions then
	imports sync.Map // by script: what it imports
}

type file struct {
	kind  string // content type
	etag  string
	plain []byte
	zip   func() []byte // gzipped at the first request; nil where that gains little
}

// kinds are content types by extension; files with others are not served.
var kinds = map[string]string{
	".js":      "text/javascript; charset=utf-8",
	".css":     "text/css; charset=utf-8",
	".svg":     "image/svg+xml",
	".json":    "application/json",
	".LICENSE": "text/plain; charset=utf-8",
	".NOTICE":  "text/plain; charset=utf-8",
}

const missing = "ECharts is missing: charts cannot be drawn. Install npm, run `npm ci` in the folder static of the lab's sources, and start the lab again."

// Load reads the embedded files and, where they lack ECharts, takes it from
// the node_modules of the checkout that the lab runs from.
func Load(embedded fs.FS) (*Files, error) {
	f := &Files{files: map[string]*file{}}
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return f.load(embedded, name)
	})
	if err != nil {
		return nil, err
	}
	if !HasVendor(embedded) {
		if err := f.loadVendor(); err != nil {
			return nil, err
		}
	}
	f.version = f.hash()
	return f, nil
}

func (f *Files) loadVendor() error {
	dir := Checkout()
	if dir == "" || !HasVendor(nodeModules(dir)) {
		f.Missing = missing
		return nil
	}
	for _, v := range vendored {
		if err := f.load(nodeModules(dir), "vendor/"+v.name); err != nil {
			return err
		}
	}
	return nil
}

// load takes a file in, unless it is of no kind that is served.
func (f *Files) load(files fs.FS, name string) error {
	if kinds[path.Ext(name)] == "" {
		return nil
	}
	one, err := read(files, name)
	if err == nil {
		f.files[name] = one
	}
	return err
}

func read(files fs.FS, name string) (*file, error) {
	kind := kinds[path.Ext(name)]
	if kind == "" {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	one := &file{kind: kind, etag: `"` + hex.EncodeToString(sum[:8]) + `"`, plain: b}
	if len(b) > 1000 {
		one.zip = sync.OnceValue(func() []byte { return zipped(b) })
	}
	return one, nil
}

// find gives a file by its name.
func (f *Files) find(name string) (*file, error) {
	if f.disk != nil {
		return read(f.disk, name)
	}
	one, ok := f.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return one, nil
}

func (f *Files) hash() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		h.Write([]byte(name + f.files[name].etag))
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid one
	w.Write(b)                                              // a buffer takes everything
	w.Close()
	return out.Bytes()
}

// URL is the lasting address of a file such as "js/run.js".
func (f *Files) URL(name string) string {
	if f.disk != nil {
		return "/static/" + name
	}
	return "/static/" + f.version + "/" + name
}

// Read gives a file such as "css/base.css".
func (f *Files) Read(name string) ([]byte, error) {
	one, err := f.find(name)
	if err != nil {
		return nil, err
	}
	return one.plain, nil
}

// Libraries are ECharts' scripts in the order of loading; none when it is missing.
func (f *Files) Libraries() []string {
	if f.Missing != "" {
		return nil
	}
	return []string{"vendor/echarts.min.js", "vendor/echarts-gl.min.js"}
}

// ServeHTTP answers the addresses under /static/.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/static/")
	cache := "no-cache"
	if rest, ok := strings.CutPrefix(name, f.version+"/"); ok && f.disk == nil {
		name, cache = rest, "public, max-age=31536000, immutable"
	}
	one, err := f.find(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", one.kind)
	h.Set("Cache-Control", cache)
	h.Set("Etag", one.etag)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == one.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := one.plain
	if one.zip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body = one.zip()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // a client that left needs no answer
	}
}
