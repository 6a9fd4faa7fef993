package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// reader reads the text of one lesson. Raw HTML is left out; beside Markdown's own
// there are terms of the glossary, [[signal clarity]] or [[signal clarity|clear]], and
// links that set the stage, [freeze the feedback](stage:hold=100).
type reader struct {
	model        string // of the lesson
	markdown     goldmark.Markdown
	steps, boxes int // so far
	staged       bool
	wrong        error // the first that a term or link met
}

func newReader(model string) *reader {
	r := &reader{model: model}
	r.markdown = goldmark.New(goldmark.WithParserOptions(
		parser.WithInlineParsers(util.Prioritized(termParser{r}, 199)), // before Markdown's own links
		parser.WithASTTransformers(util.Prioritized(stageLinks{r}, 500)),
	))
	return r
}

// readSections takes a lesson's text apart: each heading of the second level begins a
// section, and the fenced blocks named in blocks are parts of their own.
func readSections(model string, source []byte) ([]Section, error) {
	r := newReader(model)
	var sections []Section
	doc := r.markdown.Parser().Parse(text.NewReader(source))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 2 {
			title := string(h.Lines().Value(source))
			sections = append(sections, Section{ID: anchor(title), Title: title})
			continue
		}
		if len(sections) == 0 {
			return nil, fmt.Errorf("has text before its first heading (##)")
		}
		p, err := r.part(n, source)
		if err != nil {
			return nil, err
		}
		s := &sections[len(sections)-1]
		if last := len(s.Parts) - 1; last >= 0 && p.Text != "" && s.Parts[last].Text != "" {
			s.Parts[last].Text += p.Text
		} else {
			s.Parts = append(s.Parts, p)
		}
	}
	return sections, r.wrong
}

// part is one block of the text.
func (r *reader) part(n ast.Node, source []byte) (Part, error) {
	fence, ok := n.(*ast.FencedCodeBlock)
	if !ok {
		html, err := r.html(n, source)
		return Part{Text: html}, err
	}
	kind := string(fence.Language(source))
	read, ok := blocks[kind]
	if !ok {
		return Part{}, fmt.Errorf("has a block %q: there are predict, write and stage", kind)
	}
	settings, err := fields(string(fence.Lines().Value(source)))
	if err == nil {
		var p Part
		if p, err = read(r, settings); err == nil {
			return p, nil
		}
	}
	return Part{}, fmt.Errorf("the block %s %d: %w", kind, r.steps+r.boxes, err)
}

// inline is a line of Markdown without a paragraph round it.
func (r *reader) inline(line string) (template.HTML, error) {
	source := []byte(line)
	p := r.markdown.Parser().Parse(text.NewReader(source)).FirstChild()
	if p == nil || p.Kind() != ast.KindParagraph || p.NextSibling() != nil {
		return "", fmt.Errorf("%q is more than a line of text", line)
	}
	var all template.HTML
	for n := p.FirstChild(); n != nil; n = n.NextSibling() {
		html, err := r.html(n, source)
		if err != nil {
			return "", err
		}
		all += html
	}
	return all, nil
}

// html renders a node. What it gives is safe: the renderer escapes all text.
func (r *reader) html(n ast.Node, source []byte) (template.HTML, error) {
	if r.wrong != nil {
		return "", r.wrong
	}
	var b bytes.Buffer
	err := r.markdown.Renderer().Render(&b, source, n)
	return template.HTML(b.String()), err
}

// termParser makes links to the glossary of [[term]] and [[term|words]].
type termParser struct{ *reader }

func (termParser) Trigger() []byte { return []byte{'['} }

func (r termParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	inner, rest, ok := bytes.Cut(line, []byte("]]"))
	if !ok || !bytes.HasPrefix(inner, []byte("[[")) {
		return nil
	}
	block.Advance(len(line) - len(rest))
	name, words, ok := strings.Cut(string(inner[2:]), "|")
	if !ok {
		words = name
	}
	t, known := TermNamed(name)
	if !known && r.wrong == nil {
		r.wrong = fmt.Errorf("[[%s]] is not in the glossary", name)
	}
	link := ast.NewLink()
	link.Destination = []byte(t.address())
	link.SetAttributeString("class", "term")
	link.SetAttributeString("data-term", t.Name)
	link.SetAttributeString("data-explains", t.Text)
	link.AppendChild(link, ast.NewString([]byte(words)))
	return link
}

// stageLinks makes of a link such as stage:hold=100 one that leads to the live page
// with this setting, and tells scripts what to set on the lesson's own stage.
type stageLinks struct{ *reader }

func (r stageLinks) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		link, ok := n.(*ast.Link)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		if settings, ok := strings.CutPrefix(string(link.Destination), "stage:"); ok {
			query, err := sceneQuery(settings)
			if err != nil && r.wrong == nil {
				r.wrong = err
			}
			link.Destination = []byte("/models/" + r.model + "/live?" + strings.Join(slices.DeleteFunc(strings.Split(query, "&"),
				func(s string) bool { return strings.HasSuffix(s, "=") }), "&"))
			link.SetAttributeString("class", "stage-link")
			link.SetAttributeString("data-stage", query)
		}
		return ast.WalkContinue, nil
	})
}

// sceneSettings are what a lesson may set on the stage, as in the live page's address.
var sceneSettings = []string{"seed", "noise", "speed", "a", "b", "hold", "silent", "clamp", "units", "tau", "swap", "twin",
	"play", "mode", "span", "panels", "view", "hear", "scene", "hide"}

// sceneQuery checks settings such as hold=100&a=0.7 and writes them in one order. One
// without a value, such as hold, only shows its control.
func sceneQuery(settings string) (string, error) {
	query, err := url.ParseQuery(settings)
	if err != nil {
		return "", fmt.Errorf("stage:%s cannot be read: %w", settings, err)
	}
	for name := range query {
		if !slices.Contains(sceneSettings, name) {
			return "", fmt.Errorf("stage:%s sets %s, which the stage does not have", settings, name)
		}
	}
	return strings.ReplaceAll(query.Encode(), "%2C", ","), nil
}
