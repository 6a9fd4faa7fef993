package lab

import (
	"context"
	"runtime"
	"slices"

	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

// coreRates are floating-point operations a second and core, for as long as no run
// of this machine has told: about what training reaches on an AMD EPYC (Zen 5).
var coreRates = map[string]float64{"avx512": 180e9, "avx2": 95e9, "generic": 6e9}

// fewestOperations a batch must have for its speed to say anything about others: the
// overhead of small ones is another matter.
const fewestOperations = 1e9

// SecondsPerBatch estimates how long a batch of a spec takes here: its operations at
// the rate that this machine's latest runs with the same kernel reached.
func (l *Lab) SecondsPerBatch(ctx context.Context, sp spec.Spec) (float64, error) {
	rate := coreRates[kernel.Name()] * float64(runtime.GOMAXPROCS(0))
	runs, err := l.Runs(ctx)
	if err != nil {
		return 0, err
	}
	var rates []float64
	for _, r := range runs {
		if r.Kernel == kernel.Name() && r.SecondsPerBatch > 0 && r.Batch >= 5 && operations(r.Spec) >= fewestOperations && len(rates) < 5 {
			rates = append(rates, operations(r.Spec)/r.SecondsPerBatch)
		}
	}
	if len(rates) > 0 {
		slices.Sort(rates)
		rate = rates[len(rates)/2]
	}
	return operations(sp) / rate, nil
}

// operations is about how many floating-point operations a batch takes: two for
// each weight, row and sample forward, four back; rows come in sixteens.
func operations(sp spec.Spec) float64 {
	inputs := sp.Dim
	if sp.Input == "xy" {
		inputs *= 2
	}
	weights := 4*sp.Hidden*(sp.Hidden+inputs+2) + sp.Outputs()*(sp.Hidden+1)
	switch sp.Model {
	case spec.Spatial:
		weights += sp.Units * (2*sp.Dim + sp.Feedback)
	case spec.Dale:
		weights += sp.LowerUnits*(sp.Dim+sp.Units+sp.Inhibitory()) + sp.Units*(sp.Inhibitory()+sp.Dim+sp.Feedback)
	}
	rows := (sp.Batch + 15) / 16 * 16
	return 6 * float64(weights) * float64(rows) * float64(sp.Steps)
}
