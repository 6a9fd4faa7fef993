package experiment

import (
	"math"

	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
)

// Reach is the best that any feedback of M signals with a reach of some width could do
// through a spatial network's W_x and W_ro in given contexts, by least squares: mean
// clarity, and mean rms error in units of a source's sd (Fig 3d and e). Nothing is
// trained or played.
func (s Setup) Reach(contexts []data.Context, signals int, width float64) (clarity, failure float64) {
	wx, wro := s.Network.Params.Tensor("W_x").Data, s.Network.Params.Tensor("W_ro").Data
	basis := model.Basis(wx, wro, model.RingKernel(s.spec().Units, signals, width), s.spec().Dim)
	for _, c := range contexts {
		best := analysis.ReachOf(basis, c.A, c.Sources)
		clarity += best.Clarity / float64(len(contexts))
		failure += best.Error / float64(len(contexts))
	}
	return clarity, failure
}

// ReadoutSizes are the sizes (Z) of a spatial network's readout weights W_ro (S,Z), one
// for each unit: the Euclidean norm over outputs (Fig 4d).
func (s Setup) ReadoutSizes() []float64 {
	w := s.Network.Params.Tensor("W_ro")
	outputs, units := w.Shape[0], w.Shape[1]
	size := make([]float64, units)
	for j := range units {
		for i := range outputs {
			v := float64(w.Data[i*units+j])
			size[j] += v * v
		}
		size[j] = math.Sqrt(size[j])
	}
	return size
}
