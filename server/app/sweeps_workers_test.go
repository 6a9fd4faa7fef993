package app

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"unmixlab/server/job"
	"unmixlab/server/lab"
	"unmixlab/server/queue"
	"unmixlab/server/sweep"
	"unmixlab/sim/kernel"
)

// A sweep that rests is done by workers when that is asked for, and where there are some.
func TestWorkersDoASweep(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := boot(t, Config{Data: data})
	text := `{"name": "far", "seeds": 3, "measure": ["late_error"], "base": {"hidden": 4, "steps": 20, "batch": 3, "batches": 10}}`
	s, err := sweep.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sweep.Create(filepath.Join(data, "sweeps", "far"), s, nil); err != nil {
		t.Fatal(err)
	}
	if status, page := l.postForm("/sweeps/new", tinySweep("action", "send")); status != http.StatusUnprocessableEntity || !strings.Contains(page, "no worker with the") {
		t.Errorf("without workers the form is answered with %d", status)
	}
	if status, page := l.postForm("/sweeps/far", url.Values{"action": {"send"}}); status != http.StatusConflict || !strings.Contains(page, "no worker with the") {
		t.Errorf("without workers it is answered with %d", status)
	}
	q, err := queue.Start(t.Context(), queue.Serving{Listen: "127.0.0.1:0", Dir: t.TempDir(), Token: "secret", Store: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	l.UseWorkers(q.Queue)
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	dir := t.TempDir()
	working.Go(func() {
		q.Run(ctx, queue.Worker{Name: "w", Kernel: kernel.Name(), Jobs: 2, Dir: dir, Say: func(string) {}})
	})
	t.Cleanup(func() { cancel(); working.Wait() })
	var info lab.SweepInfo
	for info.Workers != 2 && t.Context().Err() == nil {
		l.ask("GET", "/api/sweeps/far", "", http.StatusOK, &info)
	}
	if _, _, page := l.request("GET", "/sweeps/far", "", "Accept", "text/html"); !strings.Contains(string(page), `Go on with workers (<span id="cores">2</span> cores)`) {
		t.Error("the page does not offer workers")
	}
	l.ask("POST", "/api/sweeps/far/send", "", http.StatusOK, &info)
	if err := l.lab.WaitSweep(t.Context(), "far"); err != nil {
		t.Fatal(err)
	}
	if l.ask("GET", "/api/sweeps/far", "", http.StatusOK, &info); info.State != job.Finished || info.Count.By[sweep.Done] != 3 {
		t.Errorf("it is %+v", info)
	}
	if _, _, page := l.request("GET", "/sweeps/new", "", "Accept", "text/html"); !strings.Contains(string(page), "Start with workers (2 cores)") {
		t.Error("the form does not offer workers")
	}
	if status, page := l.postForm("/sweeps/new", tinySweep("action", "send")); status != http.StatusOK || !strings.Contains(page, `data-page="sweep"`) {
		t.Fatalf("the form was answered with %d: %s", status, page)
	}
	if err := l.lab.WaitSweep(t.Context(), "tiny"); err != nil {
		t.Fatal(err)
	}
	if l.ask("GET", "/api/sweeps/tiny", "", http.StatusOK, &info); info.State != job.Finished || info.Count.By[sweep.Done] != 12 {
		t.Errorf("from the form it is %+v", info)
	}
}
