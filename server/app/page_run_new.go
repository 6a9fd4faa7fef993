package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

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
	return a.showForm(w, r, http.StatusOK, form, sp)
}

// origin is the page that a form's values come from.
type origin struct{ address, name string }

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
		return trainable(m.Spec), origin{"/models/" + m.ID, m.Title}, err
	case q.Get("run") != "":
		run, err := a.lab.FindRun(ctx, q.Get("run"))
		return run.Spec, origin{"/runs/" + run.ID, run.Title}, err
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
		words, err := a.estimate(r.Context(), sp)
		if err != nil {
			return err
		}
		form.Estimate = words
	}
	return a.render(w, r, status, web.View{Name: "run_new", Data: form})
}

// estimate says how long a run will take here.
func (a *App) estimate(ctx context.Context, sp spec.Spec) (string, error) {
	e, err := a.lab.Estimate(ctx, sp)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("About %s on this machine: %s batches of about %s each%s.",
		web.Duration(e.Seconds*float64(sp.Batches)), web.Count(sp.Batches), web.Duration(e.Seconds), basisWords[e.Basis]), nil
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
		run, err := a.lab.StartRun(r.Context(), sp)
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
	form.Preset = typed.Get("preset")
	status := http.StatusOK
	if len(errs) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.showForm(w, r, status, form, sp)
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
		words, err := a.estimate(r.Context(), sp)
		if err != nil {
			return err
		}
		body.Estimate, body.Spec = words, &sp
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(body) // a client that left needs no answer
	return nil
}
