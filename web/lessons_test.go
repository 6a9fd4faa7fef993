package web

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"unmixlab/templates"
)

func lessons(t *testing.T) []Lesson {
	t.Helper()
	list, err := ReadLessons(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Lessons are numbered from 1 on, with slugs of their own, each with predictions, a
// question to write on and a stage; every one but the first is led to.
func TestLessonsAreWhole(t *testing.T) {
	slugs := map[string]bool{}
	for i, l := range lessons(t) {
		if l.Number != i+1 {
			t.Errorf("lesson %d has the number %d", i+1, l.Number)
		}
		for _, slug := range append([]string{l.Slug}, l.Was...) {
			if slugs[slug] && slug != l.Slug {
				t.Errorf("two lessons were called %s", slug)
			}
			slugs[slug] = true
		}
		parts := map[string]int{}
		for _, s := range l.Sections {
			for _, p := range s.Parts {
				switch {
				case p.Step != nil:
					parts["predictions"]++
				case p.Box != nil:
					parts["boxes"]++
				case p.Scene != nil:
					parts["stages"]++
				}
			}
		}
		for _, kind := range []string{"predictions", "boxes", "stages"} {
			if parts[kind] == 0 {
				t.Errorf("lesson %s has no %s", l.Slug, kind)
			}
		}
	}
	if len(slugs) < 8 || !slugs["mixtures"] {
		t.Errorf("there are the lessons %v", slices.Sorted(maps.Keys(slugs)))
	}
}

// Nobody can guess by position: the right choice is at neither end in a good part of
// the steps, and neither the first nor the last is right in most of them.
func TestRightChoicesAreSpread(t *testing.T) {
	first, last, all := 0, 0, 0
	for _, l := range lessons(t) {
		for _, s := range l.Steps() {
			all++
			switch s.Usual {
			case 0:
				first++
			case len(s.Choices) - 1:
				last++
			}
		}
	}
	if inside := all - first - last; inside*3 < all || first*2 > all || last*2 > all {
		t.Errorf("of %d right choices %d are first, %d last", all, first, last)
	}
}

// What is wrong with a lesson's file is named.
func TestWrongLessonsAreRefused(t *testing.T) {
	const head = "---\ntitle: T\nabout: A\nmodel: spatial-sines\nseed: 1\n---\n"
	const step = "question: Q?\nnumber: fig1 clarity_x\nreads: clarity\npanels: c\n"
	fence := func(kind, text string) string { return head + "## S\n\n```" + kind + "\n" + text + "```\n" }
	for text, says := range map[string]string{
		"no head":                    "no head",
		"---\ntitle: T\n---\n## S\n": "needs title, about, model and seed",
		strings.Replace(head, "seed: 1", "seed: soon", 1): `seed is "soon"`,
		strings.Replace(head, "about", "abuot", 1):        "abuot is no setting",
		head + "Text.\n":                                                                             "before its first heading",
		head + "## S\n\nA [[wrod]].\n":                                                               "[[wrod]] is not in the glossary",
		head + "## S\n\n[x](stage:hlod=1)\n":                                                         "sets hlod",
		fence("predict", step+"choice 1: a\nright: b\n"):                                             "the last one without a bound",
		fence("predict", step+"choice 1: a\nwrong: b\nchoice: c\nwrong: d\n"):                        "of no choice that it is right",
		fence("predict", step+"choice 1: a\nchoice: c\nright: d\n"):                                  `why "a" is wrong`,
		fence("predict", step+"choice 2: a\nwrong: b\nchoice 1: c\nright: d\nchoice: e\nwrong: f\n"): "bound as high",
		fence("predict", "choice soon: a\n"):                                                         `bound "soon"`,
		fence("predict", "choice: a\nright: b\n"):                                                    "needs question",
		fence("predict", "colour: red\n"):                                                            "colour is no setting",
		fence("write", "question: Q?\nlines: 3\n"):                                                   "nothing else",
		fence("stage", "scene: a=1\n"):                                                               "needs a caption",
		fence("stage", "caption: C\n") + "\n```stage\ncaption: C\n```\n":                             "second of this lesson",
		fence("quiz", "question: Q?\n"):                                                              `a block "quiz"`,
		fence("write", "question\n"):                                                                 "name: value",
	} {
		_, err := ReadLessons(fstest.MapFS{"lessons/1-x.md": {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "lessons/1-x.md") {
			t.Errorf("%q gave %v, want one that says %q", text, err, says)
		}
	}
	if _, err := ReadLessons(fstest.MapFS{"lessons/first.md": {}}); err == nil || !strings.Contains(err.Error(), "is not called as a lesson") {
		t.Errorf("a file without a number gave %v", err)
	}
}

// A lesson's text is Markdown with terms and links to the stage; HTML in it is not let
// through.
func TestLessonText(t *testing.T) {
	const file = "---\ntitle: T\nabout: A\nmodel: spatial-sines\nseed: 1\n---\n" +
		"## A & B\n\nIt is [[signal clarity|clear]], *very*. [freeze](stage:hold=100&a) <b>bold</b>\n\n<script>x</script>\n"
	list, err := ReadLessons(fstest.MapFS{"lessons/1-x.md": {Data: []byte(file)}})
	if err != nil {
		t.Fatal(err)
	}
	s := list[0].Sections[0]
	html := string(s.Parts[0].Text)
	if s.Title != "A & B" || s.ID != "a-b" || len(s.Parts) != 1 {
		t.Errorf("the section is %q, %q with %d parts", s.Title, s.ID, len(s.Parts))
	}
	for _, part := range []string{`<em>very</em>`, `href="/glossary#signal-clarity" class="term" data-term="signal clarity"`, `>clear</a>`,
		`href="/models/spatial-sines/live?hold=100" class="stage-link" data-stage="a=&amp;hold=100"`} {
		if !strings.Contains(html, part) {
			t.Errorf("the text lacks %s: %s", part, html)
		}
	}
	if strings.Contains(html, "<b>") || strings.Contains(html, "<script") {
		t.Errorf("HTML is let through: %s", html)
	}
}

var (
	inLessons   = regexp.MustCompile(`\[\[([^\]|]+)`)
	inTemplates = regexp.MustCompile(`\{\{term "([^"]+)"`)
)

// Each entry of the glossary is complete and in its place, leads to others that are
// there, and is used in a lesson or a page or by another entry.
func TestGlossary(t *testing.T) {
	used, ids := map[string]bool{}, map[string]string{}
	fs.WalkDir(templates.FS, ".", func(file string, d fs.DirEntry, err error) error {
		b, _ := fs.ReadFile(templates.FS, file)
		for _, m := range slices.Concat(inLessons.FindAllSubmatch(b, -1), inTemplates.FindAllSubmatch(b, -1)) {
			used[string(m[1])] = true
		}
		return err
	})
	inText := len(used)
	for _, term := range Glossary {
		for _, name := range term.See {
			used[name] = true
			if _, ok := TermNamed(name); !ok || name == term.Name {
				t.Errorf("%s leads to %s", term.Name, name)
			}
		}
	}
	for i, term := range Glossary {
		if !strings.HasSuffix(term.Text, ".") || len(term.Text) < 20 {
			t.Errorf("%s is explained by %q", term.Name, term.Text)
		}
		if id := term.ID(); id == "" || ids[id] != "" {
			t.Errorf("%s has the anchor %q, as %s", term.Name, id, ids[id])
		} else {
			ids[id] = term.Name
		}
		if i > 0 && strings.ToLower(Glossary[i-1].Name) >= strings.ToLower(term.Name) {
			t.Errorf("%s stands after %s", term.Name, Glossary[i-1].Name)
		}
		if !used[term.Name] {
			t.Errorf("nothing uses %s", term.Name)
		}
	}
	for name := range used {
		if _, ok := TermNamed(name); !ok {
			t.Errorf("[[%s]] is not in the glossary", name)
		}
	}
	if inText < 20 {
		t.Errorf("lessons and pages explain %d terms", inText)
	}
}

// A template explains a term by its name, or by other words.
func TestTermsInTemplates(t *testing.T) {
	html, err := termLink("PC1", "first <component>")
	if err != nil || !strings.Contains(string(html), `href="/glossary#pc1"`) || !strings.Contains(string(html), `>first &lt;component&gt;</a>`) {
		t.Errorf("the link is %s, %v", html, err)
	}
	if _, err := termLink("PC17"); err == nil {
		t.Error("a term that is not there is linked")
	}
}
