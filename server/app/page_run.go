package app

import (
	"math"
	"net/http"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
	"unmixlab/web"
)

func runRow(r lab.RunInfo) web.RunRow {
	row := web.RunRow{
		ID: r.ID, Title: r.Title, Line: r.Spec.String(), State: string(r.State), Text: web.States[string(r.State)],
		Batch: r.Batch, Batches: r.Batches, Loss: orNaN(r.Loss), GradNorm: orNaN(r.GradNorm),
		SecondsPerBatch: r.SecondsPerBatch, Eta: "–", Created: r.Created, Updated: r.Updated,
		Kernel: r.Kernel, ModelID: r.ModelID,
		CanPause:  r.State.Active(),
		CanResume: r.State.Resumable(),
		CanStop:   r.State.Stoppable(),
		CanSave:   r.Batch > 0,
	}
	if row.Line == row.Title {
		row.Line = ""
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

// runClient is what the page's script starts from.
type runClient struct {
	ID      string            `json:"id"`
	Batches int               `json:"batches"`
	Texts   map[string]string `json:"texts"` // of the states
}

func (a *App) runPage(w http.ResponseWriter, r *http.Request) error {
	return a.showRun(w, r, http.StatusOK, "")
}

func (a *App) showRun(w http.ResponseWriter, r *http.Request, status int, problem string) error {
	run, err := a.lab.FindRun(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	title, see := modulationWords(run.Spec.Model)
	page := web.RunPage{
		Run: runRow(run), Problem: problem, ModulationTitle: title, ModulationSee: see,
		Settings: web.Settings(run.Spec), Client: runClient{run.ID, run.Batches, web.States},
	}
	return a.render(w, status, pageView("run", run.Title, page))
}

// modulationWords are the title of the panel that shows what feedback does, and what
// to see in it.
func modulationWords(model string) (title, see string) {
	switch model {
	case spec.Modulation, spec.Unmixing:
		return "Weights", "Weights from stimuli to outputs (lines) should jump to the inverse of each context (dotted)."
	case spec.Dale:
		return "Gains", "The gain p of every unit: it should switch with the context and stay within it."
	case spec.Direct:
		return "Modulation", "An LSTM alone modulates nothing."
	}
	return "Modulation", "The modulation m of every unit: it should switch with the context and stay within it."
}

// runControls does what the buttons of a run's page say.
func (a *App) runControls(w http.ResponseWriter, r *http.Request) error {
	id, ctx := chi.URLParam(r, "id"), r.Context()
	var err error
	switch action := r.FormValue("action"); action {
	case "pause":
		_, err = a.lab.PauseRun(ctx, id)
	case "resume":
		_, err = a.lab.ResumeRun(ctx, id)
	case "stop":
		_, err = a.lab.StopRun(ctx, id)
	case "delete":
		if err = a.lab.DeleteRun(ctx, id); err == nil {
			http.Redirect(w, r, "/runs", http.StatusSeeOther)
			return nil
		}
	case "save":
		m, saveErr := a.lab.SaveRun(ctx, id, r.FormValue("title"))
		if saveErr == nil {
			http.Redirect(w, r, "/models/"+m.ID, http.StatusSeeOther)
			return nil
		}
		err = saveErr
	default:
		err = problem(http.StatusUnprocessableEntity, "body.action", "%q is nothing that can be done with a run", action)
	}
	if err != nil {
		p := ProblemOf(err)
		if p.Status == http.StatusNotFound {
			return err
		}
		return a.showRun(w, r, p.Status, p.Detail)
	}
	http.Redirect(w, r, "/runs/"+id, http.StatusSeeOther)
	return nil
}
