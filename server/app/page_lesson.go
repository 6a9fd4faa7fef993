package app

import (
	"math"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-chi/chi/v5"

	"unmixlab/web"
	"unmixlab/web/figure"
)

// lessonView is one lesson.
type lessonView struct {
	web.Lesson
	ModelTitle string      // empty where the model is not here
	Seed       uint64      // of the contexts; Lesson.Seed are those of the lesson
	NextSeed   uint64      // for other contexts
	All        int         // lessons
	Before     *web.Lesson // nil for the first
	After      *web.Lesson // nil for the last
	Client     any         // what the page's script starts from
}

// stepClient is a step as the page's script needs it.
type stepClient struct {
	Model  string    `json:"model"`
	Figure string    `json:"figure"`
	Panels []string  `json:"panels"`
	Number string    `json:"number"`
	Over   string    `json:"over"`
	Below  []float64 `json:"below"` // bounds of the choices but the last
	Usual  int       `json:"usual"`
}

type lessonClient struct {
	Slug      string       `json:"slug"`
	Title     string       `json:"title"`
	Model     string       `json:"model"`
	Seed      uint64       `json:"seed"`
	UsualSeed uint64       `json:"usualSeed"`
	Steps     []stepClient `json:"steps"`
}

func (a *App) lessonPage(w http.ResponseWriter, r *http.Request) error {
	lessons, err := a.lessons()
	if err != nil {
		return err
	}
	slug := chi.URLParam(r, "slug")
	lesson, ok := web.LessonNamed(lessons, slug)
	if !ok {
		return absent("path.slug", "there is no lesson of this name")
	}
	if lesson.Slug != slug {
		there := url.URL{Path: "/lessons/" + lesson.Slug, RawQuery: r.URL.RawQuery}
		redirect(w, r, there.String(), http.StatusMovedPermanently)
		return nil
	}
	seed := lesson.Seed
	if r.URL.Query().Get("seed") != "" {
		if seed, err = figure.Seed(r.URL.Query()); err != nil {
			return inQuery{err}
		}
	}
	page := lessonView{Lesson: lesson, Seed: seed, NextSeed: seed + 1, All: len(lessons), Client: clientOf(lesson, seed)}
	at := slices.IndexFunc(lessons, func(l web.Lesson) bool { return l.Slug == slug })
	if at > 0 {
		page.Before = &lessons[at-1]
	}
	if at+1 < len(lessons) {
		page.After = &lessons[at+1]
	}
	if m, _, err := a.lab.FindModel(lesson.Model); err == nil {
		page.ModelTitle = m.Title
	}
	return a.render(w, r, http.StatusOK, web.View{Name: "lesson", Title: lesson.Title, Data: page})
}

func clientOf(l web.Lesson, seed uint64) lessonClient {
	client := lessonClient{Slug: l.Slug, Title: l.Title, Model: l.Model, Seed: seed, UsualSeed: l.Seed}
	for _, s := range l.Steps() {
		c := stepClient{Model: s.Model, Figure: s.Figure, Panels: s.Panels, Number: s.Number, Over: s.Over, Usual: s.Usual}
		for _, choice := range s.Choices {
			if !math.IsInf(choice.Below, 1) {
				c.Below = append(c.Below, choice.Below)
			}
		}
		client.Steps = append(client.Steps, c)
	}
	return client
}
