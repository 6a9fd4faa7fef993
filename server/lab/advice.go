package lab

import (
	"context"
	"fmt"

	"unmixlab/server/job"
	"unmixlab/server/store"
	"unmixlab/sim/spec"
)

// When a run counts as one that stays on its first plateau: from so many batches and so
// many steps of its weights on, as long as the mean loss lately is no less than a part of
// what it was once the first fall was over, and outputs are not clear either.
const (
	plateauBatches = 500
	plateauSteps   = 2000
	plateauFrom    = 51 // the batches after the first fall
	plateauTo      = 100
	plateauPart    = 0.85
	clearEnough    = 0.8
)

// notFinite is how a run fails whose loss is no number.
func notFinite(batch int) error {
	return fmt.Errorf("the loss of batch %d is no finite number: the weights have run away. Try half the learning rate (lr), "+
		"or gradients that are at most 1 long (clip_norm 1), and fork it where it is now: its last checkpoint is from before", batch)
}

// advise says what to try with a run that does not learn; "" for others.
func (l *Lab) advise(ctx context.Context, r store.Run, sp spec.Spec) (string, error) {
	if r.State == job.Failed || r.Batch < plateauBatches || r.Batch*(sp.Steps/max(1, sp.Between())) < plateauSteps {
		return "", nil
	}
	first, err := l.store.MeanLoss(ctx, r.ID, plateauFrom, plateauTo)
	if err != nil {
		return "", err
	}
	lately, err := l.store.MeanLoss(ctx, r.ID, r.Batch-(plateauTo-plateauFrom), r.Batch)
	if err != nil || !(lately >= plateauPart*first) { // NaN is no plateau
		return "", err
	}
	measures, err := l.store.Measures(ctx, r.ID)
	if n := len(measures); err != nil || n > 0 && measures[n-1].ClarityY >= clearEnough {
		return "", err
	}
	return fmt.Sprintf("The loss is still on its first plateau: %.3g lately, %.3g in batches %d to %d. Some seeds never leave it: begin again with another. "+
		"%s A network whose feedback is too uniform or too slow cannot leave it at all.", lately, first, plateauFrom, plateauTo, recipeAdvice(sp)), nil
}

// recipeAdvice says what of a recipe to try.
func recipeAdvice(sp spec.Spec) string {
	if sp.Recipe() == spec.Paper {
		return "The fast recipe leaves it sooner (window 100, clip_norm 1, warmup 0.02)."
	}
	return fmt.Sprintf("Or try another learning rate: it is %g.", sp.LR)
}
