package sweep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/train"
)

// Options are how points are trained.
type Options struct {
	AnyKernel bool          // a checkpoint of another kernel goes on with the one in use
	Save      time.Duration // between two checkpoints; 0: half a minute
	Batch     func(p Point, batch int, loss float64)
	Saved     func(p Point, batch int) // after each checkpoint; training waits for it
}

const usualSave = 30 * time.Second

var (
	// ErrInterrupted is for a point whose checkpoint goes on when it is trained again.
	ErrInterrupted = errors.New("interrupted; the same command goes on")
	// ErrElsewhere is for a point that another process trains just now.
	ErrElsewhere = errors.New("is being trained by another process")
	// ErrFailed is for a point that failed, now or before.
	ErrFailed = errors.New("failed")
)

// KernelError is for a point that another kernel began, or a sweep of another kernel.
type KernelError struct{ Wanted, Have string }

func (e KernelError) Error() string {
	return fmt.Sprintf("it is computed by the %s kernel, and this process uses %s: use --kernel %s where the processor has it, or --any-kernel to go on with another, which the results will say", e.Wanted, e.Have, e.Wanted)
}

// Train does what is missing of a point: it trains it from its checkpoint or from the
// beginning, and measures it. It keeps what it has and returns ErrInterrupted when the
// context ends. A network that cannot be trained is recorded as failed, ErrFailed; a
// folder that cannot be written is another error.
func (f *Folder) Train(ctx context.Context, p Point, o Options) error {
	lock, err := f.hold(p)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	return f.train(ctx, p, o)
}

// hold makes a point's folder and takes its lock, or returns ErrElsewhere.
func (f *Folder) hold(p Point) (*flock.Flock, error) {
	if err := os.MkdirAll(f.path(p, ""), 0o755); err != nil {
		return nil, store.Explain(err)
	}
	lock := flock.New(f.path(p, lockFile))
	free, err := lock.TryLock()
	if err != nil {
		return nil, store.Explain(err)
	}
	if !free {
		return nil, ErrElsewhere
	}
	return lock, nil
}

// train is Train by whoever holds the point's lock.
func (f *Folder) train(ctx context.Context, p Point, o Options) error {
	s := f.Status(p)
	switch s.State {
	case Done:
		return nil
	case Failed:
		return fmt.Errorf("%w: %s", ErrFailed, s.Error)
	}
	if have := kernel.Name(); f.Sweep.Kernel != have && !o.AnyKernel {
		return KernelError{f.Sweep.Kernel, have}
	}
	src, err := data.NewSources(p.Spec, f.sound)
	if err != nil {
		return err
	}
	if m, ok := f.trained(p); ok {
		return f.finish(ctx, p, m, src)
	}
	if err := writeBytes(f.path(p, specFile), append(p.Spec.JSON(), '\n')); err != nil {
		return err
	}
	t, err := f.trainer(p, src, o)
	if err != nil {
		return f.failed(p, nil, err)
	}
	w := &work{folder: f, point: p, trainer: t, options: o, saved: time.Now(), began: time.Now(), from: t.Batch()}
	w.remember()
	return w.do(ctx)
}

// trained is the point's network when it is there, trained to its end.
func (f *Folder) trained(p Point) (*modelfile.File, bool) {
	b, err := readLimited(f.path(p, modelFile), modelfile.MaxSize)
	if err != nil {
		return nil, false
	}
	m, err := modelfile.Read(b)
	ok := err == nil && string(m.Network.Spec.JSON()) == string(p.Spec.JSON()) && m.Provenance.Batches == p.Spec.Batches
	return m, ok
}

// trainer goes on from the newest checkpoint that can be read, or begins: the same
// batches give the same network.
func (f *Folder) trainer(p Point, src *data.Sources, o Options) (*train.Trainer, error) {
	for _, path := range store.CheckpointFiles(f.path(p, checkpoint)) {
		t, err := restore(path, src)
		if err != nil || string(t.Network().Spec.JSON()) != string(p.Spec.JSON()) {
			continue
		}
		for _, k := range t.Kernels() {
			if k != kernel.Name() && !o.AnyKernel {
				return nil, KernelError{k, kernel.Name()}
			}
		}
		t.Serially()
		return t, nil
	}
	t, err := train.New(p.Spec, src)
	if err == nil {
		t.Serially()
	}
	return t, err
}

func restore(path string, src *data.Sources) (*train.Trainer, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return train.Restore(file, src)
}

// failed records why a point cannot be trained. What may be otherwise next time is not
// recorded: another kernel, and whatever keeps the folder from being written.
func (f *Folder) failed(p Point, t *train.Trainer, why error) error {
	if errors.As(why, new(KernelError)) || store.Trouble(why) != nil || errors.Is(why, ErrInterrupted) {
		return why
	}
	record := failure{Error: why.Error(), Ended: now()}
	if t != nil {
		record.Batch, record.Kernels = t.Batch(), t.Kernels()
	}
	if err := writeJSON(f.path(p, failedFile), record); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", ErrFailed, record.Error)
}

// finish measures a trained network and records the point as done.
func (f *Folder) finish(ctx context.Context, p Point, m *modelfile.File, src *data.Sources) error {
	d, _ := f.done(p)
	if d.Numbers == nil {
		losses, seconds := f.lastLosses(p), m.Provenance.Numbers[secondsName]
		d = done{Batches: p.Spec.Batches, Kernels: strings.Split(m.Provenance.Kernel, kernelsApart), Seconds: seconds, Numbers: numbersOf(nil)}
		d.Numbers[lossName] = losses
	}
	var wanted []Measure
	for _, measure := range f.Sweep.Measures() {
		if _, ok := d.Numbers[measure.Key]; !ok {
			wanted = append(wanted, measure)
		}
	}
	taken, err := take(ctx, wanted, m, src)
	if ctx.Err() != nil {
		return ErrInterrupted
	}
	if err != nil {
		return f.failed(p, nil, err)
	}
	for name, v := range numbersOf(taken) {
		d.Numbers[name] = v
	}
	d.Version, d.Ended = version(), now()
	if err := writeJSON(f.path(p, doneFile), d); err != nil {
		return err
	}
	return f.tidy(p)
}

// tidy removes what a finished point does not need any longer.
func (f *Folder) tidy(p Point) error {
	files, err := filepath.Glob(f.path(p, checkpoint) + "*")
	if err != nil {
		return err
	}
	for _, path := range append(files, f.path(p, progressFile)) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return store.Explain(err)
		}
	}
	return nil
}

// lastLosses is the mean loss of the last batches, as the curve has it.
func (f *Folder) lastLosses(p Point) numberOfFigure {
	curve := readCurve(f.path(p, curveFile))
	var window train.Window
	for _, b := range curve[max(0, len(curve)-train.MeanOver):] {
		window.Add(b)
	}
	if len(curve) == 0 {
		return numberOfFigure(math.NaN())
	}
	return numberOfFigure(window.Means().Loss)
}

// kernelsApart stands between kernels in a model's provenance.
const kernelsApart = ", "

func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// version is what is known of the program: its version, or the commit it was built of.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" })
	if i >= 0 {
		return info.Settings[i].Value
	}
	return info.Main.Version
}
