package app

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
	"unmixlab/web"
)

// runView is the page of one run.
type runView struct {
	Run             runRow
	Name, Note      string
	Advice          string // what to try, where it does not seem to learn
	Milestones      int
	Kept            []int   // batches at whose ends it can be forked
	Parent          *runRow // the run that it began from; without a label if that is deleted
	ParentBatch     int
	Problem         string // of a control that was refused
	OtherKernel     bool   // whether it can only go on with another kernel
	Anew            bool   // whether what was refused can only begin again
	Health          string // what is wrong with the lab, or ""
	ModulationTitle string
	ModulationSee   string
	Settings        []web.SettingGroup
	Client          any // what the page's script starts from
}

// runClient is what the page's script starts from.
type runClient struct {
	ID      string `json:"id"`
	Batches int    `json:"batches"`
}

func (a *App) runPage(w http.ResponseWriter, r *http.Request) error {
	return a.showRun(w, r, http.StatusOK, nil)
}

func (a *App) showRun(w http.ResponseWriter, r *http.Request, status int, refused *Problem) error {
	run, err := a.lab.FindRun(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	variant, _ := spec.VariantNamed(run.Spec.Model)
	page := runView{
		Run: newRunRow(run), Name: run.Name, Note: run.Note, Advice: run.Advice, Milestones: run.Stays, Kept: a.lab.Kept(run.ID),
		Parent: a.parentOf(r.Context(), run), ParentBatch: run.Forked, Health: troubled(a.lab.Health(r.Context())), ModulationTitle: variant.Words.Moved, ModulationSee: variant.Words.See,
		Settings: web.Settings(run.Spec), Client: runClient{run.ID, run.Batches},
	}
	if refused != nil {
		page.Problem = refused.Detail
		page.OtherKernel = slices.ContainsFunc(refused.Errors, func(e *huma.ErrorDetail) bool { return e.Location == "query.kernel" })
		page.Anew = slices.ContainsFunc(refused.Errors, func(e *huma.ErrorDetail) bool { return e.Location == "query.anew" })
	}
	return a.render(w, r, status, web.View{Name: "run", Title: page.Run.Label, Data: page})
}

// parentOf is the run from which another began; nil for one that began by itself.
func (a *App) parentOf(ctx context.Context, run lab.RunInfo) *runRow {
	if run.Parent == "" {
		return nil
	}
	row := runRow{ID: run.Parent}
	if parent, err := a.lab.FindRun(ctx, run.Parent); err == nil {
		row = newRunRow(parent)
	}
	return &row
}

// longestTitle is how many letters a saved model's title may have, as in the API.
const longestTitle = 80

// whole is a whole number of a form.
func whole(r *http.Request, field string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(r.FormValue(field)))
	if err != nil {
		return 0, invalid("body."+field, "%s: %q is no whole number", field, r.FormValue(field))
	}
	return n, nil
}

// runControls does what the buttons of a run's page say.
func (a *App) runControls(w http.ResponseWriter, r *http.Request) error {
	id, ctx := chi.URLParam(r, "id"), r.Context()
	var err error
	switch action := r.FormValue("action"); action {
	case "pause":
		_, err = a.lab.PauseRun(ctx, id)
	case "resume":
		if _, err = a.lab.ResumeRun(ctx, id); err != nil {
			err = inQuery{err}
		}
	case "again":
		_, err = a.lab.BeginAgain(ctx, id)
	case "kernel":
		_, err = a.lab.ResumeWithKernel(ctx, id)
	case "stop":
		_, err = a.lab.StopRun(ctx, id)
	case "delete":
		if err = a.lab.DeleteRun(ctx, id); err == nil {
			redirect(w, r, "/runs?deleted="+id, http.StatusSeeOther)
			return nil
		}
	case "label":
		_, err = a.lab.LabelRun(ctx, id, lab.Labels{Name: r.FormValue("name"), Note: r.FormValue("note"), Tags: lab.SplitTags(r.FormValue("tags"))})
		if every, wrong := whole(r, "milestones"); err == nil && wrong == nil {
			_, err = a.lab.KeepMilestones(ctx, id, every)
		}
	case "extend":
		more, wrong := whole(r, "more")
		if err = wrong; err == nil {
			_, err = a.lab.ExtendRun(ctx, id, more)
		}
	case "reseed":
		var again lab.RunInfo
		if again, err = a.lab.ReseedRun(ctx, id); err == nil {
			redirect(w, r, "/runs/"+again.ID, http.StatusSeeOther)
			return nil
		}
	case "save":
		title := r.FormValue("title")
		if n := utf8.RuneCountInString(title); n > longestTitle {
			err = invalid("body.title", "The title has %d letters, at most %d are taken.", n, longestTitle)
			break
		}
		m, saveErr := a.lab.SaveRun(ctx, id, title)
		if saveErr == nil {
			redirect(w, r, "/models/"+m.ID, http.StatusSeeOther)
			return nil
		}
		err = saveErr
	default:
		err = invalid("body.action", "%q is nothing that can be done with a run", action)
	}
	if err != nil {
		p := ProblemOf(err)
		if p.Status == http.StatusNotFound {
			return err
		}
		return a.showRun(w, r, p.Status, p)
	}
	redirect(w, r, "/runs/"+id, http.StatusSeeOther)
	return nil
}
