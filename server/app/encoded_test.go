package app

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// A figure is encoded once: zipped for who takes it, and not sent again to who has it.
func TestFiguresAreEncodedOnce(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	const path = "/api/models/ideal-spatial/figures/fig3?contexts=3&samples=200"
	_, h, plain := l.request("GET", path, "", "Accept-Encoding", "identity")
	if h.Get("Content-Encoding") != "" || h.Get("Etag") == "" || h.Get("Content-Type") != "application/json" || len(plain) < 1000 {
		t.Fatalf("it has %d bytes, %v", len(plain), h)
	}
	_, zipped, b := l.request("GET", path, "", "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil || zipped.Get("Content-Encoding") != "gzip" || zipped.Get("Etag") != h.Get("Etag") {
		t.Fatalf("zipped it is %v, %v", err, zipped)
	}
	if again, err := io.ReadAll(z); err != nil || !bytes.Equal(again, plain) {
		t.Errorf("unzipped it has %d bytes, %v", len(again), err)
	}
	if len(l.encodings.recent) != 1 {
		t.Errorf("%d figures are encoded, want 1", len(l.encodings.recent))
	}
	for _, tags := range []string{h.Get("Etag"), "\"x\", " + h.Get("Etag")} {
		if status, _, b := l.request("GET", path, "", "If-None-Match", tags); status != 304 || len(b) > 0 {
			t.Errorf("who has it gets %d and %d bytes", status, len(b))
		}
	}
	if status, _, other := l.request("GET", path+"&seed=9", "", "If-None-Match", h.Get("Etag")); status != 200 || bytes.Equal(other, plain) {
		t.Errorf("another figure gave %d", status)
	}
	for range 3 {
		l.request("GET", path+"&seed=x", "") // refused, and not kept
	}
	if n := len(l.encodings.recent); n != 2 {
		t.Errorf("%d figures are encoded, want 2", n)
	}
}
