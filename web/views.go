package web

import (
	"slices"
	"time"

	"unmixlab/sim/spec"
)

// Dashboard is what the first page shows.
type Dashboard struct {
	Picture     Picture
	First       string // id of the model to begin with
	Lessons     []Lesson
	Models      []ModelCard
	Runs        []RunRow
	ImportError string
}

// ModelCard is a model in short.
type ModelCard struct {
	ID, Title string
	Kind      Kind
	Origin    string
	Shipped   bool
	Trainable bool
	Untrained string // what to say instead of a loss curve
	Numbers   Headlines
	Spark     Sparkline
}

// Headlines are the numbers of a model, and over how many test contexts.
type Headlines struct {
	List []Headline
	N    int // 0 where it is not known
}

// Headline is one number, ready to read.
type Headline struct {
	Label, Value, Help string
}

// Runs is the page of all runs.
type Runs struct{ Runs []RunRow }

// RunRow is a run in a table and the head of its own page.
type RunRow struct {
	ID, Title, Line  string
	State            string
	Text             string // what the state means, in a sentence
	Batch, Batches   int
	Loss, GradNorm   float64
	SecondsPerBatch  float64
	Eta              string
	Created, Updated time.Time
	Kernel           string
	ModelID          string
	CanPause         bool
	CanResume        bool
	CanStop          bool
	CanSave          bool
}

// RunPage is the page of one run.
type RunPage struct {
	Run             RunRow
	Problem         string // of a control that was refused
	ModulationTitle string
	ModulationSee   string
	Settings        []SettingGroup
	Client          any // what the page's script starts from
}

// ModelPage is the page of one model.
type ModelPage struct {
	ModelCard
	Problem   string
	Figures   []FigureLink
	Unfit     []FigureLink // those that do not apply
	HasLosses bool
	Settings  []SettingGroup
	Created   time.Time
	Batches   int
	Kernel    string
	Note      string
	Client    any
}

// FigureLink is a figure of the table and whether it can be made of a model.
type FigureLink struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Applies bool   `json:"applies"`
	Why     string `json:"why,omitempty"`
	About   string `json:"about,omitempty"` // one sentence
}

// FigurePage is one figure of one model.
type FigurePage struct {
	ID, Title  string // of the model
	Figure     FigureLink
	Figures    []FigureLink
	Parameters []Parameter
	Query      string // as in the address, with its question mark
	Client     any
}

// Parameter is a setting of a figure that stands in its address.
type Parameter struct{ Name, Label, Value, Unit, Default, Help string }

// LivePage is the page that plays a model.
type LivePage struct {
	ID, Title string
	Square    bool // whether its contexts are points of the square
	Seed      uint64
	Client    any
}

// ErrorPage says what went wrong.
type ErrorPage struct {
	Status           int
	Heading, Message string
}

// SettingGroup is a part of a spec as a table.
type SettingGroup struct {
	Name string
	Rows []Setting
}

// Setting is one field with its value; Changed tells that the paper's is another.
type Setting struct {
	spec.Field
	Value, Paper string
	Changed      bool
}

// Settings are a spec's fields that matter for its model.
func Settings(s spec.Spec) []SettingGroup {
	values, paper := FormValues(s), FormValues(paperOf(s))
	var groups []SettingGroup
	for _, f := range spec.Fields {
		if f.Name == "wav" && s.Sources != "wav" || f.Name == "frequencies" && s.Sources == "wav" || !f.Matters(s.Model) {
			continue
		}
		if len(groups) == 0 || groups[len(groups)-1].Name != f.Group {
			groups = append(groups, SettingGroup{Name: f.Group})
		}
		rows := &groups[len(groups)-1].Rows
		*rows = append(*rows, Setting{Field: f, Value: valueText(f, values[f.Name]), Paper: valueText(f, paper[f.Name]),
			Changed: f.Name != "seed" && !slices.Equal(values[f.Name], paper[f.Name])})
	}
	return groups
}

// paperOf is the default of the spec's model with the frequencies of its sources.
func paperOf(s spec.Spec) spec.Spec {
	p := spec.Default(s.Model)
	p.Frequencies = spec.DefaultFrequencies(s.Sources, s.Dim)
	return p
}
