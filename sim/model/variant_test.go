package model

import (
	"testing"

	"unmixlab/sim/spec"
)

// TestBothTablesHaveTheSameModels: a row of settings has a pathway and the other way
// round; the rows that it names are there.
func TestBothTablesHaveTheSameModels(t *testing.T) {
	if len(variants) != len(spec.Variants) {
		t.Errorf("%d pathways, %d rows of settings", len(variants), len(spec.Variants))
	}
	for _, row := range spec.Variants {
		v, ok := variants[row.Name]
		if !ok {
			t.Errorf("%s has no pathway", row.Name)
			continue
		}
		sp := small(row.Name, nil)
		if row.IdealOf != "" {
			sp.Feedback = sp.Dim * sp.Dim
		}
		net, err := New(sp)
		if err != nil {
			t.Fatal(err)
		}
		g := net.NewGroup(1)
		if closed := g.closed != nil; closed == sp.Trainable() {
			t.Errorf("%s: closed-form feedback %v, ideal of %q", row.Name, closed, row.IdealOf)
		}
		for _, name := range append(Signals(sp), v.modulation, v.population) {
			if name != "" && g.Rows(name, 0) == nil {
				t.Errorf("%s has no rows %q", row.Name, name)
			}
		}
		if class := v.published.class; (class != "") != (v.published.settings != nil) {
			t.Errorf("%s: the published class %q comes without its settings, or they without it", row.Name, class)
		}
	}
}

// TestTapeIsAboutAsLargeAsTheSpecSays: what a spec asks of memory is the tape's size to
// a tenth.
func TestTapeIsAboutAsLargeAsTheSpecSays(t *testing.T) {
	for _, name := range spec.TrainableModels() {
		sp := spec.Default(name)
		sp.Steps = 50
		net, err := New(sp)
		if err != nil {
			t.Fatal(err)
		}
		groups := (sp.Batch + 15) / 16
		got, said := float64(groups*net.NewTapedGroup(sp.Steps).Bytes()), float64(sp.TapeBytes())
		if got > 1.1*said || got < 0.9*said {
			t.Errorf("%s: the tape has %.0f bytes, the spec says %.0f", name, got, said)
		}
	}
}
