// Package lab is the lab without a network: its models, runs and their training,
// sounds and figures, in one data folder. What it refuses is an Error of a kind that
// names the field; what becomes of runs goes to an Observer. Pages and connections are
// others' business.
package lab

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
	"unmixlab/web/figure"
)

// Config says where the lab keeps what it makes, and how much it does at once. Zero
// values mean the defaults named.
type Config struct {
	Data    string // the data folder. Default DataFolder()
	Runs    int    // that train at once, no more than there are cores. Default 1: one run already uses every core
	Resume  bool   // whether runs that were under way when the lab last ended go on by themselves
	Memory  int64  // bytes that runs may take together, one at least training. Default half the machine's
	Yield   int    // percent of the time that training leaves free while somebody plays live, below 100
	Shipped fs.FS  // the models that come with the lab; nil for none but the ideal one
}

// Lab is an open data folder with its models and runs. It may be used by many
// goroutines at once.
type Lab struct {
	store    *store.Store
	models   *modelfile.Library
	jobs     *job.Registry
	observer Observer
	resume   bool     // as in Config
	memory   int64    // bytes for runs together; 0: no bound
	sizes    sync.Map // run id to what it takes of that
	yield    int      // as in Config
	sweeps   *sweeps

	figures    *flights[*figure.Figure]
	components *flights[*experiment.Component] // for live sessions
	recordings *turns

	specs    readSpecs
	standing standing // of runs, beyond what the database has
	examined examined
	tending  sync.WaitGroup
	leave    context.CancelFunc // ends tending

	milestones  sync.Map // run id to the batches between two checkpoints that stay, of runs that train
	unreadable  sync.Map // ids of models' files that the log has told of
	checkpoints sync.Map // run id to the channel on which its training takes requests for a checkpoint
}

const (
	figuresKept   = 16 // each takes up to a few MB
	figuresAtOnce = 2

	figuresEach    = 8  // of one client that wait to be computed
	figuresWaiting = 64 // of all

	componentsKept = 16
)

// Open opens the data folder and the models. Runs that the last lab left queued or
// running are interrupted from then on, or go on, as Config says. The caller closes the Lab.
func Open(ctx context.Context, c Config, o Observer) (*Lab, error) {
	if c.Data == "" {
		dir, err := DataFolder()
		if err != nil {
			return nil, err
		}
		c.Data = dir
	}
	l := &Lab{observer: o, resume: c.Resume, yield: c.Yield, figures: newFlights[*figure.Figure](figuresKept, figuresAtOnce),
		components: newFlights[*experiment.Component](componentsKept, 1),
		recordings: newTurns(recordingsAtOnce, figuresEach, figuresWaiting), leave: func() {},
		standing: standing{waiting: map[string]string{}, unkept: map[string]unkept{}}}
	if l.memory = c.Memory; l.memory == 0 {
		l.memory = int64(memoryShare * float64(machineMemory()))
	}
	l.jobs = job.NewRegistry(min(c.Runs, cores()), l.stateChanged)
	l.jobs.Bound(l.fits)
	l.sweeps = newSweeps(c.Data, c.Shipped)
	if err := l.open(ctx, c); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// open does the parts of Open that can fail.
func (l *Lab) open(ctx context.Context, c Config) (err error) {
	if l.store, err = store.Open(ctx, c.Data); err != nil {
		return err
	}
	if l.models, err = modelfile.OpenLibrary(c.Shipped, ModelFolder(c.Data)); err != nil {
		return err
	}
	if err := l.measureIdeal(ctx); err != nil {
		return err
	}
	left, err := l.interrupted(ctx)
	if err != nil {
		return err
	}
	if err := l.rebuild(ctx); err != nil {
		return err
	}
	tending, leave := context.WithCancel(context.WithoutCancel(ctx))
	l.leave = leave
	l.tending.Go(func() { l.tend(tending) })
	if c.Resume {
		l.goOn(ctx, left)
	}
	return nil
}

// Rest ends all training, saves what it reached, and lets none begin; models and
// figures stay in use.
func (l *Lab) Rest() {
	l.jobs.Close()
	l.sweeps.jobs.Close()
}

// Close lets the lab rest, waits for what is being computed and closes the data
// folder.
func (l *Lab) Close() error {
	l.Rest()
	l.figures.close()
	l.components.close()
	l.leave()
	l.tending.Wait()
	if l.store == nil {
		return nil
	}
	l.keepStates()
	return l.store.Close()
}

// sources makes the sources of a spec, the uploaded sounds among them.
func (l *Lab) sources(ctx context.Context, sp spec.Spec) (*data.Sources, error) {
	return data.NewSources(sp, l.sound(ctx))
}

// sound finds the samples of uploaded sounds.
func (l *Lab) sound(ctx context.Context) func(id string) ([]float32, error) {
	return func(id string) ([]float32, error) {
		b, err := l.store.ReadSound(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil, errors.New("no sound of this id was uploaded")
		}
		return store.SoundSamples(b), err
	}
}
