package train

import "math"

// MeanOver is over how many batches a running mean goes: its own and those before it,
// fewer where a run begins. So the mean at a batch is the same for whoever asks, while
// the run trains and afterwards, and for two runs that are the same up to there.
const MeanOver = 50

// Means are running means of what a run's batches gave; NaN where none was a finite number.
type Means struct{ Loss, GradNorm, Seconds float64 }

// Window gives batches that come in order their running means. It adds up the same
// numbers in the same order wherever it began, so that means are equal bit by bit.
type Window struct {
	loss, norm, seconds [MeanOver]float64
	n                   int // batches so far
}

// Add takes the next batch.
func (w *Window) Add(p Progress) {
	i := w.n % MeanOver
	w.loss[i], w.norm[i], w.seconds[i] = p.Loss, p.GradNorm, p.Seconds
	w.n++
}

// Means are those of the batch added last.
func (w *Window) Means() Means {
	return Means{Loss: w.mean(&w.loss), GradNorm: w.mean(&w.norm), Seconds: w.mean(&w.seconds)}
}

// mean adds from the oldest batch to the newest.
func (w *Window) mean(of *[MeanOver]float64) float64 {
	sum, count := 0.0, 0
	for i := max(0, w.n-MeanOver); i < w.n; i++ {
		if x := of[i%MeanOver]; !math.IsNaN(x) && !math.IsInf(x, 0) {
			sum += x
			count++
		}
	}
	return sum / float64(count)
}
