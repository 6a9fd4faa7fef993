package lab

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"unmixlab/server/store"
	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// coreRates are how many of model.BatchOperations a core does in a second with each
// kernel, before this machine has shown it: what training reaches on an AMD EPYC (Zen 5).
var coreRates = map[string]float64{"avx512": 180e9, "avx2": 95e9, "generic": 6e9}

// fewestOperations a batch must have for its speed to say anything about others of quite
// another size: the overhead of small ones is another matter.
const fewestOperations = 1e9

// sameSize is up to which ratio of their operations batches are alike whatever their size.
const sameSize = 8

// otherModel is how much further away, as a ratio, the speed of another model counts.
const otherModel = 2

// Basis is what an estimate rests on.
type Basis int

const (
	Guessed  Basis = iota // nothing like it has trained here: the speed of a processor like those known
	Scaled                // a run of another size or model
	Measured              // a run of just this size
)

// Estimate is how long a batch will take here.
type Estimate struct {
	Seconds float64
	Basis   Basis
}

// Estimate says how long a batch of a spec takes here: as long as it did for the last run
// of this size, else its operations at the rate that the nearest run reached.
func (l *Lab) Estimate(ctx context.Context, sp spec.Spec) (Estimate, error) {
	speeds, err := l.store.Speeds(ctx, kernel.Name())
	if err != nil {
		return Estimate{}, err
	}
	operations := model.BatchOperations(sp)
	guess := Estimate{operations / (coreRates[kernel.Name()] * float64(cores())), Guessed}
	nearest := math.Inf(1)
	for _, v := range speeds {
		if v.Shape == shape(sp) {
			return Estimate{v.Seconds, Measured}, nil
		}
		away := max(operations/v.Operations, v.Operations/operations)
		if away > sameSize && min(operations, v.Operations) < fewestOperations {
			continue
		}
		if v.Model != sp.Model {
			away *= otherModel
		}
		if away < nearest {
			nearest, guess = away, Estimate{v.Seconds * operations / v.Operations, Scaled}
		}
	}
	return guess, nil
}

// shape is what decides how much there is to compute in a batch: two runs of one shape
// take the same time.
func shape(sp spec.Spec) string {
	return fmt.Sprintf("%s hidden %d dim %d units %d lower %d feedback %d input %s learn %v batch %d steps %d window %d cores %d", sp.Model,
		sp.Hidden, sp.Dim, sp.Units, sp.LowerUnits, sp.Feedback, sp.Input, sp.Learn, sp.Batch, sp.Steps, sp.Between(), cores())
}

// fewestTimed is how many batches have to be timed before they say how fast a run is.
const fewestTimed = 5

// keepSpeed records how fast a run was since it began, with all that it did between two
// batches, for later estimates.
func (r *trainingRun) keepSpeed() error {
	if r.timed < fewestTimed {
		return nil
	}
	return r.lab.store.KeepSpeed(context.Background(), store.Speed{
		Kernel: kernel.Name(), Shape: shape(r.spec), Model: r.spec.Model,
		Operations: model.BatchOperations(r.spec), Seconds: r.spent.Seconds() / float64(r.timed),
	})
}

// CoreRate is how many floating-point operations a second one core is taken to do with a
// kernel before anything was trained here.
func CoreRate(kernel string) float64 { return coreRates[kernel] }

// cores are those that the program may use.
func cores() int { return runtime.GOMAXPROCS(0) }
