package app

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"unmixlab/server/job"
	"unmixlab/server/lab"
	"unmixlab/sim/kernel"
)

func TestARunFromStartToModel(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	r := l.await(l.start(tiny(12)).ID)
	finished(t, r)
	if r.Batch != 12 || r.Loss == nil || r.GradNorm == nil || r.SecondsPerBatch <= 0 || r.ETASeconds != nil || r.Kernel != kernel.Name() {
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
	var model lab.ModelInfo
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
	t.Parallel()
	l := boot(t, Config{})
	first, second := l.start(tiny(1e6)), l.start(tiny(2))
	l.awaitBatches(first.ID)
	var r lab.RunInfo
	l.ask("GET", "/api/runs/"+first.ID, "", 200, &r)
	if r.State != job.Running {
		t.Errorf("the first is %s", r.State)
	}
	l.ask("GET", "/api/runs/"+second.ID, "", 200, &r)
	if r.State != job.Queued {
		t.Errorf("the second is %s", r.State)
	}
	third := l.start(tiny(3))
	var q lab.Queue
	l.ask("PUT", "/api/runs/queue", fmt.Sprintf(`{"ids":[%q]}`, third.ID), 200, &q)
	if len(q.Running) != 1 || len(q.Queued) != 2 || q.Queued[0].ID != third.ID {
		t.Errorf("the queue is %+v", q)
	}
	_, _, page := l.request("POST", "/runs", "later="+third.ID, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
	if l.ask("GET", "/api/runs/queue", "", 200, &q); q.Queued[0].ID != second.ID || !strings.Contains(string(page), "data-queued") {
		t.Errorf("moved, the queue is %+v", q.Queued)
	}
	l.ask("POST", "/api/runs/"+third.ID+"/stop", "", 200, nil)
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
	t.Parallel()
	l := boot(t, Config{})
	r := l.start(tiny(1e6))
	l.awaitBatches(r.ID)
	l.refused("DELETE", "/api/runs/"+r.ID, "", http.StatusConflict, "path.id")
	l.ask("POST", "/api/runs/"+r.ID+"/stop", "", 200, &r)
	var m lab.ModelInfo
	l.ask("POST", "/api/runs/"+r.ID+"/save", "", 200, &m)
	if status, _, b := l.request("DELETE", "/api/runs/"+r.ID, ""); status != http.StatusNoContent {
		t.Errorf("deleting it gave %d %s", status, b)
	}
	l.refused("GET", "/api/runs/"+r.ID, "", http.StatusNotFound, "path.id")
	l.refused("GET", "/api/runs/"+r.ID+"/metrics.csv", "", http.StatusNotFound, "path.id")
	l.refused("DELETE", "/api/runs/"+r.ID, "", http.StatusNotFound, "path.id")
	l.ask("GET", "/api/models/"+m.ID, "", 200, &m)
}

func TestSavingWhileItTrains(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	r := l.start(tiny(1e6))
	l.awaitBatches(r.ID)
	var model lab.ModelInfo
	l.ask("POST", "/api/runs/"+r.ID+"/save", `{"title":"Half way"}`, 200, &model)
	if model.Provenance.Batches == 0 || model.Title != "Half way" {
		t.Errorf("the model is %+v", model)
	}
	l.ask("GET", "/api/runs/"+r.ID, "", 200, &r)
	if r.State != job.Running || r.ModelID != model.ID {
		t.Errorf("the run is %s with the model %q", r.State, r.ModelID)
	}
}

func TestUploadedSoundsTrain(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	var ids []string
	for _, f := range []float64{3, 5} {
		body, kind := form(t, "file", `C:\sounds\tone.wav`, tone(f))
		status, _, b := l.request("POST", "/api/sources", body, "Content-Type", kind)
		if status != 200 {
			t.Fatalf("gave %d: %s", status, b)
		}
	}
	var sounds []lab.SoundInfo
	l.ask("GET", "/api/sources", "", 200, &sounds)
	for _, s := range sounds {
		ids = append(ids, `"`+s.ID+`"`)
		if s.Name != "tone.wav" || s.Seconds != 0.5 {
			t.Errorf("a sound is %+v", s)
		}
	}
	settings := strings.TrimSuffix(tiny(2), "}") + fmt.Sprintf(`,"sources":"wav","wav":[%s],"duration":0.5}`, strings.Join(ids, ","))
	finished(t, l.await(l.start(settings).ID))
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
