package app

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
	"unmixlab/web"
)

// mostCompared is how many runs are set side by side at most: as many as there are colours.
const mostCompared = 8

// compareView sets runs side by side.
type compareView struct {
	All     []candidate
	Runs    []comparedRun
	Differ  []difference // settings that are not the same in all runs
	Same    int          // how many others are
	Problem string       // of the choice
	Client  any          // what the page's script starts from
}

// candidate is a run that can be chosen.
type candidate struct {
	runRow
	Chosen bool
}

// comparedRun is a run with its name and colour in the comparison.
type comparedRun struct {
	runRow
	Name, Colour string
	Recent       float64 // mean loss of the last Over batches
	Over         int
}

// difference is one setting and its value in each run, a dash where it does not matter.
type difference struct {
	spec.Field
	Values []string
}

// meanOver is of how many of its last batches a run's loss is the mean.
const meanOver = 100

// comparedClient is a run as the page's script starts from it.
type comparedClient struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
	Active bool   `json:"active"`
}

func (a *App) comparePage(w http.ResponseWriter, r *http.Request) error {
	ids := r.URL.Query()["id"]
	all, err := a.lab.Runs(r.Context())
	if err != nil {
		return err
	}
	var candidates []candidate
	var runs []comparedRun
	var specs []spec.Spec
	for _, run := range all {
		chosen := slices.Contains(ids, run.ID)
		candidates = append(candidates, candidate{runRow: newRunRow(run), Chosen: chosen})
		if chosen && len(runs) < mostCompared {
			c, err := a.compared(r, run)
			if err != nil {
				return err
			}
			runs, specs = append(runs, c), append(specs, run.Spec)
		}
	}
	page := newComparison(runs, specs)
	page.All, page.Problem = candidates, choiceProblem(ids, len(runs))
	client := []comparedClient{}
	for _, c := range page.Runs {
		client = append(client, comparedClient{c.ID, c.Name, c.Colour, c.State.Active()})
	}
	page.Client = client
	return a.render(w, r, http.StatusOK, web.View{Name: "compare", Data: page})
}

// choiceProblem says what of a choice was left out.
func choiceProblem(ids []string, found int) string {
	distinct := len(slices.Compact(slices.Sorted(slices.Values(ids))))
	switch {
	case distinct > mostCompared && found == mostCompared:
		return fmt.Sprintf("At most %d runs are compared; the newest of the chosen ones are shown.", mostCompared)
	case found < distinct:
		return fmt.Sprintf("Not here any longer: %d of the runs in the address.", distinct-found)
	}
	return ""
}

func (a *App) compared(r *http.Request, run lab.RunInfo) (comparedRun, error) {
	mean, over, err := a.lab.MeanLoss(r.Context(), run.ID, meanOver)
	return comparedRun{runRow: newRunRow(run), Recent: mean, Over: over}, err
}

var compareColours = []string{"source1", "feedback", "source3", "source2", "error", "stimulus", "ink", "muted"}

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
			p.Differ = append(p.Differ, difference{f, values})
		case len(distinct) == 1 && distinct[0] != "–":
			p.Same++
		}
	}
	for i := range p.Runs {
		p.Runs[i].Colour = compareColours[i%len(compareColours)]
		p.Runs[i].Name = p.name(i)
	}
	return p
}

// name is the first two settings that make run i another one, else its id.
func (p compareView) name(i int) string {
	var parts []string
	for _, d := range p.Differ[:min(2, len(p.Differ))] {
		parts = append(parts, web.SettingWords(d.Field, d.Values[i]))
	}
	if len(parts) == 0 {
		return p.Runs[i].ID
	}
	return strings.Join(parts, ", ")
}
