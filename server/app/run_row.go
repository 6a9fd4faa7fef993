package app

import (
	"cmp"
	"math"
	"time"

	"unmixlab/server/job"
	"unmixlab/server/lab"
	"unmixlab/web"
)

// runRow is a run in a table and the head of its own page.
type runRow struct {
	ID, Label        string // Label is its name, or else its title
	Line             string // its seed, what it is nearest to, in what it differs
	Title            string
	Tags             []string
	Recipe           string // in words
	State            job.State
	Text             string // what the state means, in a sentence
	Batch, Batches   int
	Loss, GradNorm   float64
	SecondsPerBatch  float64
	Eta              string
	Created, Updated time.Time
	Kernel           string
	ModelID          string
	Notice           string
	CanPause         bool
	CanResume        bool
	CanStop          bool
	CanSave          bool
}

func newRunRow(r lab.RunInfo) runRow {
	row := runRow{
		ID: r.ID, Label: cmp.Or(r.Name, r.Title), Title: r.Title, Line: web.Origin(r.Spec), Tags: r.Tags, Recipe: r.Spec.RecipeWords(), State: r.State, Text: stateTexts[r.State],
		Batch: r.Batch, Batches: r.Batches, Loss: orNaN(r.Loss), GradNorm: orNaN(r.GradNorm),
		SecondsPerBatch: r.SecondsPerBatch, Eta: "–", Created: r.Created, Updated: r.Updated,
		Kernel: r.Kernel, ModelID: r.ModelID, Notice: r.Notice,
		CanPause:  r.State.Active(),
		CanResume: r.State.Resumable(),
		CanStop:   r.State.Stoppable(),
		CanSave:   r.Batch > 0,
	}
	if r.Name != "" {
		row.Line += " · " + r.Title
	}
	if r.Error != "" {
		row.Text += " " + r.Error
	}
	if r.ETASeconds != nil {
		row.Eta = web.Duration(*r.ETASeconds)
	}
	return row
}

func orNaN(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

// stateTexts say what a run's state means.
var stateTexts = map[job.State]string{
	job.Queued:      "Waits until another run has ended.",
	job.Running:     "Trains now.",
	job.Waiting:     "Cannot go on just now, and tries again by itself.",
	job.Paused:      "Rests at its last batch; Resume goes on bit by bit.",
	job.Stopped:     "Was stopped; what it has learned is kept, and Resume would go on.",
	job.Finished:    "Has trained all its batches.",
	job.Failed:      "Ended with an error.",
	job.Interrupted: "The lab ended while it trained; Resume goes on from its last checkpoint.",
}

// runState is what the pages' scripts know of a state.
type runState struct {
	Text      string `json:"text"`
	Active    bool   `json:"active"`
	Resumable bool   `json:"resumable"`
	Stoppable bool   `json:"stoppable"`
}

// runStates are all states, as the layout hands them to the scripts of pages with runs.
func runStates() map[job.State]runState {
	states := map[job.State]runState{}
	for _, s := range job.States {
		states[s] = runState{stateTexts[s], s.Active(), s.Resumable(), s.Stoppable()}
	}
	return states
}
