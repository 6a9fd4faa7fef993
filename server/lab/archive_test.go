package lab

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// archived is a run's archive.
func archived(t testing.TB, l *Lab, id string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := l.ExportRun(context.Background(), id, ArchiveOptions{}, func() io.Writer { return &b }); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unpacked are the files of a zip by their names.
func unpacked(t testing.TB, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(content)
	}
	return files
}

// packed is a zip of files.
func packed(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := entry(z, name, zip.Deflate, func(w io.Writer) error { _, err := io.WriteString(w, files[name]); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func importOf(t testing.TB, l *Lab, b []byte) (RunInfo, error) {
	t.Helper()
	return l.ImportRun(context.Background(), bytes.NewReader(b), int64(len(b)))
}

// A run that was written to a zip and read elsewhere is written there to the same files:
// nothing is lost, its sounds included, and it goes on as it would have here.
func TestARunGoesElsewhereWithNothingLost(t *testing.T) {
	t.Parallel()
	here, _ := openLab(t, Config{})
	there, _ := openLab(t, Config{})
	ctx := t.Context()
	sp := tiny(230)
	sp.Sources, sp.Frequencies = "wav", []float64{}
	for k := range 2 {
		samples := make([]float32, 4000)
		for i := range samples {
			samples[i] = float32(math.Sin(float64(i*(k+3)) / 7))
		}
		id := store.SoundID(samples)
		err := here.store.AddSound(ctx, store.Sound{ID: id, Name: "tone.wav", Seconds: 0.5}, func(w io.Writer) error { _, err := w.Write(store.SoundBytes(samples)); return err })
		if err != nil {
			t.Fatal(err)
		}
		sp.WAV = append(sp.WAV, id)
	}
	run, err := here.StartKept(ctx, sp, Keeping{Labels: Labels{Name: "Mine", Note: "a\nnote", Tags: []string{"x"}}, Milestones: 100})
	if err != nil {
		t.Fatal(err)
	}
	run = rest(t, here, run.ID)
	if run.State != job.Finished {
		t.Fatalf("the run is %s: %s", run.State, run.Error)
	}
	first := archived(t, here, run.ID)
	back, err := importOf(t, there, first)
	if err != nil {
		t.Fatal(err)
	}
	if back.ID != run.ID || back.Label() != "Mine" || back.State != job.Finished || back.Batch != 230 || *back.Loss != *run.Loss {
		t.Errorf("elsewhere it is %+v", back)
	}
	want, got := unpacked(t, first), unpacked(t, archived(t, there, back.ID))
	if len(want) != 3+2+2+2 || !maps.Equal(want, got) {
		t.Errorf("elsewhere it has the files %v, here %v, or others in them", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	for _, l := range []*Lab{here, there} {
		if _, err := l.ExtendRun(ctx, run.ID, 3); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := rest(t, here, run.ID), rest(t, there, run.ID); a.State != job.Finished || !slices.Equal(losses(t, here, a.ID), losses(t, there, b.ID)) ||
		!bytes.Equal(weightsOf(t, here, a.ID), weightsOf(t, there, b.ID)) {
		t.Errorf("elsewhere it goes on as %+v, here as %+v", b, a)
	}
	again, err := importOf(t, there, first)
	if err != nil || again.ID == run.ID || again.Batch != 230 {
		t.Errorf("a second time it is %+v, %v", again, err)
	}
}

// One that trains is written as it is, and rests elsewhere.
func TestARunThatTrainsIsArchived(t *testing.T) {
	t.Parallel()
	l, w := openLab(t, Config{})
	r := start(t, l, tiny(1e6))
	w.untilTrained(t, r.ID)
	back, err := importOf(t, l, archived(t, l, r.ID))
	if err != nil || back.State != job.Paused || back.Batch == 0 {
		t.Errorf("it is %+v, %v", back, err)
	}
}

// What is not a run's archive is refused with words, and nothing of it stays.
func TestHostileArchivesAreRefused(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	other := tiny(5)
	other.Tau = 9
	run, strange := trained(t, l, tiny(5)), trained(t, l, other)
	good := unpacked(t, archived(t, l, run.ID))
	with := func(name, content string) []byte {
		files := maps.Clone(good)
		if content == "" {
			delete(files, name)
		} else {
			files[name] = content
		}
		return packed(t, files)
	}
	about := func(old, new string) []byte {
		changed := strings.Replace(good[aboutFile], old, new, 1)
		if changed == good[aboutFile] {
			t.Fatalf("%s has no %s", aboutFile, old)
		}
		return with(aboutFile, changed)
	}
	many := maps.Clone(good)
	for i := range mostEntries {
		many["checkpoints/"+strings.Repeat("1", i%7+1)+".safetensors"+strings.Repeat("x", i)] = "x"
	}
	flipped := []byte(good[checkpointFile])
	flipped[len(flipped)/2] ^= 1
	for name, b := range map[string][]byte{
		"no zip":              []byte("PK\x03\x04 not"),
		"nothing":             {},
		"a way out":           with("../../evil", "x"),
		"an absolute name":    with("/etc/passwd", "x"),
		"another name":        with("readme.txt", "x"),
		"a strange milestone": with("checkpoints/007.safetensors", good[checkpointFile]),
		"too many files":      packed(t, many),
		"no run":              with(aboutFile, ""),
		"no JSON":             with(aboutFile, "{"),
		"a bomb":              with(aboutFile, strings.Repeat(" ", mostAbout+1)),
		"another format":      about(archiveFormat, "unmixlab/run/9"),
		"odd settings":        about(`"tau": 1`, `"tau": -1`),
		"more batches":        about(`"batch": 5,`, `"batch": 6,`),
		"an odd state":        about(`"finished"`, `"flying"`),
		"an odd name":         about(`"name": ""`, `"name": "a\u0000b"`),
		"an odd parent":       about(`"parent": ""`, `"parent": "../../x"`),
		"an odd time":         about(`"created": "20`, `"created": "90`),
		"batches that fall":   with(metricsFile, "batch,loss,grad_norm,seconds\n2,1,1,1\n1,1,1,1\n"),
		"losses that are no":  with(metricsFile, "batch,loss,grad_norm,seconds\n1,NaN,1,1\n"),
		"other columns":       with(measuresFile, "a,b\n1,2\n"),
		"a flipped bit":       with(checkpointFile, string(flipped)),
		"another checkpoint":  with(checkpointFile, string(weightsOf(t, l, strange.ID))),
		"another batch":       with("checkpoints/3.safetensors", good[checkpointFile]),
	} {
		_, err := importOf(t, l, b)
		if r := Refusal(err); r == nil || r.Kind != Invalid || len(r.Fields) != 1 || r.Fields[0].Field != "file" {
			t.Errorf("%s: %v, want a refusal of the file", name, err)
		}
	}
	if _, err := l.ImportRun(t.Context(), bytes.NewReader(nil), MostArchive+1); Refusal(err) == nil {
		t.Errorf("a file that is too large: %v", err)
	}
	files, err := os.ReadDir(l.store.CheckpointPath("x")[:strings.LastIndex(l.store.CheckpointPath("x"), string(os.PathSeparator))])
	if runs, _ := l.Runs(t.Context()); len(runs) != 2 || err != nil || len(files) != 4 {
		t.Errorf("%d runs and %d checkpoints are left, want 2 and 4, %v", len(runs), len(files), err)
	}
	odd := about(`"id": "`+run.ID, `"id": "../`+run.ID[3:])
	if back, err := importOf(t, l, odd); err != nil || !runName.MatchString(back.ID) || back.ID == run.ID {
		t.Errorf("with an odd id it is %+v, %v", back, err)
	}
}

// Whatever an archive's bytes are, it is refused or can be read.
func FuzzArchive(f *testing.F) {
	l, err := Open(f.Context(), Config{Data: f.TempDir()}, &witness{states: map[string][]job.State{}, newest: map[string]int{}, activity: map[string]int{}, news: make(chan struct{})})
	if err != nil {
		f.Fatal(err)
	}
	run, err := l.StartRun(f.Context(), tiny(3))
	if err == nil {
		err = l.Wait(f.Context(), run.ID)
	}
	if err != nil {
		f.Fatal(err)
	}
	good := archived(f, l, run.ID)
	if err := l.Close(); err != nil { // what it does beside would hide what the archive leads to
		f.Fatal(err)
	}
	f.Add(good)
	files := unpacked(f, good)
	delete(files, checkpointFile)
	f.Add(packed(f, files))
	f.Add(packed(f, map[string]string{aboutFile: files[aboutFile], metricsFile: "batch,loss,grad_norm,seconds\n1,,2,\n"}))
	src, err := data.NewSources(tiny(3), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := openArchive(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		r := a.run()
		if sp, err := spec.Parse(r.Spec); err != nil || sp.Validate() != nil || r.State.Active() || r.Batch > r.Batches {
			t.Errorf("a run is %+v, %v", r, err)
		}
		if content, err := a.read(checkpointFile); err == nil {
			train.Restore(bytes.NewReader(content), src)
		}
	})
}
