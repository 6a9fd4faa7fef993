package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/server/wire"
	"unmixlab/sim/train"
	"unmixlab/static"
	"unmixlab/templates"
)

// script runs a module that imports the page's curve as Series, and gives what it
// prints.
func script(t *testing.T, module string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	dir := t.TempDir()
	series, err := static.FS.ReadFile("js/series.js")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"series.mjs": string(series), "test.mjs": "import { Series } from './series.mjs';\n" + module} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(node, filepath.Join(dir, "test.mjs")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// curves gives a lab with finished runs of so many batches each; the shorter ones are
// the beginnings of the longer.
func curves(t *testing.T, batches ...int) *testLab {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range batches {
		now := time.Now()
		run := store.Run{ID: fmt.Sprint("curve", n), Title: "curve", Spec: []byte(tiny(n)), State: job.Finished, Batches: n, Kernel: "generic", Created: now, Updated: now}
		if err := errors.Join(s.Add(t.Context(), run), s.Append(t.Context(), run.ID, noisy(n), 0.01)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return boot(t, Config{Data: dir})
}

// noisy is a falling curve that jumps about.
func noisy(batches int) []train.Progress {
	r := rand.New(rand.NewPCG(1, 2))
	ms := make([]train.Progress, batches)
	for i := range ms {
		loss := (5 + 80*math.Exp(-float64(i)/300)) * math.Exp(0.5*r.NormFloat64())
		ms[i] = train.Progress{Batch: i + 1, Loss: loss, GradNorm: 2 * loss, Seconds: 0.01 * loss}
	}
	return ms
}

func (l *testLab) curve(id, points string) string {
	l.t.Helper()
	status, _, b := l.request("GET", "/api/runs/"+id+"/metrics?points="+points, "")
	if status != 200 {
		l.t.Fatalf("metrics of %s gave %d %s", id, status, b)
	}
	return string(b)
}

// Two runs that are equal bit by bit as far as both go have one running mean on the
// page that compares them.
func TestThePageHasOneMeanOfEqualRuns(t *testing.T) {
	t.Parallel()
	l := curves(t, 1400, 9000)
	got := script(t, fmt.Sprintf(`
		const curves = [%s, %s].map((c) => { const s = new Series(); s.load(c); return s.smooth("loss"); });
		const at = (c, b) => { let v = NaN; for (let i = 0; i < c.length; i += 2) if (c[i] <= b) v = c[i + 1]; return v; };
		const rows = [180, 300, 360, 600, 900, 1200, 1390].map((b) => curves.map((c) => at(c, b)));
		console.log(JSON.stringify(rows));`, l.curve("curve1400", "1500"), l.curve("curve9000", "1500")))
	var rows [][2]float64
	if err := json.Unmarshal([]byte(got), &rows); err != nil || len(rows) != 7 {
		t.Fatal(got, err)
	}
	for _, r := range rows {
		if r[0] != r[1] {
			t.Errorf("the short run has a mean of %g, the long one of %g", r[0], r[1])
		}
	}
}

// A page that watched has the means of one that was loaded again, of losses, gradient
// norms and seconds, and keeps the peaks.
func TestWatchingIsLikeLoadingAgain(t *testing.T) {
	t.Parallel()
	l := curves(t, 700, 9000)
	all, _, err := l.lab.Metrics(t.Context(), "curve9000", 0)
	if err != nil {
		t.Fatal(err)
	}
	got := script(t, fmt.Sprintf(`
		const watched = new Series(), loaded = new Series(), whole = new Series(20000);
		watched.load(%s);
		const message = %s;
		message.points.forEach((point, i) => watched.put(...point, ...message.means[i]));
		loaded.load(%s);
		whole.load(%s);
		let same = 0;
		for (const name of ["loss", "grad", "seconds"]) {
			const means = new Map();
			for (let i = 0, c = whole.smooth(name); i < c.length; i += 2) means.set(c[i], c[i + 1]);
			for (const c of [watched.smooth(name), loaded.smooth(name)]) {
				for (let i = 0; i < c.length; i += 2) {
					if (means.get(c[i]) !== c[i + 1]) throw new Error(name + " differs at batch " + c[i]);
					same++;
				}
			}
		}
		const top = (s) => Math.max(...s.values.loss.slice(0, s.length));
		const low = (s) => Math.min(...s.values.loss.slice(0, s.length));
		if (top(watched) !== top(whole) || low(watched) !== low(whole)) throw new Error("peaks are lost");
		if (watched.batch[0] !== 1 || watched.last !== 9000 || watched.length > 3000) throw new Error("ends");
		console.log(same > 5000 ? "same" : "few: " + same);`,
		l.curve("curve700", "1500"), wire.Metrics(all).Data, l.curve("curve9000", "1500"), l.curve("curve9000", "100000")))
	if got != "same" {
		t.Error(got)
	}
}

// What a run streams as it trains are the means that its history has, also after it
// was paused.
func TestStreamedMeansAreThoseOfTheHistory(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	r := l.start(tiny(1e6))
	l.awaitBatches(r.ID)
	l.ask("POST", "/api/runs/"+r.ID+"/pause", "", 200, &r)
	changes := l.hub.Subscribe(r.ID)
	defer changes.Close()
	l.ask("POST", "/api/runs/"+r.ID+"/resume", "", 200, &r)
	streamed := map[int]float64{}
	for len(streamed) < 200 {
		group, err := changes.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range group {
			var message struct{ Points, Means [][]float64 }
			if m.Text && json.Unmarshal(m.Data, &message) == nil {
				for i, p := range message.Points {
					streamed[int(p[0])] = message.Means[i][0]
				}
			}
		}
	}
	l.ask("POST", "/api/runs/"+r.ID+"/stop", "", 200, &r)
	ms, _, err := l.lab.Metrics(t.Context(), r.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range ms {
		if mean, ok := streamed[m.Batch]; ok && mean != m.Mean.Loss {
			t.Fatalf("batch %d was streamed with a mean of %v, the history has %v", m.Batch, mean, m.Mean.Loss)
		} else if ok {
			found++
		}
	}
	if found < 200 {
		t.Errorf("only %d of the streamed batches are in the history", found)
	}
}

// The words on the pages say over how many batches a mean goes.
func TestPagesSayWhatAMeanIs(t *testing.T) {
	words := fmt.Sprintf("of the last %d batches", train.MeanOver)
	for name, files := range map[string]fs.FS{"js/learning.js": static.FS, "js/compare.js": static.FS, "pages/compare.html": templates.FS} {
		b, err := fs.ReadFile(files, name)
		if err != nil || !strings.Contains(string(b), words) {
			t.Errorf("%s does not say %q: %v", name, words, err)
		}
	}
}
