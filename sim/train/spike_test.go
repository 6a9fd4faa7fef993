package train

import (
	"testing"

	"unmixlab/sim/spec"
)

func TestSpikeIsNoticed(t *testing.T) {
	tr := start(t, tiny(spec.Modulation))
	const high, low = 1000.0, 1e-3 // far from what such a network loses
	for range spikeSpan - 1 {
		tr.losses = append(tr.losses, high)
	}
	step := func(usual float64, spike bool) {
		t.Helper()
		p, err := tr.Step()
		if err != nil || p.Usual != usual || p.Spike() != spike {
			t.Errorf("%+v, %v: want a usual loss of %g, a spike: %v", p, err, usual, spike)
		}
	}
	step(0, false)
	step(high, false)
	for i := range tr.losses {
		if i%5 > 0 {
			tr.losses[i] = low // most of them, so that the median is
		}
	}
	step(low, true)
}
