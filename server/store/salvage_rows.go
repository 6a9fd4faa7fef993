package store

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"unmixlab/server/job"
	"unmixlab/sim/train"
)

// add takes in a row that has the shape of one of the lab's own.
func (s *salvage) add(row []any) {
	switch {
	case len(row) == 5:
		s.addMetric(row)
	case len(row) == 4:
		id, ok := row[0].(string)
		name, ok2 := row[1].(string)
		created, ok3 := row[3].(int64)
		seconds, ok4 := real(row[2])
		if ok && ok2 && ok3 && ok4 && soundID.MatchString(id) {
			s.sounds = append(s.sounds, Sound{ID: id, Name: name, Seconds: seconds, Created: fromMillis(created)})
		}
	case len(row) == 7:
		s.addMeasure(row)
	case len(row) >= 14:
		s.addRun(row)
	}
}

func (s *salvage) addMetric(row []any) {
	run, ok := row[0].(string)
	batch, ok2 := row[1].(int64)
	seconds, ok3 := real(row[4])
	loss, ok4 := realOrNone(row[2])
	norm, ok5 := realOrNone(row[3])
	if ok && ok2 && ok3 && ok4 && ok5 && runID.MatchString(run) && batch > 0 {
		s.metrics[run] = append(s.metrics[run], train.Progress{Batch: int(batch), Loss: loss, GradNorm: norm, Seconds: seconds})
	}
}

func (s *salvage) addMeasure(row []any) {
	run, ok := row[0].(string)
	batch, ok2 := row[1].(int64)
	if !ok || !ok2 || !runID.MatchString(run) || batch <= 0 {
		return
	}
	var values [5]float64
	for i := range values {
		if values[i], ok = realOrNone(row[2+i]); !ok {
			return
		}
	}
	s.measures[run] = append(s.measures[run], Measure{int(batch), values[0], values[1], values[2], values[3], values[4]})
}

// addRun reads a row of runs: as the first layout has it, and what later ones added.
func (s *salvage) addRun(row []any) {
	ok := true
	text := func(i int) string { v, is := row[i].(string); ok = ok && is; return v }
	whole := func(i int) int64 { v, is := row[i].(int64); ok = ok && is; return v }
	number := func(i int) float64 { v, is := realOrNone(row[i]); ok = ok && is; return v }
	r := Run{ID: text(0), Title: text(1), Spec: []byte(text(2)), State: job.State(text(3)), Batch: int(whole(4)), Batches: int(whole(5)),
		Loss: number(6), GradNorm: number(7), Seconds: number(8), Kernel: text(9), Error: text(10), ModelID: text(11),
		Created: fromMillis(whole(12)), Updated: fromMillis(whole(13))}
	if len(row) > 14 {
		r.Notice = text(14)
	}
	if len(row) > 21 {
		r.Name, r.Note, r.Tags = text(15), text(16), strings.Fields(text(17))
		r.Parent, r.ParentBatch, r.Milestones = text(19), int(whole(20)), int(whole(21))
		if at := whole(18); at > 0 {
			r.Deleted = fromMillis(at)
		}
	}
	if ok && runID.MatchString(r.ID) && slices.Contains(job.States, r.State) {
		s.runs = append(s.runs, r)
	}
}

// runID is what a run's id may be: the name of a file too.
var runID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func real(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	}
	return 0, false
}

// realOrNone is NaN for a value that is not there.
func realOrNone(v any) (float64, bool) {
	if v == nil {
		return math.NaN(), true
	}
	return real(v)
}
