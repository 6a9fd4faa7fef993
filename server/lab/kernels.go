package lab

import (
	"context"
	"slices"
	"strings"

	"unmixlab/sim/kernel"
)

// kernelsApart stands between kernels in a run's row and in a model's provenance.
const kernelsApart = ", "

// sameKernel refuses a run that other kernels than the lab's have trained so far: it
// would not go on bit by bit. Once it was told to go on all the same, its row says so.
func sameKernel(run RunInfo) error {
	have := kernel.Name()
	if run.Batch == 0 || run.Kernel == "" || slices.Contains(strings.Split(run.Kernel, kernelsApart), have) {
		return nil
	}
	return refuse(Conflict, "kernel", "the run is at batch %d, computed by the %s kernel, and this lab computes with %s: "+
		"start the lab with --kernel %s where the processor has it, or have the run go on with %s, which its model will say",
		run.Batch, run.Kernel, have, run.Kernel, have)
}

// ResumeWithKernel is ResumeRun that goes on with the lab's kernel, whichever computed
// the run so far: not bit by bit. The run and its model say so.
func (l *Lab) ResumeWithKernel(ctx context.Context, id string) (RunInfo, error) {
	if _, err := l.resumable(ctx, id); err != nil {
		return RunInfo{}, err
	}
	if err := l.store.AddKernel(ctx, id, kernel.Name()); err != nil {
		return RunInfo{}, err
	}
	return l.ResumeRun(ctx, id)
}
