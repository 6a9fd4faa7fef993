package sweep

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"unmixlab/server/store"
	"unmixlab/sim/build"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/train"
	"unmixlab/web/figure"
)

// numberOfFigure is a number that JSON writes as null where it is none.
type numberOfFigure = figure.Number

// secondsName is a batch's time among the numbers of a model's provenance.
const secondsName = "seconds_per_batch"

// maxCurve bounds a curve's file, in bytes.
const maxCurve = 128 << 20

// work is a point while it is trained.
type work struct {
	folder  *Folder
	point   Point
	trainer *train.Trainer
	options Options
	curve   []train.Progress
	along   []reading // measured on the way
	saved   time.Time
	began   time.Time
	from    int // the batch at which this process began
}

// reading is a measure after a batch.
type reading struct {
	batch int
	key   string
	value float64
}

// remember takes up what was recorded up to the checkpoint; batches after it are done
// again, and give the same.
func (w *work) remember() {
	at := w.trainer.Batch()
	recorded := readCurve(w.folder.path(w.point, curveFile))
	for i, loss := range w.trainer.Losses() {
		p := train.Progress{Batch: i + 1, Loss: loss, GradNorm: math.NaN()}
		if i < len(recorded) {
			p.GradNorm = recorded[i].GradNorm
		}
		w.curve = append(w.curve, p)
	}
	for _, r := range readAlong(w.folder.path(w.point, alongFile)) {
		if r.batch <= at {
			w.along = append(w.along, r)
		}
	}
}

// do trains to the last batch, then writes the model and measures it.
func (w *work) do(ctx context.Context) error {
	t, sp := w.trainer, w.point.Spec
	if err := w.catchUp(ctx); err != nil {
		return err
	}
	for t.Batch() < sp.Batches {
		if ctx.Err() != nil {
			return cmp.Or(w.save(), ErrInterrupted)
		}
		p, err := t.Step()
		if err == nil && (math.IsNaN(p.Loss) || math.IsInf(p.Loss, 0)) {
			err = fmt.Errorf("the loss of batch %d is no number", p.Batch)
		}
		if err != nil {
			return w.folder.failed(w.point, t, err)
		}
		w.curve = append(w.curve, p)
		if err := w.measure(ctx, p.Batch); err != nil {
			return err
		}
		if w.options.Batch != nil {
			w.options.Batch(w.point, p.Batch, p.Loss)
		}
		if time.Since(w.saved) >= cmp.Or(w.options.Save, usualSave) {
			if err := w.save(); err != nil {
				return err
			}
		}
	}
	if err := w.save(); err != nil {
		return err
	}
	m := w.model()
	if err := store.WriteFile(w.folder.path(w.point, modelFile), func(to io.Writer) error { return modelfile.Write(to, m) }); err != nil {
		return w.folder.failed(w.point, t, err)
	}
	return w.folder.finish(ctx, w.point, m, t.Sources())
}

// catchUp measures after the checkpoint's batch, where the process before was ended in
// the middle of that.
func (w *work) catchUp(ctx context.Context) error {
	at := w.trainer.Batch()
	if at == 0 || len(w.along) > 0 && w.along[len(w.along)-1].batch == at {
		return nil
	}
	return w.measure(ctx, at)
}

// measure measures on the way, where this batch is one after which that is done.
func (w *work) measure(ctx context.Context, batch int) error {
	every := w.folder.Sweep.Every
	if every == 0 || batch%every != 0 {
		return nil
	}
	numbers, err := take(ctx, w.folder.Sweep.Measures(), w.model(), w.trainer.Sources())
	switch {
	case ctx.Err() != nil: // the next process catches up
		return cmp.Or(w.save(), ErrInterrupted)
	case err != nil:
		return w.folder.failed(w.point, w.trainer, err)
	}
	for _, key := range slices.Sorted(maps.Keys(numbers)) {
		w.along = append(w.along, reading{batch, key, numbers[key]})
	}
	return nil
}

// model is the network as it is now.
func (w *work) model() *modelfile.File {
	t := w.trainer
	p := modelfile.Provenance{
		Title: w.folder.Sweep.Name + " " + w.point.Hash, Origin: modelfile.Trained, Created: now(),
		Version: build.Version(), Commit: build.Commit(),
		Kernel: strings.Join(t.Kernels(), kernelsApart), Batches: t.Batch(), Recipe: w.point.Spec.Recipe(),
		Losses: train.Thinned(t.Losses(), 200),
		Note:   fmt.Sprintf("A point of the sweep %s, program %s.", w.folder.Sweep.Name, version()),
	}
	if s := w.seconds(); s > 0 {
		p.Numbers = map[string]float64{secondsName: s}
	}
	return &modelfile.File{Network: t.Network(), Provenance: p}
}

// seconds is the mean time of this process's batches; 0 before the first.
func (w *work) seconds() float64 {
	n := w.trainer.Batch() - w.from
	if n == 0 {
		return 0
	}
	return time.Since(w.began).Seconds() / float64(n)
}

// save keeps everything: what is recorded goes before the checkpoint, which says up to
// where it counts.
func (w *work) save() error {
	f, p := w.folder, w.point
	if err := writeBytes(f.path(p, curveFile), curveText(w.curve)); err != nil {
		return err
	}
	if len(w.along) > 0 {
		if err := writeBytes(f.path(p, alongFile), alongText(w.along)); err != nil {
			return err
		}
	}
	if err := store.WriteCheckpoint(f.path(p, checkpoint), w.trainer.Checkpoint); err != nil {
		return err
	}
	w.saved = time.Now()
	if err := writeJSON(f.path(p, progressFile), progress{w.trainer.Batch(), w.seconds()}); err != nil {
		return err
	}
	if w.options.Saved != nil {
		w.options.Saved(p, w.trainer.Batch())
	}
	return nil
}

func curveText(curve []train.Progress) []byte {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.Write([]string{"batch", "loss", "grad_norm"})
	for _, p := range curve {
		out.Write([]string{strconv.Itoa(p.Batch), cell(p.Loss), cell(p.GradNorm)})
	}
	out.Flush()
	return b.Bytes()
}

func alongText(along []reading) []byte {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.Write([]string{"batch", "measure", "value"})
	for _, r := range along {
		out.Write([]string{strconv.Itoa(r.batch), r.key, cell(r.value)})
	}
	out.Flush()
	return b.Bytes()
}

// cell is a number in a table, empty where it is none.
func cell(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// readCurve reads a curve's file up to the first line that is not its next batch.
func readCurve(path string) (curve []train.Progress) {
	eachRow(path, func(row []string) bool {
		batch, err := strconv.Atoi(row[0])
		if err != nil || batch != len(curve)+1 {
			return false
		}
		curve = append(curve, train.Progress{Batch: batch, Loss: number(row[1]), GradNorm: number(row[2])})
		return true
	})
	return curve
}

// readAlong reads what was measured on the way.
func readAlong(path string) (along []reading) {
	eachRow(path, func(row []string) bool {
		batch, err := strconv.Atoi(row[0])
		if err == nil {
			along = append(along, reading{batch, row[1], number(row[2])})
		}
		return err == nil
	})
	return along
}

// eachRow hands over the rows of three cells of a CSV file, its head apart, as long as
// they are wanted.
func eachRow(path string, do func(row []string) bool) {
	b, err := readLimited(path, maxCurve)
	if err != nil {
		return
	}
	in := csv.NewReader(bytes.NewReader(b))
	in.FieldsPerRecord = 3
	for first := true; ; first = false {
		row, err := in.Read()
		if err != nil || !first && !do(row) {
			return
		}
	}
}

func number(text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

func numbersOf(taken map[string]float64) map[string]numberOfFigure {
	numbers := map[string]numberOfFigure{}
	for name, v := range taken {
		numbers[name] = numberOfFigure(v)
	}
	return numbers
}
