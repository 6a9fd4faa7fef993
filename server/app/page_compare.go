package app

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
	"unmixlab/web"
)

// mostCompared is how many runs are set side by side at most: more lines say nothing.
const mostCompared = 100

// offered is how many runs the page offers to choose from; the list of runs finds others.
const offered = 50

// compareView sets runs side by side.
type compareView struct {
	All     []candidate
	More    bool // whether there are runs that are not offered
	Runs    []comparedRun
	Differ  []spec.Field // settings that are not the same in all runs
	Same    int          // how many others are
	Problem string       // of the choice
	CSV     string       // address of the table
	Smooths []smoothing
	Client  any // what the page's script starts from
}

// candidate is a run that can be chosen.
type candidate struct {
	runRow
	Chosen bool
}

// comparedRun is a run with its name and line in the comparison.
type comparedRun struct {
	runRow
	Name, Colour, Dash string
	Recent             float64 // mean loss of the last Over batches
	Over               int
	Measured           *lab.Measure // the last one; nil before there is one
	Values             []string     // of the settings that differ, a dash where one does not matter
	named              string       // by whoever keeps it
	seed               uint64
}

// smoothing is a choice of how many batches a mean goes over.
type smoothing struct {
	Over   int
	Words  string
	Chosen bool
}

// smoothings the page offers; train.MeanOver is what other pages show.
var smoothings = []smoothing{
	{1, "each batch", false}, {train.MeanOver, "mean of the last 50 batches", true},
	{200, "mean of the last 200 batches", false}, {1000, "mean of the last 1,000 batches", false},
}

// meanOver is of how many of its last batches a run's loss is the mean.
const meanOver = 100

// comparedClient is a run as the page's script starts from it.
type comparedClient struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
	Dash   string `json:"dash"`
	Active bool   `json:"active"`
}

func (a *App) comparePage(w http.ResponseWriter, r *http.Request) error {
	ids := r.URL.Query()["id"]
	all, err := a.lab.Runs(r.Context())
	if err != nil {
		return err
	}
	page, err := a.comparison(r.Context(), all, ids)
	if err != nil {
		return err
	}
	for i, run := range all {
		chosen := slices.Contains(ids, run.ID)
		if chosen || i < offered {
			page.All = append(page.All, candidate{newRunRow(run), chosen})
		}
	}
	page.More, page.Smooths = len(all) > len(page.All), smoothings
	client := []comparedClient{}
	for _, c := range page.Runs {
		client = append(client, comparedClient{c.ID, c.Name, c.Colour, c.Dash, c.State.Active()})
	}
	page.Client = client
	return a.render(w, r, http.StatusOK, web.View{Name: "compare", Data: page})
}

// comparison sets those of all runs side by side that have one of the ids.
func (a *App) comparison(ctx context.Context, all []lab.RunInfo, ids []string) (compareView, error) {
	var runs []comparedRun
	var specs []spec.Spec
	for _, run := range all {
		if !slices.Contains(ids, run.ID) || len(runs) == mostCompared {
			continue
		}
		c, err := a.compared(ctx, run)
		if err != nil {
			return compareView{}, err
		}
		runs, specs = append(runs, c), append(specs, run.Spec)
	}
	page := newComparison(runs, specs)
	page.Problem = choiceProblem(ids, len(runs))
	page.CSV = "/api/runs/compare.csv"
	for i, run := range runs {
		page.CSV += map[bool]string{true: "?id=", false: "&id="}[i == 0] + run.ID
	}
	return page, nil
}

// choiceProblem says what of a choice was left out.
func choiceProblem(ids []string, found int) string {
	distinct := len(slices.Compact(slices.Sorted(slices.Values(ids))))
	switch {
	case distinct > mostCompared && found == mostCompared:
		return fmt.Sprintf("At most %d runs are compared; the newest of the %d chosen ones are shown.", mostCompared, distinct)
	case found < distinct:
		return fmt.Sprintf("Not here any longer: %d of the runs in the address.", distinct-found)
	}
	return ""
}

func (a *App) compared(ctx context.Context, run lab.RunInfo) (comparedRun, error) {
	c := comparedRun{runRow: newRunRow(run), named: run.Name, seed: run.Spec.Seed}
	var err error
	if c.Recent, c.Over, err = a.lab.MeanLoss(ctx, run.ID, meanOver); err != nil {
		return c, err
	}
	measures, err := a.lab.Measures(ctx, run.ID)
	if n := len(measures); n > 0 {
		c.Measured = &measures[n-1]
	}
	return c, err
}

// Late and Clarity are of the last measure, NaN before there is one.
func (c comparedRun) Late() float64 {
	return c.measure(func(m *lab.Measure) float64 { return m.LateError })
}

func (c comparedRun) Clarity() float64 {
	return c.measure(func(m *lab.Measure) float64 { return m.ClarityY })
}

func (c comparedRun) Angle() float64 {
	return c.measure(func(m *lab.Measure) float64 { return m.Angle })
}

func (c comparedRun) measure(of func(*lab.Measure) float64) float64 {
	if c.Measured == nil {
		return math.NaN()
	}
	return of(c.Measured)
}

var (
	compareColours = []string{"source1", "feedback", "source3", "source2", "error", "stimulus", "ink", "muted"}
	compareDashes  = []string{"solid", "dashed", "dotted"} // for more runs than there are colours
)

// newComparison names runs by what differs between them.
func newComparison(runs []comparedRun, specs []spec.Spec) compareView {
	p := compareView{Runs: runs}
	settings := make([]map[string]string, len(specs)) // by field
	for i, s := range specs {
		settings[i] = map[string]string{}
		for _, g := range web.Settings(s) {
			for _, row := range g.Rows {
				settings[i][row.Name] = row.Value
			}
		}
	}
	for _, f := range spec.Fields {
		values := make([]string, len(specs))
		for i := range specs {
			values[i] = cmp.Or(settings[i][f.Name], "–")
		}
		switch distinct := slices.Compact(slices.Sorted(slices.Values(values))); {
		case len(distinct) > 1:
			p.Differ = append(p.Differ, f)
			for i := range p.Runs {
				p.Runs[i].Values = append(p.Runs[i].Values, values[i])
			}
		case len(distinct) == 1 && distinct[0] != "–":
			p.Same++
		}
	}
	p.nameRuns()
	return p
}

// nameRuns gives each run a line and a name that no other has.
func (p *compareView) nameRuns() {
	taken := map[string]bool{}
	for i := range p.Runs {
		run := &p.Runs[i]
		run.Colour = compareColours[i%len(compareColours)]
		run.Dash = compareDashes[i/len(compareColours)%len(compareDashes)]
		run.Name = p.name(run)
		if taken[run.Name] {
			run.Name += ", " + run.ID
		}
		taken[run.Name] = true
	}
}

// namedSettings is how many settings stand in a run's name.
const namedSettings = 3

// name is what a run was called, or else some of what makes it another one, and its seed.
func (p *compareView) name(run *comparedRun) string {
	if run.named != "" {
		return run.named
	}
	var parts []string
	for k, f := range p.Differ {
		if f.Name != "seed" && len(parts) < namedSettings {
			parts = append(parts, web.SettingWords(f, run.Values[k]))
		}
	}
	return strings.Join(append(parts, fmt.Sprintf("seed %d", run.seed)), ", ")
}
