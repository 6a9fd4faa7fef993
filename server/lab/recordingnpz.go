package lab

import (
	"io"
	"slices"

	"unmixlab/sim/data"
	"unmixlab/sim/npy"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
)

// recordingParameters are what a recording's NPZ says of how it was made.
type recordingParameters struct {
	Noise float64   `json:"noise"`
	First int       `json:"first_sample"`
	Rate  int       `json:"rate"` // samples a second
	Spec  spec.Spec `json:"spec"`
}

// WriteNPZ writes a recording as numpy's .npz. With T samples, S sources and P phases:
// each signal by its name, (T,N) float32: s, x, y, l and, as the model has them, h, w, m,
// p, z, z_L, z_H; the phases' contexts (P,S,S), their first samples as from (P), the
// samples after their last as to (P), and whether feedback was frozen in them as frozen
// (P, 0 or 1); and what npy.About says.
func (r *Recorder) WriteNPZ(w io.Writer, rec *record.Recording) error {
	z := npy.NewArchive(w)
	for _, s := range rec.Signals {
		if len(r.signals) == 0 || slices.Contains(r.signals, s.Name) {
			z.Float32(s.Name, npy.None, []int{rec.Samples, s.Width}, s.Data)
		}
	}
	var contexts []float64
	var from, to, frozen []int64
	for _, span := range rec.Spans {
		contexts = append(contexts, span.Context.A...)
		from, to = append(from, int64(span.From)), append(to, int64(span.To))
		frozen = append(frozen, 0)
		if span.Frozen {
			frozen[len(frozen)-1] = 1
		}
	}
	dim, phases := rec.Spec.Dim, []int{len(rec.Spans)}
	z.Float64("contexts", npy.None, []int{len(rec.Spans), dim, dim}, contexts)
	z.Int64("from", "samples", phases, from)
	z.Int64("to", "samples", phases, to)
	z.Int64("frozen", npy.None, phases, frozen)
	return z.End(npy.About{Model: r.model, Weights: r.file.Provenance.Weights, Seed: r.protocol.Seed,
		Parameters: recordingParameters{r.protocol.Noise, r.protocol.FirstSample, data.Rate, rec.Spec}})
}
