package app

import (
	"context"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/train"
)

// losses are a run's, of every batch.
func (l *lab) losses(id string) []float64 {
	l.t.Helper()
	ms, err := l.store.Metrics(l.t.Context(), id, 0)
	if err != nil {
		l.t.Fatal(err)
	}
	var out []float64
	for i, m := range ms {
		if m.Batch != i+1 {
			l.t.Fatalf("metric %d is of batch %d", i, m.Batch)
		}
		out = append(out, m.Loss)
	}
	return out
}

func TestARunFromStartToModel(t *testing.T) {
	l := boot(t, Config{})
	r := l.await(l.start(tiny(12)).ID)
	finished(t, r)
	if r.Batch != 12 || r.Loss == nil || r.GradNorm == nil || r.SecondsPerBatch <= 0 || r.ETASeconds != nil || r.Kernel != "generic" {
		t.Errorf("finished it is %+v", r)
	}
	var m struct {
		Batch         []int
		Loss, Seconds []float64
		GradNorm      []float64 `json:"grad_norm"`
	}
	l.ask("GET", "/api/runs/"+r.ID+"/metrics", "", 200, &m)
	if len(m.Batch) != 12 || m.Batch[11] != 12 || m.Loss[11] != *r.Loss || len(m.GradNorm) != 12 || len(m.Seconds) != 12 {
		t.Errorf("metrics are %+v", m)
	}
	_, _, b := l.request("GET", "/api/runs/"+r.ID+"/metrics.csv", "")
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil || len(rows) != 13 || rows[12][0] != "12" || rows[12][1] != fmt.Sprint(*r.Loss) {
		t.Errorf("the CSV is %s, %v", b, err)
	}
	var model ModelInfo
	l.ask("POST", "/api/runs/"+r.ID+"/save?title=My+network", "", 200, &model)
	if model.Title != "My network" || model.Shipped || model.Provenance.Batches != 12 || len(model.Provenance.Losses) != 12 || model.Spec.Hidden != 4 {
		t.Errorf("the model is %+v", model)
	}
	l.ask("GET", "/api/models/"+model.ID, "", 200, &model)
	if got := l.await(r.ID).ModelID; got != model.ID {
		t.Errorf("the run names the model %q, want %q", got, model.ID)
	}
	_, _, weights := l.request("GET", "/api/models/"+model.ID+"/weights.safetensors", "")
	l.ask("DELETE", "/api/models/"+model.ID, "", 204, nil)
	l.refused("GET", "/api/models/"+model.ID, "", 404, "path.id")

	body, kind := form(t, "file", "mine.safetensors", weights)
	if status, _, b := l.request("POST", "/api/models", body, "Content-Type", kind); status != 200 || !strings.Contains(string(b), "My network") {
		t.Errorf("its own file was refused: %d %s", status, b)
	}
}

func TestOneRunTrainsAndOthersWait(t *testing.T) {
	l := boot(t, Config{})
	first, second := l.start(tiny(1e6)), l.start(tiny(2))
	l.awaitBatches(first.ID)
	var r RunInfo
	l.ask("GET", "/api/runs/"+first.ID, "", 200, &r)
	if r.State != job.Running {
		t.Errorf("the first is %s", r.State)
	}
	l.ask("GET", "/api/runs/"+second.ID, "", 200, &r)
	if r.State != job.Queued {
		t.Errorf("the second is %s", r.State)
	}
	l.refused("POST", "/api/runs/"+second.ID+"/resume", "", 409, "path.id")
	l.refused("POST", "/api/runs/"+second.ID+"/save", "", 409, "path.id")
	l.ask("POST", "/api/runs/"+first.ID+"/stop", "", 200, &r)
	if r.State != job.Stopped || r.Batch == 0 {
		t.Errorf("stopped it is %s at batch %d", r.State, r.Batch)
	}
	finished(t, l.await(second.ID))
	if status, _, b := l.request("GET", "/api/runs/"+first.ID+"/checkpoint.safetensors", ""); status != 200 || len(b) < 1000 {
		t.Errorf("the checkpoint gave %d, %d bytes", status, len(b))
	}
}

func TestARunCanBeDeletedOnceItIsAtRest(t *testing.T) {
	l := boot(t, Config{})
	r := l.start(tiny(1e6))
	l.awaitBatches(r.ID)
	l.refused("DELETE", "/api/runs/"+r.ID, "", http.StatusConflict, "path.id")
	l.ask("POST", "/api/runs/"+r.ID+"/stop", "", 200, &r)
	var m ModelInfo
	l.ask("POST", "/api/runs/"+r.ID+"/save", "", 200, &m)
	if status, _, b := l.request("DELETE", "/api/runs/"+r.ID, ""); status != http.StatusNoContent {
		t.Errorf("deleting it gave %d %s", status, b)
	}
	l.refused("GET", "/api/runs/"+r.ID, "", http.StatusNotFound, "path.id")
	l.refused("GET", "/api/runs/"+r.ID+"/metrics.csv", "", http.StatusNotFound, "path.id")
	l.refused("DELETE", "/api/runs/"+r.ID, "", http.StatusNotFound, "path.id")
	l.ask("GET", "/api/models/"+m.ID, "", 200, &m)
}

// TestTooManyRunsWait: one trains, so many wait, and the next is refused.
func TestTooManyRunsWait(t *testing.T) {
	l := boot(t, Config{})
	for range 1 + maxQueued {
		l.start(tiny(1e6))
	}
	l.refused("POST", "/api/runs", tiny(4), http.StatusTooManyRequests, "")
}

func TestSavingWhileItTrains(t *testing.T) {
	l := boot(t, Config{})
	r := l.start(tiny(1e6))
	l.awaitBatches(r.ID)
	var model ModelInfo
	l.ask("POST", "/api/runs/"+r.ID+"/save", `{"title":"Half way"}`, 200, &model)
	if model.Provenance.Batches == 0 || model.Title != "Half way" {
		t.Errorf("the model is %+v", model)
	}
	l.ask("GET", "/api/runs/"+r.ID, "", 200, &r)
	if r.State != job.Running || r.ModelID != model.ID {
		t.Errorf("the run is %s with the model %q", r.State, r.ModelID)
	}
}

// The curve of a run that was paused, shut down and resumed is that of one that
// went through, bit by bit.
func TestPauseShutdownAndCrashLeaveNoTrace(t *testing.T) {
	data := t.TempDir()
	l := boot(t, Config{Data: data})
	through := l.await(l.start(tiny(400)).ID)
	finished(t, through)
	want := l.losses(through.ID)

	r := l.start(tiny(1e6))
	l.awaitBatches(r.ID)
	l.ask("POST", "/api/runs/"+r.ID+"/pause", "", 200, &r)
	if r.State != job.Paused {
		t.Fatalf("paused it is %s", r.State)
	}
	l.ask("POST", "/api/runs/"+r.ID+"/resume", "", 200, &r)
	l.awaitBatches(r.ID)
	l.stop()

	l = boot(t, Config{Data: data})
	l.ask("GET", "/api/runs/"+r.ID, "", 200, &r)
	if r.State != job.Interrupted || len(l.losses(r.ID)) != r.Batch {
		t.Fatalf("after the shutdown it is %s at batch %d with %d metrics", r.State, r.Batch, len(l.losses(r.ID)))
	}
	kept := r.Batch
	if at := l.checkpointed(r); at != kept {
		t.Errorf("the shutdown saved batch %d, the run is at %d", at, kept)
	}
	l.stop()
	crash(t, data, r.ID, kept)

	l = boot(t, Config{Data: data})
	l.ask("GET", "/api/runs/"+r.ID, "", 200, &r)
	if r.State != job.Interrupted || r.Batch != kept+lost {
		t.Fatalf("after the crash it is %s at batch %d, want what had been recorded", r.State, r.Batch)
	}
	l.ask("POST", "/api/runs/"+r.ID+"/resume", "", 200, &r)
	l.awaitBatches(r.ID)
	l.ask("POST", "/api/runs/"+r.ID+"/stop", "", 200, &r)
	got := l.losses(r.ID)
	if r.Batch <= kept || len(got) != r.Batch {
		t.Fatalf("it stopped at batch %d with %d metrics, having begun at %d", r.Batch, len(got), kept)
	}
	n := min(len(got), len(want))
	if !slices.Equal(got[:n], want[:n]) {
		t.Errorf("the curves differ within %d batches", n)
	}
}

// checkpointed is the batch of a run's newest checkpoint.
func (l *lab) checkpointed(r RunInfo) int {
	l.t.Helper()
	src, err := l.sources(l.t.Context(), r.Spec)
	if err != nil {
		l.t.Fatal(err)
	}
	f, err := l.store.OpenCheckpoint(r.ID)
	if err != nil {
		l.t.Fatal(err)
	}
	defer f.Close()
	trainer, err := train.Restore(f, src)
	if err != nil {
		l.t.Fatal(err)
	}
	return trainer.Batch()
}

// lost is how far past its checkpoint a run is when crash lets it die.
const lost = 1e6

// crash leaves a data folder as a lab does that dies while the run trains: the run
// still running, and metrics recorded past its checkpoint.
func crash(t *testing.T, dir, id string, batch int) {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.SetState(t.Context(), id, job.Running, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), id, []train.Progress{{Batch: batch + 1, Loss: 1}, {Batch: batch + lost, Loss: 1}}, 1); err != nil {
		t.Fatal(err)
	}
}

// failing is a trainer whose third batch goes wrong.
type failing struct {
	trainer
	batch int
	third train.Progress
	err   error
}

func (f *failing) Batch() int { return f.batch }
func (f *failing) Step() (train.Progress, error) {
	if f.batch++; f.batch == 3 {
		return f.third, f.err
	}
	return train.Progress{Batch: f.batch, Loss: 1, GradNorm: 1, Seconds: 1}, nil
}

func TestRunsThatFailKeepWhatTheyHaveAndSaySo(t *testing.T) {
	l := boot(t, Config{})
	for _, c := range []struct {
		third   train.Progress
		err     error
		word    string
		metrics int
	}{
		{train.Progress{Batch: 3, Loss: math.NaN(), GradNorm: math.Inf(1)}, nil, "smaller lr", 3},
		{train.Progress{Batch: 3, Loss: math.Inf(1)}, nil, "smaller lr", 3},
		{train.Progress{}, errors.New("no further context"), "no further context", 2},
	} {
		r := l.await(l.start(tiny(1)).ID)
		finished(t, r)
		if err := l.store.Rewind(t.Context(), r.ID, 0); err != nil {
			t.Fatal(err)
		}
		err := l.jobs.Start(r.ID, func(ctx context.Context) (bool, error) {
			run := trainingRun{app: l.App, id: r.ID, trainer: &failing{third: c.third, err: c.err}, batches: 5, checkpointed: time.Now()}
			return run.loop(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		r = l.await(r.ID)
		if r.State != job.Failed || !strings.Contains(r.Error, c.word) || r.Batch != c.metrics || len(l.losses(r.ID)) != c.metrics {
			t.Errorf("it is %s at batch %d with %d metrics: %q", r.State, r.Batch, len(l.losses(r.ID)), r.Error)
		}
		if b, _ := json.Marshal(r); !json.Valid(b) {
			t.Error("it has no JSON")
		}
		l.ask("GET", "/api/runs/"+r.ID+"/metrics", "", 200, nil)
	}
}

func TestUploadedSoundsTrain(t *testing.T) {
	l := boot(t, Config{})
	var ids []string
	for _, f := range []float64{3, 5} {
		body, kind := form(t, "file", `C:\sounds\tone.wav`, tone(f))
		status, _, b := l.request("POST", "/api/sources", body, "Content-Type", kind)
		if status != 200 {
			t.Fatalf("gave %d: %s", status, b)
		}
	}
	var sounds []SoundInfo
	l.ask("GET", "/api/sources", "", 200, &sounds)
	for _, s := range sounds {
		ids = append(ids, `"`+s.ID+`"`)
		if s.Name != "tone.wav" || s.Seconds != 0.5 {
			t.Errorf("a sound is %+v", s)
		}
	}
	finished(t, l.await(l.start(fmt.Sprintf(`{"model":"modulation","hidden":4,"steps":20,"batch":3,"batches":2,"sources":"wav","wav":[%s],"duration":0.5}`, strings.Join(ids, ","))).ID))
}

// tone is a WAV file of half a second at 8 kHz.
func tone(cycles float64) []byte {
	const n = 4000
	b := []byte("RIFF")
	b = binary.LittleEndian.AppendUint32(b, 36+2*n)
	b = append(b, "WAVEfmt "...)
	for _, v := range []uint32{16, 1 | 1<<16, 8000, 16000, 2 | 16<<16} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, 2*n)
	for i := range n {
		v := int16(10000 * math.Sin(2*math.Pi*cycles*float64(i)/100))
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}
