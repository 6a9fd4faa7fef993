package main

import (
	"bytes"
	"encoding/binary"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hall hears what several processes say, in one order.
type hall struct {
	lines chan spoken
	heard []spoken
}

type spoken struct {
	by   *speaker
	text string
}

// speaker is a process whose lines are heard.
type speaker struct {
	cmd    *exec.Cmd
	silent chan struct{} // closed when everything was heard
}

// enter starts a process in the hall.
func (h *hall) enter(t *testing.T, cmd *exec.Cmd) *speaker {
	t.Helper()
	_, lines := begun(t, cmd)
	s := &speaker{cmd, make(chan struct{})}
	go func() {
		defer close(s.silent)
		for lines.Scan() {
			h.lines <- spoken{s, lines.Text()}
		}
	}()
	t.Cleanup(func() { cmd.Process.Kill() })
	return s
}

// await waits for a line by one of some, and gives it with its parts.
func (h *hall) await(t *testing.T, form string, by ...*speaker) (*speaker, []string) {
	t.Helper()
	want := regexp.MustCompile(form)
	late := time.After(2 * time.Minute)
	for {
		select {
		case l := <-h.lines:
			h.heard = append(h.heard, l)
			if parts := want.FindStringSubmatch(l.text); parts != nil && slices.Contains(by, l.by) {
				return l.by, parts
			}
		case <-late:
			for _, l := range h.heard[max(0, len(h.heard)-60):] {
				t.Logf("%v: %s", l.by.cmd.Args[len(l.by.cmd.Args)-8:], l.text)
			}
			t.Fatalf("there is no line of the form %s", want)
		}
	}
}

// end waits for a process's end.
func (h *hall) end(t *testing.T, s *speaker) (code int, said string) {
	t.Helper()
	<-s.silent
	for len(h.lines) > 0 {
		h.heard = append(h.heard, <-h.lines)
	}
	code, said = ended(t, s.cmd)
	return code, h.said(s) + said
}

func (h *hall) said(by ...*speaker) (text string) {
	for _, l := range h.heard {
		if slices.Contains(by, l.by) {
			text += l.text + "\n"
		}
	}
	return text
}

func (s *speaker) signal(sig syscall.Signal) { s.cmd.Process.Signal(sig) }

// exchange is a lab with workers.
type exchange struct {
	hall
	data, host, port string
	lab              *speaker
}

// serve starts the lab, or starts it again at the same port.
func (x *exchange) serve(t *testing.T) {
	t.Helper()
	x.lab = x.enter(t, program(t, "serve", "--listen", "127.0.0.1:0", "--data", x.data, "--workers", net.JoinHostPort(x.host, x.port), "--lease", "1s"))
	_, parts := x.await(t, `unmixlab worker nats://.*:(\d+) `, x.lab)
	x.port = parts[1]
}

func (x *exchange) token() string { return filepath.Join(x.data, tokenFile) }

// worker starts a worker of one core that tells of each of its checkpoints.
func (x *exchange) worker(t *testing.T, prefix []string, address string) *speaker {
	t.Helper()
	cmd := program(t, "worker", "nats://"+address, "--token-file", x.token(), "--kernel", "generic", "--jobs", "1", "--save", "20ms")
	cmd.Env = append(cmd.Env, "TMPDIR="+cmd.Dir)
	if len(prefix) > 0 {
		path, err := exec.LookPath(prefix[0])
		if err != nil {
			t.Fatal(err)
		}
		cmd.Args = append(prefix, append([]string{cmd.Path}, cmd.Args[1:]...)...)
		cmd.Path = path
	}
	return x.enter(t, cmd)
}

// do has workers do a sweep.
func (x *exchange) do(t *testing.T, file, dir string) *speaker {
	t.Helper()
	s := x.enter(t, program(t, "sweep", "run", file, "--dir", dir, "--on", "nats", "--server", "nats://"+net.JoinHostPort(x.host, x.port), "--token-file", x.token()))
	x.await(t, "points are missing", s)
	return s
}

// strike has a worker struck in the middle of a point, which others have to take up from
// its checkpoint. false means that it came to the point's end before.
func (x *exchange) strike(t *testing.T, w *speaker, strike func(), others ...*speaker) (hash string, struck bool) {
	t.Helper()
	_, kept := x.await(t, `^(\w+)  batch \d+ of \d+ is kept`, w)
	strike()
	hash = kept[1]
	for {
		by, said := x.await(t, "^"+hash+`  .*(is done|from batch (\d+))`, append(others, w)...)
		if by == w && said[1] == "is done" {
			return hash, false
		}
		if by != w && said[1] != "is done" {
			if said[2] == "0" {
				t.Errorf("%s begins anew", hash)
			}
			return hash, true
		}
	}
}

// Three workers do a sweep. One is killed, one is stopped past its lease and goes on, the
// lab is killed and starts again, a network is cut past the lease and mended, and who waits
// for it all ends and comes back: every point is done, each is recorded once, and curves and
// weights are those of a run in peace.
func TestWorkersLoseNothing(t *testing.T) {
	if raced {
		t.Skip("it is about other programs, which the race detector does not watch")
	}
	file := writeSweep(t, `{"name": "workers", "kernel": "generic", "measure": ["late_error"], "seeds": 7, "every": 1000,
		"base": {"hidden": 4, "steps": 40, "batch": 8, "batches": 2500}}`)
	here, there := filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "there")
	wire := lay(t)
	x := &exchange{hall: hall{lines: make(chan spoken, 100_000)}, data: t.TempDir(), host: wire.host, port: "0"}
	x.serve(t)
	prefix, address := wire.through(t, x.port)
	direct := net.JoinHostPort(x.host, x.port)
	first := x.do(t, file, there)
	a, b, c := x.worker(t, nil, direct), x.worker(t, nil, direct), x.worker(t, prefix, address)

	for {
		if _, struck := x.strike(t, a, func() { a.signal(syscall.SIGKILL) }, b, c); struck {
			break
		}
		a = x.worker(t, nil, direct)
	}
	first.signal(syscall.SIGTERM)
	for {
		hash, struck := x.strike(t, b, func() { b.signal(syscall.SIGSTOP) }, c)
		b.signal(syscall.SIGCONT)
		if struck {
			x.await(t, hash+"  was given to another", b)
			break
		}
	}
	second := x.do(t, file, there)
	x.lab.signal(syscall.SIGKILL)
	x.serve(t)
	for {
		hash, struck := x.strike(t, c, func() { wire.cut(t) }, b)
		wire.mend(t)
		if struck {
			x.await(t, hash+"  was given to another", c)
			break
		}
	}
	if code, said := x.end(t, first); code != exitInterrupted || !strings.Contains(said, "no longer watched") {
		t.Errorf("it ended with %d: %s", code, said)
	}
	if code, said := x.end(t, second); code != 0 || !strings.Contains(said, "7 of 7 points are done") {
		t.Errorf("it ended with %d: %s", code, said)
	}
	if n, said := code(t, "sweep", "run", file, "--dir", here); n != 0 {
		t.Errorf("here it ended with %d: %s", n, said)
	}
	sameCurves(t, here, there)
	sameNetworks(t, here, there)
	onceEach(t, there, x.said(first, second))
	for _, w := range []*speaker{b, c} {
		w.signal(syscall.SIGTERM)
		if code, said := x.end(t, w); code != 0 {
			t.Errorf("a worker without a point ended with %d: %s", code, said)
		}
		if left, _ := os.ReadDir(w.cmd.Dir); len(left) > 0 {
			t.Errorf("a worker left %v", left)
		}
	}
}

// onceEach tells that every point of a folder was brought in once.
func onceEach(t *testing.T, dir, said string) {
	t.Helper()
	points, err := filepath.Glob(filepath.Join(dir, "points", "*", "done.json"))
	if err != nil || len(points) != 7 {
		t.Errorf("%d points are done: %v", len(points), err)
	}
	for _, path := range points {
		hash := filepath.Base(filepath.Dir(path))
		if n := len(regexp.MustCompile(`\d of \d  `+hash).FindAllString(said, -1)); n != 1 {
			t.Errorf("%s was recorded %d times", hash, n)
		}
	}
}

// sameNetworks compares weights bit by bit; what is said about them has times in it.
func sameNetworks(t *testing.T, a, b string) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(a, "points", "*", "model.safetensors"))
	for _, path := range paths {
		name, _ := filepath.Rel(a, path)
		if want, got := weights(t, path), weights(t, filepath.Join(b, name)); len(want) < 100 || !bytes.Equal(want, got) {
			t.Errorf("%s: the weights differ", name)
		}
	}
}

// weights is a file of safetensors behind its head.
func weights(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.ReadFile(path)
	if err != nil || len(f) < 8 || uint64(len(f)) < 8+binary.LittleEndian.Uint64(f) {
		t.Fatalf("%s: %v, %d bytes", path, err, len(f))
	}
	return f[8+binary.LittleEndian.Uint64(f):]
}
