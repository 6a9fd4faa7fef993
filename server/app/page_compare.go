package app

import (
	"fmt"
	"net/http"
	"slices"

	"unmixlab/server/job"
	"unmixlab/server/lab"
	"unmixlab/sim/spec"
	"unmixlab/web"
)

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
	var candidates []web.Candidate
	var runs []web.ComparedRun
	var specs []spec.Spec
	for _, run := range all {
		chosen := slices.Contains(ids, run.ID)
		candidates = append(candidates, web.Candidate{RunRow: runRow(run), Chosen: chosen})
		if chosen && len(runs) < web.Compared {
			c, err := a.compared(r, run)
			if err != nil {
				return err
			}
			runs, specs = append(runs, c), append(specs, run.Spec)
		}
	}
	page := web.NewComparison(runs, specs)
	page.All, page.Problem = candidates, choiceProblem(ids, len(runs))
	client := []comparedClient{}
	for _, c := range page.Runs {
		client = append(client, comparedClient{c.ID, c.Name, c.Colour, job.State(c.State).Active()})
	}
	page.Client = client
	return a.render(w, http.StatusOK, pageView("compare", "", page))
}

// choiceProblem says what of a choice was left out.
func choiceProblem(ids []string, found int) string {
	distinct := len(slices.Compact(slices.Sorted(slices.Values(ids))))
	switch {
	case distinct > web.Compared && found == web.Compared:
		return fmt.Sprintf("At most %d runs are compared; the newest of the chosen ones are shown.", web.Compared)
	case found < distinct:
		return fmt.Sprintf("Not here any longer: %d of the runs in the address.", distinct-found)
	}
	return ""
}

func (a *App) compared(r *http.Request, run lab.RunInfo) (web.ComparedRun, error) {
	mean, over, err := a.lab.MeanLoss(r.Context(), run.ID, meanOver)
	return web.ComparedRun{RunRow: runRow(run), Recent: mean, Over: over}, err
}
