package chart

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"
)

// samples are one of every kind of chart, each with a value that is not a number.
func samples(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	nan := math.NaN()
	x, y := []float64{0, 1, 2, 3}, []float64{1, nan, -2, 0.123456789}
	out := map[string]json.RawMessage{}
	keep := func(name string, b json.RawMessage, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = b
	}
	p := NewPlot(Axis{Name: "time (samples)"}, Axis{Name: "output", Zero: true})
	p.Line("y1", x, y, Style{Colour: Source1}).Band("y1", x, y, y, Style{Colour: Source1})
	p.Points("dots", x, y, Style{Colour: Source2}).Spread("sd", x, y, y, Style{Colour: Ink})
	b, err := p.At(1, "switch").Level(0, "chance").Frozen(1, 2, "frozen").Option()
	keep("plot", b, err)
	bars := NewPlot(Axis{Categories: []string{"x", "y"}}, Axis{Name: "clarity", Min: 0, Max: 1})
	b, err = bars.Bars("clarity", []float64{0.5, nan}, []float64{0.1, 0.2}, Style{Colour: Feedback}).Option()
	keep("bars", b, err)
	b, err = HeatMap{X: Axis{Categories: []string{"a", "b"}}, Y: Axis{Categories: []string{"c"}},
		Values: [][]float64{{nan, -3}}, Measure: "gain", Diverging: true, Frozen: [2]int{0, 1}}.Option()
	keep("heat map", b, err)
	b, err = Violins(Axis{Name: "clarity"}, []Group{{"x", []float64{0.1, 0.5, 0.9, nan}, Stimulus}, {"one", []float64{1, 1}, Source1}}).Option()
	keep("violins", b, err)
	s := Space{"y1", "y2", "PC1", []Path{{"intact", Source1, false, [][3]float64{{0, 1, nan}, {1, 2, 3}}}, {"frozen", Error, true, [][3]float64{{0, 0, 1}}}}}
	b, err = s.Option()
	keep("space", b, err)
	b, err = s.Flat()
	keep("flat", b, err)
	return out
}

func TestNoChartMovesFetchesOrNamesAnUnknownColour(t *testing.T) {
	known := map[string]bool{}
	for _, c := range Palette {
		known["var(--"+c.Name+")"] = true
	}
	token := regexp.MustCompile(`var\([^)]*\)|#[0-9a-fA-F]{3,8}\b`)
	for name, b := range samples(t) {
		var option map[string]any
		if err := json.Unmarshal(b, &option); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if option["animation"] != false {
			t.Errorf("%s: animation is %v", name, option["animation"])
		}
		for _, bad := range []string{"http", "NaN", "Inf", "function", "__f__", `\u003c`} {
			if strings.Contains(string(b), bad) {
				t.Errorf("%s: holds %q", name, bad)
			}
		}
		for _, c := range token.FindAllString(string(b), -1) {
			if !known[c] {
				t.Errorf("%s: colour %q is not of the palette", name, c)
			}
		}
	}
}

func TestTheSameResultGivesTheSameBytes(t *testing.T) {
	first, second := samples(t), samples(t)
	for name := range first {
		if !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s differs from one time to the next", name)
		}
	}
}

func TestWhatIsNotANumberIsNull(t *testing.T) {
	for name, b := range samples(t) {
		if name == "flat" || name == "violins" {
			continue
		}
		if !strings.Contains(string(b), "null") {
			t.Errorf("%s lost its gap", name)
		}
	}
	b, err := json.Marshal(Values([]float64{math.Inf(1), 0.1234567, 1e-9, 12345678}))
	if err != nil || string(b) != "[null,0.12346,1e-9,12346000]" {
		t.Errorf("values are %s (%v)", b, err)
	}
}

func TestAxesCarryNames(t *testing.T) {
	for name, b := range samples(t) {
		if name == "bars" || name == "heat map" || name == "violins" {
			continue
		}
		if got := strings.Count(string(b), `"name":`); got < 2 {
			t.Errorf("%s has %d names", name, got)
		}
	}
}

func TestManyLinesHaveALegendInPlaceOfLabels(t *testing.T) {
	p := NewPlot(Axis{}, Axis{})
	for _, n := range Names("w", 9) {
		p.Line(n, []float64{0, 1}, []float64{0, 1}, Style{Colour: Source1})
	}
	b, err := p.Option()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "endLabel") || !strings.Contains(string(b), `"data":["w1","w2"`) {
		t.Error("nine lines are still labelled at their ends, or have no legend")
	}
}

func TestThinnedTableSaysSo(t *testing.T) {
	long := make([]float64, 1000)
	table := Columns("error", []string{"sample"}, long).Thinned(100)
	if len(table.Rows) != 100 || !strings.Contains(table.Note, "10th") {
		t.Errorf("%d rows, note %q", len(table.Rows), table.Note)
	}
}
