package assets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"unmixlab/static"
)

func get(f *Files, path string, headers ...string) (int, http.Header, []byte) {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.Bytes()
}

func TestStaticFiles(t *testing.T) {
	t.Parallel()
	f, err := Load(static.FS)
	if err != nil {
		t.Fatal(err)
	}
	lasting := f.URL("css/base.css")
	status, h, plain := get(f, lasting, "Accept-Encoding", "identity")
	if status != 200 || !strings.Contains(h.Get("Cache-Control"), "immutable") || len(plain) == 0 {
		t.Errorf("%s gave %d, %v", lasting, status, h)
	}
	_, h, zip := get(f, lasting, "Accept-Encoding", "gzip")
	if h.Get("Content-Encoding") != "gzip" || len(zip) >= len(plain) || h.Get("Vary") == "" {
		t.Errorf("gzipped: %d of %d bytes, %v", len(zip), len(plain), h)
	}
	status, h, _ = get(f, "/static/css/base.css")
	if status != 200 || h.Get("Cache-Control") != "no-cache" {
		t.Errorf("without a version: %d, %v", status, h)
	}
	if status, _, _ := get(f, "/static/css/base.css", "If-None-Match", h.Get("Etag")); status != 304 {
		t.Errorf("unchanged it gave %d, want 304", status)
	}
	for _, path := range []string{"/static/", "/static/css", "/static/css/none.css", "/static/embed.go", "/static/..%2Fgo.mod"} {
		if status, _, _ := get(f, path); status != 404 {
			t.Errorf("%s gave %d, want 404", path, status)
		}
	}
}
