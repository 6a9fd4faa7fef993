package train

import "slices"

// A loss is a spike when it is more than spikeRatio times the median of the spikeSpan
// batches before it; contexts alone make single losses differ by a third or so.
const (
	spikeSpan  = 50
	spikeRatio = 3
)

// Spike tells whether the loss jumped: it is far above what it was in the batches before.
func (p Progress) Spike() bool { return p.Usual > 0 && p.Loss > spikeRatio*p.Usual }

// usual is the median of the last losses, 0 as long as there are too few.
func (t *Trainer) usual() float64 {
	n := len(t.losses) - spikeSpan
	if n < 0 {
		return 0
	}
	copy(t.sorted[:], t.losses[n:])
	slices.Sort(t.sorted[:])
	return t.sorted[spikeSpan/2]
}
