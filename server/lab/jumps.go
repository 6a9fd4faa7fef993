package lab

import (
	"context"
	"fmt"
	"strings"

	"unmixlab/sim/train"
)

// jumpApart is how many batches lie between two jumps of the loss that are told apart: the
// batches after one are high as well.
const jumpApart = 100

// jumps are those of a run's loss since it began or went on.
type jumps struct {
	count int
	last  int    // batch
	told  string // what is to be recorded of them; "" once it is
}

// jumpBegins is how the sentence of a jump begins.
const jumpBegins = "The loss jumped"

// take notes a batch whose loss jumped.
func (j *jumps) take(p train.Progress) {
	if p.Back == 0 && (!p.Spike() || j.count > 0 && p.Batch < j.last+jumpApart) {
		return
	}
	j.count++
	j.last = p.Batch
	j.told = fmt.Sprintf(jumpBegins+" to %.3g in batch %d; it had been about %.3g. ", p.Loss, p.Batch, p.Usual)
	if j.count > 1 {
		j.told += fmt.Sprintf("It has jumped %d times. ", j.count)
	}
	if p.Back > 0 {
		j.told += fmt.Sprintf("The run went back to its weights after batch %d, with half the learning rate.", p.Back)
		return
	}
	j.told += "If it stays high, fork the run from a milestone before that, with half the learning rate (lr), gradients that are at most 1 long (clip_norm 1), or so that it goes back by itself (on_spike halve)."
}

// tellJump puts a jump behind what else whoever looks at the run should know, in the place
// of the jump before.
func (l *Lab) tellJump(ctx context.Context, id, told string) error {
	r, err := l.store.Run(ctx, id)
	if err != nil {
		return err
	}
	before, _, _ := strings.Cut(r.Notice, jumpBegins)
	return l.store.SetNotice(ctx, id, strings.TrimSpace(strings.TrimSpace(before)+" "+told))
}
