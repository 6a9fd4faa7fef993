//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"unmixlab/server/lab"
	"unmixlab/server/store"
)

// besieged is a lab with a run that trains, a follower of it that never reads, and a
// request that never ends.
func besieged(t *testing.T) (c *ownProcess, run lab.RunInfo) {
	t.Helper()
	c = &ownProcess{t: t, data: t.TempDir()}
	cmd := program(t, "serve", "--listen", "127.0.0.1:0", "--data", c.data, "--kernel", "generic")
	out, lines := begun(t, cmd)
	if !lines.Scan() {
		t.Fatalf("the lab does not start: %s", cmd.Stderr)
	}
	c.signal, c.wait, c.host = cmd.Process.Signal, func() (int, string) { return ended(t, cmd) }, strings.TrimPrefix(lines.Text(), "http://")
	go io.Copy(io.Discard, out)
	resp, err := http.Post("http://"+c.host+"/api/runs", "application/json", strings.NewReader(`{"model":"modulation","hidden":4,"steps":20,"batch":3,"batches":1000000}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&run); err != nil {
		t.Fatal(err)
	}
	follower := c.send("GET /api/runs/" + run.ID + "/stream HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")
	if answer, err := bufio.NewReader(follower).ReadString('\n'); err != nil || !strings.Contains(answer, "101") {
		t.Fatalf("the follower gets %q, %v", answer, err)
	}
	c.send("POST /api/runs HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n")
	return c, run
}

// ownProcess is a lab in a process of its own.
type ownProcess struct {
	t          *testing.T
	data, host string
	signal     func(os.Signal) error
	wait       func() (code int, said string)
}

// send begins a request by hand.
func (c *ownProcess) send(head string) net.Conn {
	c.t.Helper()
	conn, err := net.Dial("tcp", c.host)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprintf(conn, "%sHost: %s\r\n\r\n", head, c.host); err != nil {
		c.t.Fatal(err)
	}
	return conn
}

// A lab that is asked to end does so within five seconds, whoever holds it up, and keeps
// everything.
func TestTheLabEndsWithinFiveSeconds(t *testing.T) {
	c, run := besieged(t)
	began := time.Now()
	c.signal(syscall.SIGTERM)
	if code, said := c.wait(); code != 0 || time.Since(began) > 5*time.Second {
		t.Errorf("it ended with %d after %v: %s", code, time.Since(began), said)
	}
	s, err := store.Open(t.Context(), c.data)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Run(t.Context(), run.ID)
	if metrics, _ := s.Metrics(t.Context(), run.ID, 0); err != nil || r.State != "interrupted" || len(metrics) != r.Batch || len(s.Checkpoints(run.ID)) == 0 {
		t.Errorf("the run is %s (%s) at batch %d with %d metrics, %v", r.State, r.Error, r.Batch, len(metrics), err)
	}
}

// A second signal ends it at once.
func TestASecondSignalEndsTheLabAtOnce(t *testing.T) {
	c, _ := besieged(t)
	c.signal(syscall.SIGTERM)
	for began := time.Now(); ; time.Sleep(time.Millisecond) { // until it lets nobody in: it is ending
		conn, err := net.Dial("tcp", c.host)
		if err != nil {
			break
		}
		conn.Close()
		if time.Since(began) > time.Minute {
			t.Fatal("it does not begin to end")
		}
	}
	c.signal(syscall.SIGTERM)
	if code, said := c.wait(); code != -1 { // by the signal
		t.Errorf("it ended with %d: %s", code, said)
	}
}

// A second lab on the folder of another is refused with the reason, and the first goes on.
func TestTwoLabsOnOneFolder(t *testing.T) {
	data := t.TempDir()
	first, address, _ := asking(t, "--ask", "--data", data)
	second := program(t, "serve", "--listen", "127.0.0.1:0", "--kernel", "generic", "--data", data)
	second.Stderr = &bytes.Buffer{}
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	code, said := ended(t, second)
	if code != exitFailed || !strings.Contains(said, "in use by another lab") || !strings.Contains(said, "--data") || !strings.Contains(said, data) {
		t.Errorf("the second ended with %d: %s", code, said)
	}
	resp, err := http.Get(address + "/healthz")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("then the first answers %v, %v", resp, err)
	}
	first.signal(syscall.SIGTERM)
	if code, said := first.wait(); code != 0 {
		t.Errorf("the first ended with %d: %s", code, said)
	}
	again, _, _ := asking(t, "--ask", "--data", data) // who has ended keeps nobody out
	again.signal(syscall.SIGTERM)
	if code, said := again.wait(); code != 0 {
		t.Errorf("the one after it ended with %d: %s", code, said)
	}
}
