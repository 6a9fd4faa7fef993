package figure

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"unmixlab/sim/npy"
)

// WriteCSV writes everything plotted, one value a line: the panel, the array, the
// row, the column (empty for a list) and the value, empty where it is not a number.
func (f *Figure) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"panel", "array", "row", "column", "value"})
	for _, p := range f.Panels {
		for _, a := range p.data {
			for i, v := range a.Values {
				c.Write(append([]string{p.ID, a.Name}, place(a.Shape, i, v)...))
			}
		}
	}
	c.Flush()
	return c.Error()
}

func place(shape []int, i int, v float64) []string {
	row, column := strconv.Itoa(i), ""
	if len(shape) > 1 {
		width := len2(shape)
		row, column = strconv.Itoa(i/width), strconv.Itoa(i%width)
	}
	text := ""
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		text = strconv.FormatFloat(v, 'g', 9, 64)
	}
	return []string{row, column, text}
}

// len2 is the number of values in a row of all but the first axis.
func len2(shape []int) int {
	n := 1
	for _, s := range shape[1:] {
		n *= s
	}
	return max(n, 1)
}

// WriteNPZ writes everything plotted as numpy's .npz: arrays "panel/array" in float64, and
// "numbers/name", with what npy.About says of them.
func (f *Figure) WriteNPZ(w io.Writer) error {
	z := npy.NewArchive(w)
	for _, p := range f.Panels {
		for _, a := range p.data {
			z.Float64(p.ID+"/"+a.Name, unitOf(a.Name), a.Shape, a.Values)
		}
	}
	for _, r := range f.Readings {
		z.Float64("numbers/"+r.Name, r.Unit, nil, []float64{float64(r.Value)})
	}
	return z.End(npy.About{Model: f.Model, Weights: f.weights, Seed: f.seed, Parameters: f.Params})
}

// unitOf is the unit of plotted arrays that have one, by their names.
func unitOf(array string) string {
	switch array {
	case "sample", "samples", "tau":
		return "samples"
	case "angle", "frozen", "restored", "same_side", "other_side", "return":
		return "degrees"
	case "db":
		return "dB"
	case "noise":
		return "sd"
	}
	return npy.None
}
