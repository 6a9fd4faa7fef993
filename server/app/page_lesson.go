package app

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"unmixlab/web"
	"unmixlab/web/figure"
)

// lessonView is one lesson.
type lessonView struct {
	web.Lesson
	ModelTitle string // empty where the model is not here
	Seed       uint64
	NextSeed   uint64
	Others     []web.Lesson
	Client     any // what the page's script starts from
}

// stepClient is a step as the page's script needs it.
type stepClient struct {
	Figure string    `json:"figure"`
	Panels []string  `json:"panels"`
	Number string    `json:"number"`
	Over   string    `json:"over"`
	Below  []float64 `json:"below"` // bounds of the choices but the last
	Usual  int       `json:"usual"`
}

type lessonClient struct {
	Slug  string       `json:"slug"`
	Model string       `json:"model"`
	Seed  uint64       `json:"seed"`
	Steps []stepClient `json:"steps"`
}

func (a *App) lessonPage(w http.ResponseWriter, r *http.Request) error {
	lesson, ok := web.LessonNamed(chi.URLParam(r, "slug"))
	if !ok {
		return absent("path.slug", "there is no lesson of this name")
	}
	seed, err := figure.Seed(r.URL.Query())
	if err != nil {
		return inQuery{err}
	}
	page := lessonView{Lesson: lesson, Seed: seed, NextSeed: seed + 1}
	for _, other := range web.Lessons {
		if other.Slug != lesson.Slug {
			page.Others = append(page.Others, other)
		}
	}
	if m, _, err := a.lab.FindModel(lesson.Model); err == nil {
		page.ModelTitle = m.Title
	}
	client := lessonClient{lesson.Slug, lesson.Model, seed, nil}
	for _, s := range lesson.Steps {
		c := stepClient{Figure: s.Figure, Panels: s.Panels, Number: s.Number, Over: s.Over, Usual: s.Usual}
		for _, choice := range s.Choices[:len(s.Choices)-1] {
			c.Below = append(c.Below, choice.Below)
		}
		client.Steps = append(client.Steps, c)
	}
	page.Client = client
	return a.render(w, r, http.StatusOK, web.View{Name: "lesson", Title: lesson.Title, Data: page})
}
