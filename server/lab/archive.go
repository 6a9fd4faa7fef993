package lab

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/build"
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

// A run's archive is a zip of these files. Names that are none of them are refused.
const (
	archiveFormat   = "unmixlab/run/1"
	aboutFile       = "run.json"
	metricsFile     = "metrics.csv"
	measuresFile    = "measures.csv"
	checkpointFile  = "checkpoint.safetensors"
	olderFile       = "checkpoint.before.safetensors"
	milestoneFormat = "checkpoints/%d.safetensors"
	soundFormat     = "sounds/%s.f32"
)

// aboutRun is what an archive says of its run.
type aboutRun struct {
	Format string    `json:"format"`
	Made   madeBy    `json:"made"`
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Spec   spec.Spec `json:"-"`

	RawSpec     json.RawMessage   `json:"spec"`
	State       job.State         `json:"state"`
	Batch       int               `json:"batch"`
	Batches     int               `json:"batches"`
	Seconds     float64           `json:"seconds_per_batch"`
	Kernel      string            `json:"kernel"`
	Error       string            `json:"error"`
	Notice      string            `json:"notice"`
	Name        string            `json:"name"`
	Note        string            `json:"note"`
	Tags        []string          `json:"tags"`
	Parent      string            `json:"parent"`
	ParentBatch int               `json:"parent_batch"`
	Milestones  int               `json:"milestones"`
	Created     time.Time         `json:"created"`
	Updated     time.Time         `json:"updated"`
	Sounds      map[string]string `json:"sounds,omitempty"` // names by id
}

// madeBy are the versions of what wrote an archive.
type madeBy struct {
	Lab    string `json:"lab"`
	Go     string `json:"go"`
	System string `json:"system"`
	Kernel string `json:"kernel"`
}

// made are the versions of this program.
func made() madeBy {
	return madeBy{Lab: build.Version() + " " + build.Commit(), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Kernel: kernel.Name()}
}

// ArchiveOptions say what an archive has beside what another lab needs to go on.
type ArchiveOptions struct {
	Figures bool // every figure that applies, computed where it was not
}

// ExportRun writes all that there is of a run as a zip: settings and what was written on
// it, every batch, its measures, its checkpoints, the sounds it is trained on, and what
// the options add. One that trains is written as it is now. begin is called before the first byte, once nothing is
// known that keeps the run from being written.
func (l *Lab) ExportRun(ctx context.Context, id string, o ArchiveOptions, begin func() io.Writer) error {
	run, err := l.FindRun(ctx, id)
	if err != nil {
		return err
	}
	if err := l.checkpointNow(ctx, id); err != nil {
		return err
	}
	r, err := l.store.Run(ctx, id)
	if err != nil {
		return err
	}
	z := zip.NewWriter(begin())
	err = errors.Join(l.writeAbout(ctx, z, r, run.Spec), l.writeCurves(ctx, z, id), l.writeCheckpoints(z, id), l.writeSounds(ctx, z, run.Spec))
	if err == nil && o.Figures {
		err = l.writeFigures(ctx, z, run)
	}
	return errors.Join(err, z.Close())
}

func (l *Lab) writeAbout(ctx context.Context, z *zip.Writer, r store.Run, sp spec.Spec) error {
	about := aboutRun{
		Format: archiveFormat, Made: made(), ID: r.ID, Title: r.Title, RawSpec: r.Spec, State: r.State, Batch: r.Batch, Batches: r.Batches,
		Seconds: r.Seconds, Kernel: r.Kernel, Error: r.Error, Notice: r.Notice, Name: r.Name, Note: r.Note, Tags: r.Tags,
		Parent: r.Parent, ParentBatch: r.ParentBatch, Milestones: r.Milestones, Created: r.Created, Updated: r.Updated,
	}
	for _, id := range sp.WAV {
		if sound, err := l.store.Sound(ctx, id); err == nil {
			if about.Sounds == nil {
				about.Sounds = map[string]string{}
			}
			about.Sounds[id] = sound.Name
		}
	}
	b, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return err
	}
	return entry(z, aboutFile, zip.Deflate, func(w io.Writer) error { _, err := w.Write(b); return err })
}

func (l *Lab) writeCurves(ctx context.Context, z *zip.Writer, id string) error {
	batches, err := l.store.Metrics(ctx, id, 0)
	if err != nil {
		return err
	}
	measures, err := l.store.Measures(ctx, id)
	if err != nil {
		return err
	}
	return errors.Join(
		entry(z, metricsFile, zip.Deflate, func(w io.Writer) error { return WriteCSV(w, batches) }),
		entry(z, measuresFile, zip.Deflate, func(w io.Writer) error { return writeMeasures(w, measures) }))
}

var measureColumns = []string{"batch", "late_error", "clarity_x", "clarity_y", "angle", "seconds"}

func writeMeasures(w io.Writer, measures []Measure) error {
	out := csv.NewWriter(w)
	out.Write(measureColumns)
	for _, m := range measures {
		out.Write([]string{strconv.Itoa(m.Batch), cell(m.LateError), cell(m.ClarityX), cell(m.ClarityY), cell(m.Angle), cell(m.Seconds)})
	}
	out.Flush()
	return out.Error()
}

// writeCheckpoints writes the files as they are: weights hardly become smaller.
func (l *Lab) writeCheckpoints(z *zip.Writer, id string) error {
	files := map[string]string{}
	for i, path := range l.store.Checkpoints(id) {
		files[[]string{checkpointFile, olderFile}[i]] = path
	}
	for _, batch := range l.store.Milestones(id) {
		files[fmt.Sprintf(milestoneFormat, batch)] = l.store.MilestonePath(id, batch)
	}
	for name, path := range files {
		if err := copyFile(z, name, path); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(z *zip.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return entry(z, name, zip.Store, func(w io.Writer) error { _, err := io.Copy(w, f); return err })
}

func (l *Lab) writeSounds(ctx context.Context, z *zip.Writer, sp spec.Spec) error {
	for _, id := range sp.WAV {
		b, err := l.store.ReadSound(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err == nil {
			err = entry(z, fmt.Sprintf(soundFormat, id), zip.Deflate, func(w io.Writer) error { _, err := w.Write(b); return err })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// entry adds a file to a zip.
func entry(z *zip.Writer, name string, method uint16, write func(io.Writer) error) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err != nil {
		return err
	}
	return write(w)
}
