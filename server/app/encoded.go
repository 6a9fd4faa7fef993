package app

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"unmixlab/web/figure"
)

// encoded is a figure as JSON, plain and zipped, with its tag for browsers that have it.
type encoded struct {
	plain, zipped []byte
	tag           string
}

// encodings keep the JSON of figures that were sent lately: a class asks for the same one
// at once, and encoding takes longer than sending.
type encodings struct {
	mu     sync.Mutex
	recent []encoding // the latest last
}

type encoding struct {
	of   *figure.Figure
	make func() (encoded, error) // once
}

// encodingsKept is as many figures as the lab keeps.
const encodingsKept = 16

// of gives a figure's JSON, made by the first who asks for it.
func (e *encodings) of(f *figure.Figure) (encoded, error) {
	e.mu.Lock()
	i := slices.IndexFunc(e.recent, func(x encoding) bool { return x.of == f })
	if i < 0 {
		if len(e.recent) == encodingsKept {
			e.recent = slices.Delete(e.recent, 0, 1)
		}
		i = len(e.recent)
		e.recent = append(e.recent, encoding{f, sync.OnceValues(func() (encoded, error) { return encode(f) })})
	}
	do := e.recent[i].make
	e.mu.Unlock()
	return do()
}

func encode(f *figure.Figure) (encoded, error) {
	plain, err := json.Marshal(f)
	if err != nil {
		return encoded{}, err
	}
	plain = append(plain, '\n')
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(plain); err != nil {
		return encoded{}, err
	}
	if err := z.Close(); err != nil {
		return encoded{}, err
	}
	sum := sha256.Sum256(plain)
	return encoded{plain, zipped.Bytes(), `W/"` + hex.EncodeToString(sum[:12]) + `"`}, nil
}

// send answers with the JSON, zipped where that is taken, or says that the browser has it.
func (e encoded) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Etag", e.tag)
	h.Set("Vary", "Accept-Encoding")
	if slices.Contains(strings.Split(r.Header.Get("If-None-Match"), ", "), e.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/json")
	b := e.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		b = e.zipped
	}
	w.Write(b) // a client that left needs no answer
}
