package app

import (
	"net/http"
	"strings"
	"testing"

	trainedmodels "unmixlab/trained_models"
	"unmixlab/web"
)

// lessonsOf are the lessons as the lab has them.
func (l *testLab) lessonsOf() []web.Lesson {
	l.t.Helper()
	lessons, err := l.lessons()
	if err != nil {
		l.t.Fatal(err)
	}
	return lessons
}

// Every lesson comes whole and leads to the one before and the next; links to the stage
// work without scripts; the figure with the answer is linked where there are none.
func TestLessonPages(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{Shipped: trainedmodels.FS})
	lessons := l.lessonsOf()
	for i, lesson := range lessons {
		status, _, body := l.request("GET", "/lessons/"+lesson.Slug, "", "Accept", "text/html")
		page := string(body)
		if status != http.StatusOK {
			t.Fatalf("%s gave %d", lesson.Slug, status)
		}
		l.checkPage(lesson.Slug, page)
		want := []string{`class="button stage-open" href="../models/` + lesson.Model + `/live`, `<noscript> <a href="../models/`, `class="term" `, `href="../glossary#`}
		if i > 0 {
			want = append(want, `href="../lessons/`+lessons[i-1].Slug+`" rel="prev"`)
		}
		if i+1 < len(lessons) {
			want = append(want, `href="../lessons/`+lessons[i+1].Slug+`" rel="next"`)
		}
		for _, part := range want {
			if !strings.Contains(page, part) {
				t.Errorf("the page of %s lacks %s", lesson.Slug, part)
			}
		}
	}
}

// Links to a lesson's old address lead to it; a lesson whose model is not here says so.
func TestLessonsAreFound(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	for slug, now := range map[string]string{"mixtures": "cocktail", "population": "population", "subspace": "freeze"} {
		lesson, ok := web.LessonNamed(l.lessonsOf(), now)
		if !ok {
			t.Fatalf("there is no lesson %s", now)
		}
		if _, _, body := l.request("GET", "/lessons/"+slug, "", "Accept", "text/html"); !strings.Contains(string(body), "<h1>"+lesson.Title) {
			t.Errorf("/lessons/%s does not lead to %q", slug, lesson.Title)
		}
	}
	if _, _, body := l.request("GET", "/lessons/mixtures", "", "Accept", "text/html"); !strings.Contains(string(body), "which is not here") {
		t.Error("a lesson without its model does not say so")
	}
}

// The glossary has every term at the address that explains it.
func TestGlossaryPage(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	_, _, body := l.request("GET", "/glossary", "", "Accept", "text/html")
	for _, term := range web.Glossary {
		if !strings.Contains(string(body), `id="`+term.ID()+`"`) {
			t.Errorf("the glossary lacks %s", term.Name)
		}
	}
}

// Only the lab's own pages may show the stage in a frame, as lessons do.
func TestStageMayBeFramed(t *testing.T) {
	t.Parallel()
	l := boot(t, Config{})
	_, head, _ := l.request("GET", "/models/ideal-spatial/live?embed=1&hold=100", "", "Accept", "text/html")
	if policy := head.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'self'") {
		t.Errorf("the policy is %s", policy)
	}
}
