package lab

import (
	"context"
	"runtime"
	"slices"

	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
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
	rate := coreRates[kernel.Name()] * float64(cores())
	runs, err := l.Runs(ctx)
	if err != nil {
		return 0, err
	}
	var rates []float64
	for _, r := range runs {
		if r.Kernel == kernel.Name() && r.SecondsPerBatch > 0 && r.Batch >= 5 && model.BatchOperations(r.Spec) >= fewestOperations && len(rates) < 5 {
			rates = append(rates, model.BatchOperations(r.Spec)/r.SecondsPerBatch)
		}
	}
	if len(rates) > 0 {
		slices.Sort(rates)
		rate = rates[len(rates)/2]
	}
	return model.BatchOperations(sp) / rate, nil
}

// CoreRate is how many floating-point operations a second one core is taken to do with a
// kernel before anything was trained here.
func CoreRate(kernel string) float64 { return coreRates[kernel] }

// cores are those that the program may use.
func cores() int { return runtime.GOMAXPROCS(0) }
