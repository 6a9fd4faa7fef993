package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/train"
)

// ImportRun adds the run of an archive that ExportRun wrote, here or elsewhere. It keeps
// its id unless a run has that already. What is not sound, or not a run's, is refused by
// the field "file", and nothing of it stays.
func (l *Lab) ImportRun(ctx context.Context, file io.ReaderAt, size int64) (RunInfo, error) {
	if size > MostArchive {
		return RunInfo{}, refuse(Invalid, "file", "the file is larger than %d MB", MostArchive>>20)
	}
	a, err := openArchive(file, size)
	if err != nil {
		return RunInfo{}, refuse(Invalid, "file", "this is no run that can be read: %v", err)
	}
	if err := l.importSounds(ctx, a); err != nil {
		return RunInfo{}, err
	}
	src, err := l.sources(ctx, a.about.Spec)
	if err != nil {
		return RunInfo{}, refuse(Invalid, "file", "its sources cannot be made: %v", err)
	}
	r := a.run()
	if r.ID, err = l.freeID(ctx, r.ID); err != nil {
		return RunInfo{}, err
	}
	if err := l.addImported(ctx, a, r, src); err != nil {
		return RunInfo{}, errors.Join(err, l.forget(ctx, r.ID))
	}
	return l.FindRun(ctx, r.ID)
}

// run is what the archive says of its run.
func (a *runArchive) run() store.Run {
	about := a.about
	r := store.Run{
		ID: about.ID, Title: about.Title, Spec: about.Spec.JSON(), State: about.State, Batch: about.Batch, Batches: about.Batches,
		Loss: math.NaN(), GradNorm: math.NaN(), Seconds: about.Seconds, Kernel: about.Kernel, Error: about.Error, Notice: about.Notice,
		Created: about.Created, Updated: about.Updated, Labels: Labels{Name: about.Name, Note: about.Note, Tags: about.Tags},
		Parent: about.Parent, ParentBatch: about.ParentBatch, Milestones: about.Milestones,
	}
	if n := len(a.metrics); n > 0 {
		r.Loss, r.GradNorm = a.metrics[n-1].Loss, a.metrics[n-1].GradNorm
	}
	return r
}

// freeID is the id itself, if it is one and no run has it, or another.
func (l *Lab) freeID(ctx context.Context, id string) (string, error) {
	if !runName.MatchString(id) {
		return newID(), nil
	}
	_, err := l.store.Run(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return id, nil
	}
	return newID(), err
}

func (l *Lab) addImported(ctx context.Context, a *runArchive, r store.Run, src *data.Sources) error {
	if err := l.store.Add(ctx, r); err != nil {
		return err
	}
	if err := l.store.FillIn(ctx, r.ID, a.metrics); err != nil {
		return err
	}
	for _, m := range a.measures {
		if err := l.store.AddMeasure(ctx, r.ID, m); err != nil {
			return err
		}
	}
	for _, name := range []string{olderFile, checkpointFile} { // so that the newest is written last
		if err := l.importCheckpoint(a, name, src, func(_ int, write func(io.Writer) error) error { return l.store.SaveCheckpoint(r.ID, write) }); err != nil {
			return err
		}
	}
	for name := range a.files {
		var batch int
		if n, _ := fmt.Sscanf(name, milestoneFormat, &batch); n != 1 || !strings.HasPrefix(name, "checkpoints/") {
			continue
		}
		err := l.importCheckpoint(a, name, src, func(is int, write func(io.Writer) error) error {
			if is != batch {
				return refuse(Invalid, "file", "%s is of batch %d", name, is)
			}
			return l.store.SaveMilestone(r.ID, batch, write)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// importCheckpoint looks whether a checkpoint is sound and of the archive's run, and has it
// kept as it is; one that is missing is no matter.
func (l *Lab) importCheckpoint(a *runArchive, name string, src *data.Sources, keep func(batch int, write func(io.Writer) error) error) error {
	if a.files[name] == nil {
		return nil
	}
	b, err := a.read(name)
	if err != nil {
		return refuse(Invalid, "file", "%v", err)
	}
	t, err := train.Restore(bytes.NewReader(b), src)
	if err != nil {
		return refuse(Invalid, "file", "%s is no checkpoint that can be read: %v", name, err)
	}
	of, sp := t.Network().Spec, a.about.Spec
	of.Batches = sp.Batches // it may have been extended since
	if len(sp.Differs(of)) > 0 || of.Seed != sp.Seed {
		return refuse(Invalid, "file", "%s is of a run with other settings", name)
	}
	return keep(t.Batch(), func(w io.Writer) error { _, err := w.Write(b); return err })
}

// importSounds keeps the sounds that the archive's run is trained on, and no others.
func (l *Lab) importSounds(ctx context.Context, a *runArchive) error {
	for _, id := range a.about.Spec.WAV {
		name := fmt.Sprintf(soundFormat, id)
		if a.files[name] == nil {
			continue // it may be here already
		}
		b, err := a.read(name)
		if err != nil {
			return refuse(Invalid, "file", "%v", err)
		}
		samples := store.SoundSamples(b)
		if len(b)%4 != 0 || store.SoundID(samples) != id {
			return refuse(Invalid, "file", "%s is another sound than its name says", name)
		}
		if slices.ContainsFunc(samples, func(x float32) bool { return !(x >= -1 && x <= 1) }) {
			return refuse(Invalid, "file", "%s has samples that are none", name)
		}
		sound := store.Sound{ID: id, Name: CleanName(a.about.Sounds[id]), Seconds: float64(len(samples)) / data.Rate, Created: a.about.Created}
		if err := l.store.AddSound(ctx, sound, func(w io.Writer) error { _, err := w.Write(b); return err }); err != nil {
			return err
		}
	}
	return nil
}

// forget removes what there is of a run that could not be added.
func (l *Lab) forget(ctx context.Context, id string) error {
	if err := l.store.Remove(context.WithoutCancel(ctx), id); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}
