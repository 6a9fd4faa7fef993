package main

import (
	"encoding/json"
	"io"
	"net/http"
	"syscall"
	"testing"

	"unmixlab/server/job"
	"unmixlab/server/lab"
)

// A lab that was killed goes on with its run by itself when it starts again, and does not
// with --resume=off.
func TestRunsGoOnAfterAKill(t *testing.T) {
	c, run := besieged(t)
	c.signal(syscall.SIGKILL)
	c.wait()
	for _, mode := range []struct {
		args  []string
		state job.State
	}{{[]string{"--resume", "off"}, job.Interrupted}, {nil, job.Running}} {
		cmd := program(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", c.data, "--kernel", "generic"}, mode.args...)...)
		out, lines := begun(t, cmd)
		if !lines.Scan() {
			t.Fatalf("the lab does not start: %s", cmd.Stderr)
		}
		address := lines.Text()
		go io.Copy(io.Discard, out)
		got := stateOf(t, address, run.ID)
		for got.State == job.Queued { // it is about to begin
			got = stateOf(t, address, run.ID)
		}
		if got.State != mode.state {
			t.Errorf("with %v it is %s", mode.args, got.State)
		}
		cmd.Process.Kill()
		ended(t, cmd)
	}
}

func stateOf(t *testing.T, address, id string) (run lab.RunInfo) {
	t.Helper()
	resp, err := http.Get(address + "/api/runs/" + id)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&run); err != nil {
		t.Fatal(err)
	}
	return run
}
