package chart

import (
	"slices"
	"testing"
)

func TestLabelsOfAHeatMapStandAtRoundNumbers(t *testing.T) {
	for _, test := range []struct {
		categories []string
		want       []int
	}{
		{[]string{"0", "500", "1000", "1500", "2000"}, []int{0, 1, 2, 3, 4}},
		{Names("", 20), []int{1, 3, 5, 7, 9, 11, 13, 15, 17, 19}},
		{Names("", 100), []int{0, 9, 19, 29, 39, 49, 59, 69, 79, 89, 99}},
		{Names("s", 13), []int{0, 2, 4, 6, 8, 10, 12}},
	} {
		if got := (Axis{Categories: test.categories}).labelled(); !slices.Equal(got, test.want) {
			t.Errorf("labels of %q at %v, want %v", test.categories, got, test.want)
		}
	}
}

func TestLongNamesTakeTwoLines(t *testing.T) {
	for name, want := range map[string]string{
		"PC1":                   "PC1",
		"PC1 of the population": "PC1 of the\npopulation",
		"unbreakable_and_long":  "unbreakable_and_long",
	} {
		if got := twoLines(name, 12); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestLegendTakesMoreRowsInANarrowPanel(t *testing.T) {
	p := NewPlot(Axis{}, Axis{}).Legend()
	for _, name := range []string{"context 1, intact", "context 2, frozen", "context 2, restored"} {
		p.Line(name, []float64{0}, []float64{0}, Style{})
	}
	if wide, narrow := p.legendRows(widePanel), p.legendRows(narrowPanel); wide != 1 || narrow != 2 {
		t.Errorf("legend takes %d rows in a wide and %d in a narrow panel, want 1 and 2", wide, narrow)
	}
}
