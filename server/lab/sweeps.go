package lab

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/queue"
	"unmixlab/server/store"
	"unmixlab/server/sweep"
	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
)

// sweeps are the folders of sweeps in the lab's data folder, and those that are done
// now. A folder is the truth of its sweep; no database knows of it.
type sweeps struct {
	dir     string
	jobs    *job.Registry               // one sweep at a time: it uses every core
	queue   atomic.Pointer[queue.Queue] // where workers wait; nil without
	shipped func() map[string]sweep.Results

	mu     sync.Mutex
	batch  map[string]int    // done, by the names of points that train now
	failed map[string]string // why a sweep ended that was being done
}

// SweepInfo is a sweep with how far it is.
type SweepInfo struct {
	Name    string      `json:"name"`
	State   job.State   `json:"state"`
	Error   string      `json:"error,omitempty"`
	Count   sweep.Count `json:"count"`
	Seconds float64     `json:"seconds_left"` // estimated, on this machine
	Learned string      `json:"learned,omitempty"`
	Workers int         `json:"workers"` // cores of other machines that are connected
	Changed time.Time   `json:"changed"`
	Shipped bool        `json:"shipped"` // results that came with the lab, without networks
}

// sweepMark is a file of a folder that is being done: one that is left tells that the lab
// ended meanwhile.
const sweepMark = "running"

func newSweeps(data string, shipped fs.FS) *sweeps {
	s := &sweeps{dir: filepath.Join(data, "sweeps"), batch: map[string]int{}, failed: map[string]string{}}
	s.shipped = sync.OnceValue(func() map[string]sweep.Results { return readShipped(shipped) })
	s.jobs = job.NewRegistry(1, s.changed)
	return s
}

// changed remembers why a sweep failed.
func (s *sweeps) changed(name string, state job.State, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.failed, name)
	if err != nil {
		s.failed[name] = err.Error()
	}
	if !state.Active() && state != job.Interrupted {
		os.Remove(filepath.Join(s.dir, name, sweepMark)) // left, it says that the sweep may go on
	}
}

// Sweeps lists the sweeps by their names, then those that came with the lab in the paper's
// order. A folder that is none is left out.
func (l *Lab) Sweeps(ctx context.Context) ([]SweepInfo, error) {
	entries, err := os.ReadDir(l.sweeps.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	list := []SweepInfo{}
	for _, e := range entries {
		if s, err := l.FindSweep(ctx, e.Name()); err == nil {
			list = append(list, s.Info)
		}
	}
	for _, p := range sweep.Papers {
		if s, ok := l.sweeps.cameWithLab(p.Name); ok && !isFolder(filepath.Join(l.sweeps.dir, p.Name)) {
			list = append(list, s.Info)
		}
	}
	return list, nil
}

// Sweep is a sweep with what is known of every network.
type Sweep struct {
	Info SweepInfo
	sweep.Results
}

// FindSweep opens a sweep's folder or, where there is none of that name, what came with
// the lab.
func (l *Lab) FindSweep(ctx context.Context, name string) (Sweep, error) {
	if s, ok := l.sweeps.cameWithLab(name); ok && !isFolder(filepath.Join(l.sweeps.dir, name)) {
		return s, nil
	}
	f, err := l.sweepFolder(ctx, name)
	if err != nil {
		return Sweep{}, err
	}
	s := Sweep{Results: f.Results()}
	l.sweeps.live(s.Points)
	s.Info = SweepInfo{Name: name, Count: sweep.CountOf(s.Points), Learned: f.Sweep.Learned}
	if s.Info.Seconds, err = l.sweepSeconds(ctx, s.Points); err != nil {
		return Sweep{}, err
	}
	s.Info.State, s.Info.Error = l.sweeps.state(name, s.Info.Count)
	s.Info.Workers = l.sweeps.workerCores(ctx, f.Sweep.Kernel)
	if info, err := os.Stat(f.Dir); err == nil {
		s.Info.Changed = info.ModTime()
	}
	return s, nil
}

func (l *Lab) sweepFolder(ctx context.Context, name string) (*sweep.Folder, error) {
	dir := filepath.Join(l.sweeps.dir, name)
	if !sweep.IsName(name) || !isFolder(dir) {
		return nil, l.sweeps.none(name)
	}
	return sweep.Open(dir, l.sound(context.WithoutCancel(ctx)))
}

// live puts the batches of points that train now into their status.
func (s *sweeps) live(points []sweep.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range points {
		if n, ok := s.batch[points[i].Hash]; ok && (points[i].State == sweep.Missing || points[i].State == sweep.Begun) {
			points[i].State, points[i].Batch = sweep.Begun, n
		}
	}
}

// state is where a sweep stands.
func (s *sweeps) state(name string, n sweep.Count) (job.State, string) {
	s.mu.Lock()
	failed := s.failed[name]
	s.mu.Unlock()
	_, err := os.Stat(filepath.Join(s.dir, name, sweepMark))
	switch {
	case s.jobs.Active(name):
		return job.Running, ""
	case failed != "":
		return job.Failed, failed
	case n.By[sweep.Done]+n.By[sweep.Failed] == n.Points:
		return job.Finished, ""
	case err == nil:
		return job.Interrupted, ""
	}
	return job.Paused, ""
}

// sweepSeconds estimates in how many seconds this machine does what is missing of points:
// at the rate that they have shown or, before any has, at that of a run like the first.
func (l *Lab) sweepSeconds(ctx context.Context, points []sweep.Status) (float64, error) {
	if len(points) == 0 {
		return 0, nil
	}
	first := points[0].Spec
	e, err := l.Estimate(ctx, first)
	return sweep.Estimate(points, model.BatchOperations(first)/(e.Seconds*float64(cores()))) / float64(cores()), err
}

// PlanSweep reads a sweep's file, and estimates in how many seconds this machine does it.
func (l *Lab) PlanSweep(ctx context.Context, text []byte) (s sweep.Sweep, points int, seconds float64, err error) {
	if s, err = sweep.Parse(text); err != nil {
		return s, 0, 0, err
	}
	if s.Name == "new" {
		return s, 0, 0, refuse(Invalid, "name", "is the address of the form: choose another")
	}
	all := s.Plan()
	seconds, err = l.sweepSeconds(ctx, all)
	return s, len(all), seconds, err
}

// StartSweep makes the folder of a sweep, or gives the one that is there more points and
// measures, and does what is missing.
func (l *Lab) StartSweep(ctx context.Context, text []byte) (SweepInfo, error) {
	name, err := l.createSweep(ctx, text)
	if err != nil {
		return SweepInfo{}, err
	}
	return l.ResumeSweep(ctx, name)
}

func (l *Lab) createSweep(ctx context.Context, text []byte) (name string, err error) {
	s, _, _, err := l.PlanSweep(ctx, text)
	if err != nil {
		return "", err
	}
	if l.sweeps.jobs.Active(s.Name) {
		return "", refuse(Conflict, "name", "the sweep %s is being done: pause it before it is changed", s.Name)
	}
	if _, ok := l.sweeps.cameWithLab(s.Name); ok {
		return "", refuse(Conflict, "name", "%s came with the lab: choose another name", s.Name)
	}
	if s.Kernel != "" && s.Kernel != kernel.Name() {
		return "", refuse(Conflict, "kernel", "is %s, and this lab computes with %s: leave it out, or start the lab with --kernel %s", s.Kernel, kernel.Name(), s.Kernel)
	}
	if _, err := sweep.Create(filepath.Join(l.sweeps.dir, s.Name), s, nil); err != nil {
		return "", err
	}
	return s.Name, nil
}

// ResumeSweep does what is missing of a sweep.
func (l *Lab) ResumeSweep(ctx context.Context, name string) (SweepInfo, error) {
	f, err := l.sweepFolder(ctx, name)
	if err != nil {
		return SweepInfo{}, err
	}
	if f.Sweep.Kernel != kernel.Name() {
		return SweepInfo{}, refuse(Conflict, "id", "the sweep is computed by the %s kernel, and this lab with %s: start the lab with --kernel %s", f.Sweep.Kernel, kernel.Name(), f.Sweep.Kernel)
	}
	if err := os.WriteFile(filepath.Join(f.Dir, sweepMark), nil, 0o644); err != nil {
		return SweepInfo{}, store.Explain(err)
	}
	if err := l.sweeps.jobs.Start(name, l.sweeps.work(f)); err != nil {
		return SweepInfo{}, err
	}
	s, err := l.FindSweep(ctx, name)
	return s.Info, err
}

// work does a sweep: one point a core.
func (s *sweeps) work(f *sweep.Folder) job.Work {
	return func(ctx context.Context) (bool, error) {
		options := sweep.Options{Batch: func(p sweep.Point, batch int, _ float64) {
			s.mu.Lock()
			s.batch[p.Hash] = batch
			s.mu.Unlock()
		}}
		err := f.Run(ctx, cores(), options, func(p sweep.Point, _ error) { s.forget(p) })
		if errors.Is(err, sweep.ErrInterrupted) || errors.Is(err, sweep.ErrElsewhere) {
			return false, nil
		}
		return err == nil, err
	}
}

// PauseSweep ends the training of a sweep's points after the batches under way, and
// keeps what they have.
func (l *Lab) PauseSweep(ctx context.Context, name string) (SweepInfo, error) {
	if err := l.sweeps.jobs.End(ctx, name, job.Paused); err != nil {
		if _, missing := l.sweepFolder(ctx, name); missing != nil {
			return SweepInfo{}, missing
		}
		return SweepInfo{}, refuse(Conflict, "id", "the sweep rests already")
	}
	s, err := l.FindSweep(ctx, name)
	return s.Info, err
}

// WaitSweep returns when a sweep is at rest, or the context ends.
func (l *Lab) WaitSweep(ctx context.Context, name string) error { return l.sweeps.jobs.Wait(ctx, name) }

// RetrySweep does a sweep's failed points again, from their checkpoints.
func (l *Lab) RetrySweep(ctx context.Context, name string) (SweepInfo, error) {
	f, err := l.sweepFolder(ctx, name)
	if err != nil {
		return SweepInfo{}, err
	}
	if _, err := f.Retry(""); err != nil {
		return SweepInfo{}, err
	}
	return l.ResumeSweep(ctx, name)
}

// KeepPoint puts the network of a sweep's point among the lab's models.
func (l *Lab) KeepPoint(ctx context.Context, name, hash string) (ModelInfo, error) {
	folder, err := l.sweepFolder(ctx, name)
	if err != nil {
		return ModelInfo{}, err
	}
	p, err := folder.Find(hash)
	if err != nil || folder.Status(p).State != sweep.Done {
		return ModelInfo{}, refuse(Conflict, "point", "the sweep has no trained network %q", hash)
	}
	b, err := os.ReadFile(folder.Model(p))
	if err != nil {
		return ModelInfo{}, err
	}
	f, err := modelfile.Read(b)
	if err != nil {
		return ModelInfo{}, refuse(Conflict, "point", "its file cannot be read: %v", err)
	}
	id, err := l.models.Save(f.Provenance.Title, f)
	if err != nil {
		return ModelInfo{}, err
	}
	info, _, err := l.FindModel(id)
	return info, err
}
