package train

import (
	"context"

	"unmixlab/sim/data"
	"unmixlab/sim/record"
)

// snapshotContexts is how many contexts a snapshot shows, one after the other.
const snapshotContexts = 3

// Snapshot plays the network as it is now through three contexts, the same ones
// throughout a run, so that what changes is the network.
func (t *Trainer) Snapshot(ctx context.Context) (*record.Recording, error) {
	sp := t.net.Spec
	contexts, err := data.ContextsOf(sp, sp.Seed+1)
	if err != nil {
		return nil, err
	}
	shown, err := contexts.Take(snapshotContexts)
	if err != nil {
		return nil, err
	}
	p := record.Test(shown, sp.Steps)
	p.Noise, p.Seed = sp.Noise, sp.Seed+1
	return record.Play(ctx, t.net, t.src, p)
}
