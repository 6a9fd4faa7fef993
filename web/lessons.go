package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Lesson leads to one idea by predictions: each is made before the figure is computed
// that says whether it was right. A lesson is a file templates/lessons/NUMBER-SLUG.md.
type Lesson struct {
	Number       int // its place among the lessons
	Slug         string
	Title, About string
	Model        string   // id of the shipped model it is about
	Seed         uint64   // of the contexts in which its answers hold
	Was          []string // slugs under which links may still look for it
	Sections     []Section
}

// Section is what stands under one heading.
type Section struct {
	ID, Title string
	Parts     []Part
}

// Part is one piece of a section: text, or one of the others.
type Part struct {
	Text  template.HTML
	Step  *Step
	Box   *Box
	Scene *Scene
}

// Step is one prediction. Its choices are ranges of a number of a figure, ascending.
type Step struct {
	Index        int
	Question     template.HTML
	Model        string // whose figure it is
	Figure       string
	Number, Over string // the figure's number, or its ratio to another
	Reads        string // the number in words
	Panels       []string
	Choices      []Choice
	Usual        int // the choice that is right in the contexts of the lesson
}

// Choice is what can be predicted; it is right for numbers below its bound that are
// not below the one before.
type Choice struct {
	Text  string
	Below float64       // infinite for the last
	Why   template.HTML // it is wrong or, for the usual one, what is to be learned
}

// Box is a question that is answered in one's own words.
type Box struct {
	Index    int
	Question template.HTML
}

// Scene is the stage inside a lesson.
type Scene struct {
	Model   string
	Query   string // of the live page's address
	Caption template.HTML
}

// Steps are the predictions of a lesson in their order.
func (l Lesson) Steps() []*Step {
	var steps []*Step
	for _, s := range l.Sections {
		for _, p := range s.Parts {
			if p.Step != nil {
				steps = append(steps, p.Step)
			}
		}
	}
	return steps
}

var lessonFile = regexp.MustCompile(`^(\d+)-([a-z-]+)\.md$`)

// ReadLessons reads the folder lessons of the templates. One that cannot be read is an
// error that names the file and what is wrong with it.
func ReadLessons(templates fs.FS) ([]Lesson, error) {
	files, err := fs.Glob(templates, "lessons/*.md")
	if err != nil {
		return nil, err
	}
	var lessons []Lesson
	for _, file := range files {
		b, err := fs.ReadFile(templates, file)
		if err != nil {
			return nil, err
		}
		l, err := readLesson(path.Base(file), string(b))
		if err != nil {
			return nil, fmt.Errorf("web: %s: %w", file, err)
		}
		lessons = append(lessons, l)
	}
	slices.SortFunc(lessons, func(a, b Lesson) int { return a.Number - b.Number })
	return lessons, nil
}

// readLesson takes a file apart: a head of settings between two lines ---, and text.
func readLesson(file, text string) (l Lesson, err error) {
	m := lessonFile.FindStringSubmatch(file)
	if m == nil {
		return l, fmt.Errorf("is not called as a lesson is: a number, a dash, small letters, .md")
	}
	l.Number, _ = strconv.Atoi(m[1])
	l.Slug = m[2]
	head, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !ok {
		return l, fmt.Errorf("has no head between two lines ---")
	}
	settings, err := fields(head)
	if err != nil {
		return l, err
	}
	for _, f := range settings {
		if err := l.set(f); err != nil {
			return l, err
		}
	}
	if l.Title == "" || l.About == "" || l.Model == "" || l.Seed == 0 {
		return l, fmt.Errorf("needs title, about, model and seed in its head")
	}
	l.Sections, err = readSections(l.Model, []byte(body))
	return l, err
}

func (l *Lesson) set(f field) (err error) {
	switch f.name {
	case "title":
		l.Title = f.value
	case "about":
		l.About = f.value
	case "model":
		l.Model = f.value
	case "seed":
		if l.Seed, err = strconv.ParseUint(f.value, 10, 53); err != nil {
			return fmt.Errorf("seed is %q, must be a whole number", f.value)
		}
	case "was":
		l.Was = strings.Fields(f.value)
	default:
		return fmt.Errorf("%s is no setting of a lesson: title, about, model, seed, was", f.name)
	}
	return nil
}

// field is a line "name: value" or "name argument: value".
type field struct{ name, argument, value string }

// fields are the lines of a head or of a block.
func fields(text string) ([]field, error) {
	var list []field
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%q is no line of the form name: value", strings.TrimSpace(line))
		}
		name, argument, _ := strings.Cut(strings.TrimSpace(key), " ")
		list = append(list, field{name, argument, strings.TrimSpace(value)})
	}
	return list, nil
}

// Address is where the stage stands by itself.
func (s Scene) Address() string {
	if s.Query == "" {
		return "/models/" + s.Model + "/live"
	}
	return "/models/" + s.Model + "/live?" + s.Query
}

// LessonNamed finds a lesson by its slug, or by one that it had once; ok is false where
// there is none of that name.
func LessonNamed(lessons []Lesson, slug string) (l Lesson, ok bool) {
	i := slices.IndexFunc(lessons, func(l Lesson) bool { return l.Slug == slug })
	if i < 0 {
		i = slices.IndexFunc(lessons, func(l Lesson) bool { return slices.Contains(l.Was, slug) })
	}
	if i < 0 {
		return Lesson{}, false
	}
	return lessons[i], true
}
