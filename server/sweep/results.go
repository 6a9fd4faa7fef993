package sweep

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"unmixlab/sim/train"
	"unmixlab/web/figure"
)

// Results are what is known of a sweep's networks: read from its folder, or from one
// file that has no weights. Every table, chart and archive of a sweep is of these.
type Results struct {
	Sweep  Sweep
	Points []Status

	along func(Status) []reading // losses and measures on the way, thinned
}

// sharedForm is the form of the files of shared results.
const sharedForm = 1

// maxShared bounds such a file, in bytes.
const maxShared = 8 << 20

// keptLosses are so many of each network's losses.
const keptLosses = 60

// shared is a file of results.
type shared struct {
	Form   int             `json:"format"`
	Sweep  json.RawMessage `json:"sweep"` // as its folder keeps it
	Points []sharedPoint   `json:"points"`
}

type sharedPoint struct {
	Point string `json:"point"`
	done
	Along map[string][]step `json:"along,omitempty"` // by measures, the loss among them
}

// step is a batch and what was measured after it.
type step [2]figure.Number

// Results are what the folder has now.
func (f *Folder) Results() Results {
	return Results{Sweep: f.Sweep, Points: f.All(), along: func(s Status) []reading {
		return slices.Concat(losses(readCurve(f.path(s.Point, curveFile))), readAlong(f.path(s.Point, alongFile)))
	}}
}

// losses are means over a few parts of a curve, each at the batch where it ends.
func losses(curve []train.Progress) (few []reading) {
	parts := min(keptLosses, len(curve))
	for i := range parts {
		from, to := i*len(curve)/parts, (i+1)*len(curve)/parts
		sum := 0.0
		for _, p := range curve[from:to] {
			sum += p.Loss
		}
		few = append(few, reading{to, lossName, sum / float64(to-from)})
	}
	return few
}

// Share writes what is done of the sweep as one file, from which ReadResults gives the
// same numbers: settings, measures, thinned losses with five digits, and no weights. It is
// an error while networks are missing, as they would be lost from the count.
func (f *Folder) Share(w io.Writer) error {
	file := shared{Form: sharedForm, Sweep: f.Sweep.JSON()}
	r := f.Results()
	for _, s := range r.Points {
		d, ok := f.done(s.Point)
		if !ok || s.State != Done {
			return fmt.Errorf("the network %s is %s: a sweep is shared when all of its networks are done", s.Hash, s.State)
		}
		d.Numbers = numbersOf(s.Numbers) // without measures of other sweeps
		p := sharedPoint{Point: s.Hash, done: d, Along: map[string][]step{}}
		for _, at := range r.along(s) {
			p.Along[at.key] = append(p.Along[at.key], step{figure.Number(at.batch), drawn(at.value)})
		}
		file.Points = append(file.Points, p)
	}
	return json.NewEncoder(w).Encode(file)
}

// drawn is a number on the way with the digits that a chart shows.
func drawn(x float64) figure.Number { return figure.Number(number(strconv.FormatFloat(x, 'g', 5, 64))) }

// ReadResults reads a file that Share has written.
func ReadResults(b []byte) (Results, error) {
	if len(b) > maxShared {
		return Results{}, fmt.Errorf("results have at most %d MB", maxShared>>20)
	}
	var file shared
	if err := json.Unmarshal(b, &file); err != nil {
		return Results{}, fmt.Errorf("results cannot be read: %w", err)
	}
	if file.Form != sharedForm {
		return Results{}, fmt.Errorf("format: is %d, this program reads %d", file.Form, sharedForm)
	}
	s, err := parseKept(file.Sweep)
	if err != nil {
		return Results{}, fmt.Errorf("sweep: %w", err)
	}
	known := map[string]sharedPoint{}
	for _, p := range file.Points {
		known[p.Point] = p
	}
	r := Results{Sweep: s, along: func(s Status) []reading { return known[s.Hash].readings() }}
	for _, p := range s.Points() {
		kept, ok := known[p.Hash]
		if !ok || kept.Batches != p.Spec.Batches {
			return Results{}, fmt.Errorf("points: the network %s is missing, or was not trained to its end", p.Hash)
		}
		status := Status{Point: p}
		status.fill(kept.done, s)
		r.Points = append(r.Points, status)
	}
	return r, nil
}

// readings are what was measured on the way, by the batches.
func (p sharedPoint) readings() (all []reading) {
	for _, key := range slices.Sorted(maps.Keys(p.Along)) {
		for _, at := range p.Along[key] {
			all = append(all, reading{int(at[0]), key, float64(at[1])})
		}
	}
	return all
}
