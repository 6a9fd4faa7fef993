//go:build unix

package queue

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"unmixlab/server/store"
	"unmixlab/server/sweep"
	"unmixlab/sim/kernel"
)

const small = `"base": {"hidden": 3, "steps": 20, "batch": 2, "batches": 12}`

func started(t *testing.T, s Serving) *Server {
	t.Helper()
	s.Listen, s.Dir, s.Token, s.Store = "127.0.0.1:0", t.TempDir(), "secret", 1<<30
	server, err := Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func dialled(t *testing.T, s *Server) *Queue {
	t.Helper()
	q, err := Access{URL: s.Address(), Token: "secret"}.Dial(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

func folder(t *testing.T, text string, sound sweep.Sound) *sweep.Folder {
	t.Helper()
	s, err := sweep.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	f, err := sweep.Create(filepath.Join(t.TempDir(), s.Name), s, sound)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// hired is a worker that works to the test's end. What it says is kept.
type hired struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func hire(t *testing.T, q *Queue, save time.Duration) *hired {
	t.Helper()
	h := &hired{}
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	dir := t.TempDir()
	working.Go(func() {
		_, err := q.Run(ctx, Worker{Name: rand.Text(), Kernel: kernel.Name(), Jobs: 2, Save: save, Dir: dir, Say: func(words string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			fmt.Fprintln(&h.said, words)
		}})
		if err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); working.Wait() })
	return h
}

func (h *hired) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said.String()
}

// sameAsHere compares a folder's curves with those of a training in peace.
func sameAsHere(t *testing.T, f *sweep.Folder, text string, sound sweep.Sound) {
	t.Helper()
	here := folder(t, text, sound)
	if err := here.Run(t.Context(), 1, sweep.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	for _, p := range here.Points {
		name := filepath.Join("points", p.Hash, "metrics.csv")
		want, err := os.ReadFile(filepath.Join(here.Dir, name))
		got, err2 := os.ReadFile(filepath.Join(f.Dir, name))
		if err != nil || err2 != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, %v, it is\n%s\nwant\n%s", p.Hash, err, err2, got, want)
		}
		if a, b := here.Status(p), f.Status(p); a.State != b.State || fmt.Sprint(a.Numbers) != fmt.Sprint(b.Numbers) {
			t.Errorf("%s is %s %v, want %s %v", p.Hash, b.State, b.Numbers, a.State, a.Numbers)
		}
	}
}

func TestNobodyWithoutTheToken(t *testing.T) {
	s := started(t, Serving{})
	for _, token := range []string{"", "other"} {
		_, err := Access{URL: s.Address(), Token: token}.Dial(t.Context(), "test")
		if err == nil || !strings.Contains(err.Error(), "refuses the token") {
			t.Errorf("with the token %q: %v", token, err)
		}
	}
	for _, address := range []string{"", "http://127.0.0.1:1", "127.0.0.1", "nats://"} {
		if _, err := (Access{URL: address}).Dial(t.Context(), "test"); err == nil || !strings.Contains(err.Error(), "must be such as") {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := (Access{URL: "nats://user:word@127.0.0.1:1"}).Dial(t.Context(), "test"); err == nil || strings.Contains(err.Error(), "word") {
		t.Errorf("a password is shown, or there is no error: %v", err)
	}
}

func TestTokensAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	first, err := Token(path)
	again, err2 := Token(path)
	info, err3 := os.Stat(path)
	if err := errors.Join(err, err2, err3); err != nil || len(first) < 20 || first != again || info.Mode().Perm() != 0o600 {
		t.Errorf("%q, then %q, of mode %v: %v", first, again, info.Mode(), err)
	}
	for _, text := range []string{"", "two words", strings.Repeat("x", 5000)} {
		os.WriteFile(path, []byte(text), 0o600)
		if token, err := ReadToken(path); err == nil {
			t.Errorf("%.20q is taken for %.20q", text, token)
		}
	}
}

// certified is a certificate for this machine, and a file with it.
func certified(t *testing.T) (*tls.Config, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, path
}

func TestTLS(t *testing.T) {
	config, ca := certified(t)
	s := started(t, Serving{TLS: config})
	if !strings.HasPrefix(s.Address(), "tls://") {
		t.Errorf("its address is %s", s.Address())
	}
	q, err := Access{URL: s.Address(), Token: "secret", CA: ca}.Dial(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	q.Close()
	if _, err := (Access{URL: s.Address(), Token: "secret"}).Dial(t.Context(), "test"); err == nil {
		t.Error("a certificate that nobody vouches for is taken")
	}
}

// Files of a point that was begun here go to the workers, who go on from there; what is
// measured along the way is there as well.
func TestAPointThatWasBegunGoesOn(t *testing.T) {
	const text = `{"name": "begun", "seeds": 2, "every": 4, "measure": ["late_error"], ` + small + `}`
	f := folder(t, text, nil)
	ctx, cancel := context.WithCancel(t.Context())
	f.Run(ctx, 1, sweep.Options{Batch: func(_ sweep.Point, batch int, _ float64) {
		if batch == 5 {
			cancel()
		}
	}}, nil)
	s := started(t, Serving{})
	w := hire(t, dialled(t, s), 0)
	ended := 0
	if err := s.Do(t.Context(), f, Told{Ended: func(sweep.Point, error) { ended++ }}); err != nil || ended != 2 {
		t.Fatalf("%v, %d ended", err, ended)
	}
	if !strings.Contains(w.String(), "from batch 5") {
		t.Errorf("it said %s", w)
	}
	sameAsHere(t, f, text, nil)
	if err := s.Do(t.Context(), f, Told{Ended: func(sweep.Point, error) { t.Error("done again") }}); err != nil {
		t.Error(err)
	}
}

// Messages, records and files that others wrote do no harm: what can be done is done.
func TestHostileWords(t *testing.T) {
	const text = `{"name": "hostile", "seeds": 2, "measure": ["late_error"], ` + small + `}`
	f := folder(t, text, nil)
	s := started(t, Serving{})
	q := dialled(t, s)
	for _, end := range []string{"nonsense", family(f.Sweep) + ".0123456789abcdef"} {
		if _, err := q.js.Publish(t.Context(), subjects+kernel.Name()+"."+end, []byte(`{"name": "../../x", "seeds": [1]}`)); err != nil {
			t.Fatal(err)
		}
	}
	first, second := keyOf(f.Sweep, f.Points[0].Hash), keyOf(f.Sweep, f.Points[1].Hash)
	q.records.Put(t.Context(), first, []byte(`{"state": "done", "file": "../../etc/passwd"}`))
	if err := q.store(t.Context(), "junk", []byte("no files of a point")); err != nil {
		t.Fatal(err)
	}
	if err := q.put(t.Context(), second, &record{State: done, File: "junk"}); err != nil {
		t.Fatal(err)
	}
	w := hire(t, q, 0)
	if err := s.Do(t.Context(), f, Told{}); err != nil {
		t.Fatal(err)
	}
	sameAsHere(t, f, text, nil)
	if !strings.Contains(w.String(), "cannot be read") {
		t.Errorf("of what cannot be read it said %s", w)
	}
}

func TestWhatCannotBeTrainedIsRecorded(t *testing.T) {
	f := folder(t, `{"name": "fails", "base": {"hidden": 3, "steps": 20, "batch": 2, "batches": 12, "mixing": "random", "threshold": 1}}`, nil)
	s := started(t, Serving{})
	hire(t, dialled(t, s), 0)
	for range 2 { // and again when it is asked for
		var why error
		if err := s.Do(t.Context(), f, Told{Ended: func(_ sweep.Point, err error) { why = err }}); err != nil || !errors.Is(why, sweep.ErrFailed) {
			t.Errorf("%v, %v", err, why)
		}
		if n, err := f.Retry(""); n != 1 || err != nil {
			t.Errorf("%d failed: %v", n, err)
		}
	}
}

// A point whose workers end one after the other is not handed out for ever.
func TestAPointThatEndsItsWorkers(t *testing.T) {
	f := folder(t, `{"name": "heavy", "seeds": 1, `+small+`}`, nil)
	s := started(t, Serving{})
	r := &run{q: s.Queue, f: f, family: family(f.Sweep)}
	future, err := r.send(f.Points[0])
	if err != nil {
		t.Fatal(err)
	}
	<-future.Ok()
	consumer, err := s.tasks.Consumer(t.Context(), kernel.Name())
	if err != nil {
		t.Fatal(err)
	}
	for range mostDeaths {
		s.next(t.Context(), consumer).Nak()
	}
	hire(t, dialled(t, s), 0)
	var why error
	if err := s.Do(t.Context(), f, Told{Ended: func(_ sweep.Point, err error) { why = err }}); err != nil || why == nil || !strings.Contains(why.Error(), "too little memory") {
		t.Errorf("%v, %v", err, why)
	}
}

func TestCancelKeepsWhatWasReached(t *testing.T) {
	f := folder(t, `{"name": "long", "seeds": 1, "base": {"hidden": 3, "steps": 20, "batch": 2, "batches": 100000}}`, nil)
	s := started(t, Serving{Lease: time.Second})
	w := hire(t, dialled(t, s), 10*time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Do(ctx, f, Told{Batch: func(_ sweep.Point, batch int, _ string) {
		if batch > 0 {
			cancel()
		}
	}})
	if !errors.Is(err, sweep.ErrInterrupted) {
		t.Fatal(err)
	}
	n, err := s.Cancel(t.Context(), f)
	if at := f.Status(f.Points[0]); err != nil || n != 1 || at.State != sweep.Begun || at.Batch == 0 {
		t.Errorf("%d points: %v, %s at batch %d", n, err, at.State, at.Batch)
	}
	for !strings.Contains(w.String(), "was given to another") && t.Context().Err() == nil {
		time.Sleep(time.Millisecond) // the worker notices by itself, and tells nobody
	}
}

func TestSoundsComeWithTheirSweep(t *testing.T) {
	sounds := map[string][]float32{}
	var names []string
	for i := range 2 {
		var samples []float32
		for k := range 8000 {
			samples = append(samples, float32(math.Sin(float64(k*(i+1))/7)))
		}
		id := store.SoundID(samples)
		names = append(names, `"`+id+`"`)
		sounds[id] = samples
	}
	find := func(id string) ([]float32, error) { return sounds[id], nil }
	text := `{"name": "sounds", "seeds": 1, "measure": ["late_error"], "base": {"hidden": 3, "steps": 20, "batch": 2, "batches": 12, "sources": "wav", "wav": [` + strings.Join(names, ",") + `]}}`
	f := folder(t, text, find)
	s := started(t, Serving{})
	hire(t, dialled(t, s), 0)
	if err := s.Do(t.Context(), f, Told{}); err != nil {
		t.Fatal(err)
	}
	sameAsHere(t, f, text, find)
	id := strings.Trim(names[0], `"`)
	if err := s.store(t.Context(), soundOf(id), []byte("another")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.sounds(t.Context(), nil)(id); err == nil {
		t.Error("another sound is taken for one")
	}
}

func TestCoresAreCounted(t *testing.T) {
	s := started(t, Serving{})
	hire(t, dialled(t, s), 0)
	for {
		c, err := s.Cores(t.Context(), kernel.Name())
		if err != nil {
			t.Fatal(err)
		}
		if c == (Cores{0, 2}) {
			break
		}
		if t.Context().Err() != nil {
			t.Fatalf("there are %+v", c)
		}
	}
}
