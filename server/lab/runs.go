package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

// RunInfo is a run as pages and the API show it.
type RunInfo struct {
	ID              string    `json:"id"`
	Title           string    `json:"title"`
	Spec            spec.Spec `json:"spec"`
	Recipe          string    `json:"recipe" doc:"paper or fast"`
	State           job.State `json:"state"`
	Batch           int       `json:"batch" doc:"batches done"`
	Batches         int       `json:"batches" doc:"batches to do"`
	SecondsPerBatch float64   `json:"seconds_per_batch" doc:"lately; 0 before the first"`
	ETASeconds      *float64  `json:"eta_seconds" doc:"until it is finished; null unless it runs"`
	Loss            *float64  `json:"loss" doc:"of the last batch; null before the first"`
	GradNorm        *float64  `json:"grad_norm"`
	Created         time.Time `json:"created"`
	Updated         time.Time `json:"updated"`
	Error           string    `json:"error" doc:"why it failed, or waits"`
	Notice          string    `json:"notice" doc:"what whoever looks at it should know"`
	Advice          string    `json:"advice" doc:"what to try, where it does not seem to learn; told of a single run alone"`
	Kernel          string    `json:"kernel" doc:"the arithmetic it used; the same one repeats it bit by bit"`
	ModelID         string    `json:"model_id" doc:"of the model saved from it"`

	Name    string     `json:"name" doc:"as whoever keeps it called it, or empty"`
	Note    string     `json:"note"`
	Tags    []string   `json:"tags"`
	Preset  string     `json:"preset" doc:"slug of the preset from which its settings differ least; empty where no preset has its model"`
	Differs []string   `json:"differs" doc:"the settings that are other than the preset's, but for the seed"`
	Parent  string     `json:"parent" doc:"id of the run from whose checkpoint it began, or empty"`
	Forked  int        `json:"parent_batch" doc:"the batch of that checkpoint"`
	Stays   int        `json:"milestones" doc:"batches between two checkpoints that stay; 0: none do"`
	Deleted *time.Time `json:"deleted" doc:"when it was deleted, while it can be restored; else null"`
}

// Label is what to call a run: its name, or else its title and seed.
func (r RunInfo) Label() string {
	if r.Name != "" {
		return r.Name
	}
	return fmt.Sprintf("%s · seed %d", r.Title, r.Spec.Seed)
}

// runInfo is a run as it stands, whatever the database could not be told.
func (l *Lab) runInfo(r store.Run) RunInfo {
	read := l.specs.read(r.ID, r.Spec)
	info := RunInfo{
		ID: r.ID, Title: r.Title, Spec: read.spec, Recipe: read.spec.Recipe(), State: r.State, Batch: r.Batch, Batches: r.Batches,
		SecondsPerBatch: r.Seconds, Loss: finite(r.Loss), GradNorm: finite(r.GradNorm),
		Created: r.Created, Updated: r.Updated, Error: r.Error, Notice: r.Notice, Kernel: r.Kernel, ModelID: r.ModelID,
		Name: r.Name, Note: r.Note, Tags: r.Tags, Preset: read.preset.Slug, Differs: read.differs, Parent: r.Parent, Forked: r.ParentBatch, Stays: r.Milestones,
	}
	if info.Differs == nil {
		info.Differs = []string{}
	}
	if !r.Deleted.IsZero() {
		info.Deleted = &r.Deleted
	}
	if info.State == job.Running && r.Seconds > 0 {
		eta := r.Seconds * float64(r.Batches-r.Batch)
		info.ETASeconds = &eta
	}
	return l.standing.over(info)
}

// Runs lists all runs, the newest first.
func (l *Lab) Runs(ctx context.Context) ([]RunInfo, error) {
	runs, err := l.store.Runs(ctx)
	if err != nil {
		return nil, err
	}
	infos := make([]RunInfo, len(runs))
	for i, r := range runs {
		infos[i] = l.runInfo(r)
	}
	return infos, nil
}

// FindRun gives one run; one that was deleted is not found.
func (l *Lab) FindRun(ctx context.Context, id string) (RunInfo, error) {
	r, err := l.store.Run(ctx, id)
	if err != nil {
		return RunInfo{}, err
	}
	if !r.Deleted.IsZero() {
		return RunInfo{}, store.ErrNotFound
	}
	info := l.runInfo(r)
	info.Advice, err = l.advise(ctx, r, info.Spec)
	return info, err
}

// maxQueued is how many runs may wait for their turn.
const maxQueued = 100

// StartRun checks the settings, makes a run of them and queues it. Settings that are
// not accepted are spec.Errors.
func (l *Lab) StartRun(ctx context.Context, sp spec.Spec) (RunInfo, error) {
	return l.StartKept(ctx, sp, Keeping{})
}

// Keeping is what a run is begun with besides its settings.
type Keeping struct {
	Labels
	Milestones int // batches between two checkpoints that stay; 0: none do
}

// StartKept is StartRun with a name, a note, tags and milestones.
func (l *Lab) StartKept(ctx context.Context, sp spec.Spec, keep Keeping) (RunInfo, error) {
	if _, err := l.startable(ctx, sp); err != nil {
		return RunInfo{}, err
	}
	if err := errors.Join(cleanLabels(&keep.Labels), checkMilestones(keep.Milestones, sp.Batches)); err != nil {
		return RunInfo{}, err
	}
	now := time.Now()
	r := store.Run{
		ID: newID(), Title: sp.String(), Spec: sp.JSON(), State: job.Queued, Batches: sp.Batches,
		Loss: math.NaN(), GradNorm: math.NaN(), Kernel: kernel.Name(), Created: now, Updated: now,
		Labels: keep.Labels, Milestones: keep.Milestones,
	}
	if err := l.store.Add(ctx, r); err != nil {
		return RunInfo{}, err
	}
	if err := l.enqueue(ctx, r.ID, sp); err != nil {
		return RunInfo{}, err
	}
	return l.FindRun(ctx, r.ID)
}

// newID is a run's id: eight letters and digits drawn at random.
func newID() string { return strings.ToLower(rand.Text()[:8]) }

// PauseRun ends a run's training after the batch under way and keeps where it is.
func (l *Lab) PauseRun(ctx context.Context, id string) (RunInfo, error) {
	return l.endRun(ctx, id, job.Paused, job.Interrupted)
}

// StopRun is PauseRun for good, although a stopped run can be resumed as well.
func (l *Lab) StopRun(ctx context.Context, id string) (RunInfo, error) {
	return l.endRun(ctx, id, job.Stopped, job.Paused, job.Interrupted)
}

// endRun ends what is queued or running, and renames a run at rest in one of the
// states given.
func (l *Lab) endRun(ctx context.Context, id string, as job.State, atRest ...job.State) (RunInfo, error) {
	r, err := l.FindRun(ctx, id)
	if err != nil {
		return RunInfo{}, err
	}
	err = l.jobs.End(ctx, id, as)
	if errors.Is(err, job.ErrNotActive) {
		if slices.Contains(atRest, r.State) {
			l.stateChanged(id, as, nil)
			err = nil
		}
	}
	if err != nil {
		return RunInfo{}, err
	}
	return l.FindRun(ctx, id)
}

// Wait returns when a run is at rest, or the context ends.
func (l *Lab) Wait(ctx context.Context, id string) error { return l.jobs.Wait(ctx, id) }

// stateChanged records and tells what became of a run. The registry calls it.
func (l *Lab) stateChanged(id string, s job.State, failure error) {
	text := ""
	if failure != nil {
		text = store.Explain(failure).Error()
		slog.Error("run failed", "run", id, "error", failure)
	}
	l.keepState(id, s, text)
	l.tell(id)
}

// tell has the observer see a run as it stands.
func (l *Lab) tell(id string) {
	info, err := l.FindRun(context.Background(), id)
	if err != nil {
		slog.Error("a run's state cannot be read", "run", id, "error", err)
		return
	}
	l.observer.RunChanged(info)
}

// RunCounts counts the runs in each state.
func (l *Lab) RunCounts(ctx context.Context) (map[job.State]int, error) {
	counts, err := l.store.States(ctx)
	if err != nil {
		return nil, err
	}
	waiting := l.standing.countWaiting()
	counts[job.Running] = max(0, counts[job.Running]-waiting)
	counts[job.Waiting] = waiting
	return counts, nil
}
