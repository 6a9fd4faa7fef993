package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// blocks are what a fenced block of a lesson can be, by the word after its fence.
var blocks = map[string]func(r *reader, settings []field) (Part, error){
	"predict": (*reader).predict,
	"write":   (*reader).write,
	"stage":   (*reader).stage,
}

// predict reads a prediction:
//
//	question: How clear are the outputs?
//	number: fig1 clarity_y            or fig1 peak_error / late_error
//	reads: signal clarity of the outputs
//	panels: c d-outputs               of the figure, that show it
//	choice 0.9: Up to 0.9             right for numbers below 0.9
//	wrong: why it is not that
//	choice: Above 0.9                 right for all others
//	right: what is to be learned
//
// with model: before number where the figure is another model's.
func (r *reader) predict(settings []field) (Part, error) {
	s := &Step{Index: r.steps, Model: r.model, Usual: -1}
	r.steps++
	for _, f := range settings {
		if err := r.step(s, f); err != nil {
			return Part{}, err
		}
	}
	switch {
	case s.Question == "" || s.Number == "" || s.Reads == "" || len(s.Panels) == 0:
		return Part{}, fmt.Errorf("needs question, number, reads and panels")
	case s.Usual < 0:
		return Part{}, fmt.Errorf("says of no choice that it is right")
	case len(s.Choices) < 2 || !math.IsInf(s.Choices[len(s.Choices)-1].Below, 1):
		return Part{}, fmt.Errorf("needs two choices or more, the last one without a bound")
	}
	for k, c := range s.Choices {
		if c.Why == "" {
			return Part{}, fmt.Errorf("does not say why %q is wrong or right", c.Text)
		}
		if k > 0 && c.Below <= s.Choices[k-1].Below {
			return Part{}, fmt.Errorf("has %q after a choice with a bound as high", c.Text)
		}
	}
	return Part{Step: s}, nil
}

func (r *reader) step(s *Step, f field) (err error) {
	switch f.name {
	case "question":
		s.Question, err = r.inline(f.value)
	case "model":
		s.Model = f.value
	case "number":
		var ok bool
		if s.Figure, s.Number, ok = strings.Cut(f.value, " "); !ok {
			return fmt.Errorf("number is %q, must be a figure and the name of its number", f.value)
		}
		s.Number, s.Over, _ = strings.Cut(s.Number, " / ")
	case "reads":
		s.Reads = f.value
	case "panels":
		s.Panels = strings.Fields(f.value)
	case "choice":
		return s.choice(f)
	case "wrong", "right":
		if len(s.Choices) == 0 {
			return fmt.Errorf("has %s before any choice", f.name)
		}
		last := len(s.Choices) - 1
		if f.name == "right" {
			if s.Usual >= 0 {
				return fmt.Errorf("has two choices that are right")
			}
			s.Usual = last
		}
		s.Choices[last].Why, err = r.inline(f.value)
	default:
		return fmt.Errorf("%s is no setting of it", f.name)
	}
	return err
}

func (s *Step) choice(f field) error {
	c := Choice{Text: f.value, Below: math.Inf(1)}
	if f.argument != "" {
		var err error
		if c.Below, err = strconv.ParseFloat(f.argument, 64); err != nil {
			return fmt.Errorf("choice has the bound %q, must be a number", f.argument)
		}
	}
	s.Choices = append(s.Choices, c)
	return nil
}

// write reads a box to write in: its question.
func (r *reader) write(settings []field) (Part, error) {
	if len(settings) != 1 || settings[0].name != "question" {
		return Part{}, fmt.Errorf("needs question, and nothing else")
	}
	q, err := r.inline(settings[0].value)
	b := &Box{Index: r.boxes, Question: q}
	r.boxes++
	return Part{Box: b}, err
}

// stage reads where the lesson's model stands to be played: scene, as in the address of
// the live page, and caption.
func (r *reader) stage(settings []field) (Part, error) {
	if r.staged {
		return Part{}, fmt.Errorf("is the second of this lesson: one is enough to follow")
	}
	r.staged = true
	s := &Scene{Model: r.model}
	for _, f := range settings {
		var err error
		switch f.name {
		case "scene":
			s.Query, err = sceneQuery(f.value)
		case "caption":
			s.Caption, err = r.inline(f.value)
		default:
			err = fmt.Errorf("%s is no setting of it", f.name)
		}
		if err != nil {
			return Part{}, err
		}
	}
	if s.Caption == "" {
		return Part{}, fmt.Errorf("needs a caption")
	}
	return Part{Scene: s}, nil
}
