package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
	"unmixlab/web"
)

// runNewPage is the form of a run: of a preset, like a model, like a run, or the
// paper's proof of concept.
func (a *App) runNewPage(w http.ResponseWriter, r *http.Request) error {
	sp, from, err := a.startingSpec(r.Context(), r.URL.Query())
	if err != nil {
		return err
	}
	files, err := a.soundFiles(r.Context())
	if err != nil {
		return err
	}
	form := web.NewRunForm(sp, files)
	form.Preset, form.From, form.FromName = r.URL.Query().Get("preset"), from.address, from.name
	form.Fork, form.At, form.FromName = from.fork, from.at, from.name
	return a.showForm(w, r, http.StatusOK, form, sp)
}

// origin is the page that a form's values come from, and the run and the batch where the
// run begins that is a fork.
type origin struct {
	address, name string
	fork          string
	at            int
}

func (a *App) startingSpec(ctx context.Context, q url.Values) (spec.Spec, origin, error) {
	switch {
	case q.Get("preset") != "":
		for _, p := range spec.Presets {
			if p.Slug == q.Get("preset") {
				return p.Spec, origin{}, nil
			}
		}
		return spec.Spec{}, origin{}, absent("query.preset", "there is no preset %s", q.Get("preset"))
	case q.Get("from") != "":
		m, _, err := a.lab.FindModel(q.Get("from"))
		return trainable(m.Spec), origin{address: "/models/" + m.ID, name: m.Title}, err
	case q.Get("run") != "":
		run, err := a.lab.FindRun(ctx, q.Get("run"))
		return run.Spec, origin{address: "/runs/" + run.ID, name: run.Label()}, err
	case q.Get("fork") != "":
		at, err := strconv.Atoi(q.Get("at"))
		if err != nil {
			return spec.Spec{}, origin{}, invalid("query.at", "%q is no batch", q.Get("at"))
		}
		run, err := a.lab.FindRun(ctx, q.Get("fork"))
		return run.Spec, origin{address: "/runs/" + run.ID, name: run.Label(), fork: run.ID, at: at}, err
	}
	return spec.Default(spec.Modulation), origin{}, nil
}

// trainable is the spec itself, or, for one whose feedback is not trained, the paper's
// for the network that it is the ideal of.
func trainable(sp spec.Spec) spec.Spec {
	if v, _ := spec.VariantNamed(sp.Model); v.IdealOf != "" {
		return spec.Default(v.IdealOf)
	}
	return sp
}

func (a *App) showForm(w http.ResponseWriter, r *http.Request, status int, form web.RunForm, sp spec.Spec) error {
	if len(form.Errors) == 0 {
		words, err := a.estimate(r.Context(), sp, a.doneBy(r.Context(), form.Fork, form.At))
		if err != nil {
			return err
		}
		form.Estimate = words
	}
	return a.render(w, r, status, web.View{Name: "run_new", Data: form})
}

// doneBy is how many batches a fork need not do.
func (a *App) doneBy(ctx context.Context, fork string, at int) int {
	if fork == "" || at >= 0 {
		return at
	}
	run, err := a.lab.FindRun(ctx, fork)
	if err != nil {
		return 0
	}
	return run.Batch
}

// estimate says how long a run will take here of which some batches are done.
func (a *App) estimate(ctx context.Context, sp spec.Spec, done int) (string, error) {
	e, err := a.lab.Estimate(ctx, sp)
	if err != nil {
		return "", err
	}
	left := max(0, sp.Batches-max(0, done))
	return fmt.Sprintf("About %s on this machine: %s batches of about %s each%s.",
		web.Duration(e.Seconds*float64(left)), web.Count(left), web.Duration(e.Seconds), basisWords[e.Basis]), nil
}

// basisWords say what an estimate rests on.
var basisWords = map[lab.Basis]string{
	lab.Guessed:  ", if it is as fast as others of its kind; nothing like this has trained here yet",
	lab.Scaled:   ", judging by another run here",
	lab.Measured: ", as they took here before",
}

func (a *App) soundFiles(ctx context.Context) ([]web.SourceFile, error) {
	sounds, err := a.lab.Sounds(ctx)
	files := make([]web.SourceFile, len(sounds))
	for i, s := range sounds {
		files[i] = web.SourceFile{ID: s.ID, Name: s.Name, Seconds: s.Seconds}
	}
	return files, err
}

// runForm starts the run that was typed, or shows the form again with everything that
// was typed and what is wrong with it.
func (a *App) runForm(w http.ResponseWriter, r *http.Request) error {
	typed, wrong, err := a.typed(r)
	if err != nil {
		return err
	}
	sp, errs := web.ReadRunForm(typed)
	errs = append(wrong, errs...)
	if len(errs) == 0 && typed.Get("action") != "check" {
		run, err := a.begin(r, typed, sp)
		if err == nil {
			redirect(w, r, "/runs/"+run.ID, http.StatusSeeOther)
			return nil
		}
		if errs = fieldErrors(err); errs == nil {
			return err
		}
	}
	files, err := a.soundFiles(r.Context())
	if err != nil {
		return err
	}
	form := web.TypedRunForm(typed, errs, files)
	form.Preset, form.Fork, form.Name, form.Tags, form.Milestones = typed.Get("preset"), typed.Get("fork"), typed.Get("name"), typed.Get("tags"), typed.Get("milestones")
	form.At, _ = strconv.Atoi(typed.Get("at"))
	status := http.StatusOK
	if len(errs) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.showForm(w, r, status, form, sp)
}

// begin starts the run of a form, or forks the one that the form names.
func (a *App) begin(r *http.Request, typed url.Values, sp spec.Spec) (lab.RunInfo, error) {
	keep := lab.Keeping{Labels: lab.Labels{Name: typed.Get("name"), Tags: lab.SplitTags(typed.Get("tags"))}}
	if text := typed.Get("milestones"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return lab.RunInfo{}, spec.FieldError{Field: "milestones", Message: fmt.Sprintf("%q is no whole number", text)}
		}
		keep.Milestones = n
	}
	if typed.Get("fork") == "" {
		return a.lab.StartKept(r.Context(), sp, keep)
	}
	at, err := strconv.Atoi(typed.Get("at"))
	if err != nil {
		return lab.RunInfo{}, invalid("body.at", "%q is no batch", typed.Get("at"))
	}
	return a.lab.ForkKept(r.Context(), typed.Get("fork"), at, sp.JSON(), keep)
}

// typed is what a form sent; a sound that came with it is kept and chosen.
func (a *App) typed(r *http.Request) (url.Values, spec.Errors, error) {
	name, b, err := formFile(r, "upload")
	if err != nil {
		return nil, nil, err
	}
	if name == "" || len(b) == 0 {
		return r.PostForm, nil, nil
	}
	sound, err := a.lab.AddSound(r.Context(), name, bytes.NewReader(b))
	if err != nil {
		return r.PostForm, spec.Errors{{Field: "wav", Message: name + ": " + ProblemOf(err).Detail}}, nil
	}
	r.PostForm.Add("wav", sound.ID)
	return r.PostForm, nil, nil
}

func fieldErrors(err error) spec.Errors {
	switch e := err.(type) {
	case spec.Errors:
		return e
	case spec.FieldError:
		return spec.Errors{e}
	case *lab.Error:
		return e.Fields
	}
	return nil
}

// checkForm tells the form's script what is wrong with what was typed, or how it is
// read and how long the run would take.
func (a *App) checkForm(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return invalid("body", "cannot be read as a form: %v", err)
	}
	sp, errs := web.ReadRunForm(r.PostForm)
	if errs == nil {
		errs = spec.Errors{}
	}
	body := struct {
		Estimate string      `json:"estimate"`
		Errors   spec.Errors `json:"errors"`
		Spec     *spec.Spec  `json:"spec,omitempty"`
	}{Errors: errs}
	if len(errs) == 0 {
		at, _ := strconv.Atoi(r.PostForm.Get("at"))
		words, err := a.estimate(r.Context(), sp, a.doneBy(r.Context(), r.PostForm.Get("fork"), at))
		if err != nil {
			return err
		}
		body.Estimate, body.Spec = words, &sp
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(body) // a client that left needs no answer
	return nil
}
