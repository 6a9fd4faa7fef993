package train

import (
	"fmt"
	"slices"

	"unmixlab/sim/data"
	"unmixlab/sim/spec"
)

// Fork is a run that goes on from where another one is, with other settings of task and
// training; the network stays. With the same settings it goes on bit by bit as the other
// would. Adam's moments and the losses so far go along, and, as long as there are as many
// rows, the states of its streams. What cannot change is a spec.Errors.
func Fork(from *Trainer, sp spec.Spec, src *data.Sources) (*Trainer, error) {
	if err := sp.Validate(); err != nil {
		return nil, err
	}
	if errs := unforkable(from, sp); len(errs) > 0 {
		return nil, errs
	}
	t, err := newTrainer(sp, src)
	if err != nil {
		return nil, err
	}
	for _, p := range from.net.Params.Tensors {
		if err := t.net.Params.Set(p.Name, p.Data); err != nil {
			return nil, err
		}
	}
	copy(t.m, from.m)
	copy(t.v, from.v)
	t.losses = slices.Clone(from.losses)
	t.kernels = slices.Clone(from.kernels)
	if sp.Batch == from.net.Spec.Batch {
		for i, g := range t.groups {
			g.SetState(from.groups[i].State())
		}
		t.kept = from.kept.copied()
		return t, nil
	}
	t.start()
	return t, nil
}

// unforkable are the settings of a fork that make another network, or end before it begins.
func unforkable(from *Trainer, sp spec.Spec) spec.Errors {
	var errs spec.Errors
	old := from.net.Spec
	for _, name := range old.Differs(sp) {
		if f, _ := spec.FieldNamed(name); !Forkable(f) {
			errs = append(errs, spec.FieldError{Field: name, Message: fmt.Sprintf("is %v in the checkpoint: a fork keeps its network", old.Value(name))})
		}
	}
	if sp.Batches <= from.Batch() {
		errs = append(errs, spec.FieldError{Field: "batches", Message: fmt.Sprintf("must be more than the %d that the checkpoint has done", from.Batch())})
	}
	return errs
}

// Forkable tells whether a fork may have another value of a field: of those that make the
// network only the time constant, which no weight depends on.
func Forkable(f spec.Field) bool {
	return f.Name == "tau" || f.Group != "Network" && f.Name != "dim"
}

// Extend has the run go on to another number of batches, from where it is. A rate that
// changes over the run follows the new length from then on.
func (t *Trainer) Extend(batches int) error {
	if batches < t.Batch() {
		return fmt.Errorf("%d batches are done already", t.Batch())
	}
	t.net.Spec.Batches = batches
	return nil
}

// copied is the state to go back to for another trainer.
func (k kept) copied() kept {
	k.weights, k.m, k.v = slices.Clone(k.weights), slices.Clone(k.m), slices.Clone(k.v)
	k.states = slices.Clone(k.states)
	return k
}
