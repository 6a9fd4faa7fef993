package train

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// checkpointFormat names the layout of checkpoints, in their metadata.
const checkpointFormat = "unmixlab/checkpoint/1"

// maxCheckpoint bounds what is read, in bytes; the largest spec's is 87 MB.
const maxCheckpoint = 256 << 20

// Checkpoint writes everything that the run needs to go on exactly: weights, Adam's
// moments, the states that streams of contexts are in, and the losses so far.
// Batches are a function of seed and number, so that no generator has to be kept.
func (t *Trainer) Checkpoint(w io.Writer) error {
	var tensors []modelfile.NamedTensor
	add := func(name string, data []float32, shape ...int) {
		if len(shape) == 0 {
			shape = []int{len(data)}
		}
		tensors = append(tensors, modelfile.NamedTensor{Name: name, Shape: shape, Data: data})
	}
	for _, p := range t.net.Params.Tensors {
		add("weights."+p.Name, p.Data, p.Shape...)
	}
	add("adam.m", t.m)
	add("adam.v", t.v)
	for i, g := range t.groups {
		add(fmt.Sprintf("state.%d", i), g.State())
	}
	for i, part := range parts(t.losses) {
		add(lossParts[i], part)
	}
	tensors = append(tensors, t.keptTensors()...)
	kernels := t.kernels
	if len(kernels) == 0 {
		kernels = []string{kernel.Name()}
	}
	return modelfile.WriteTensors(w, tensors, map[string]string{
		"format": checkpointFormat, "spec": string(t.net.Spec.JSON()), "kernel": strings.Join(kernels, kernelsApart),
	})
}

// Restore goes on from a checkpoint, bit by bit as if it had never stopped when the
// kernel is the same. A file of another kind is an error that says why.
func Restore(r io.Reader, src *data.Sources) (*Trainer, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxCheckpoint))
	if err != nil {
		return nil, err
	}
	tensors, meta, err := modelfile.ReadTensors(b)
	if err != nil {
		return nil, err
	}
	if meta["format"] != checkpointFormat {
		return nil, fmt.Errorf("not a checkpoint: its format is %q, %s is expected", meta["format"], checkpointFormat)
	}
	sp, err := spec.Parse([]byte(meta["spec"]))
	if err != nil {
		return nil, fmt.Errorf("its spec is refused: %w", err)
	}
	if err := sp.Validate(); err != nil {
		return nil, fmt.Errorf("its spec: %w", err)
	}
	t, err := newTrainer(sp, src)
	if err != nil {
		return nil, err
	}
	if names := meta["kernel"]; names != "" {
		t.kernels = strings.Split(names, kernelsApart)
	}
	return t, t.fill(tensors)
}

// kernelsApart stands between the kernels that trained a network, in a checkpoint.
const kernelsApart = ", "

// fill takes what a checkpoint holds.
func (t *Trainer) fill(tensors []modelfile.NamedTensor) error {
	byName := map[string][]float32{}
	for _, n := range tensors {
		byName[n.Name] = n.Data
	}
	for _, p := range t.net.Params.Tensors {
		if err := t.net.Params.Set(p.Name, byName["weights."+p.Name]); err != nil {
			return err
		}
	}
	if len(byName["adam.m"]) != len(t.m) || len(byName["adam.v"]) != len(t.v) {
		return errors.New("adam's moments are missing or of another length")
	}
	copy(t.m, byName["adam.m"])
	copy(t.v, byName["adam.v"])
	for i, g := range t.groups {
		if !g.SetState(byName[fmt.Sprintf("state.%d", i)]) {
			return fmt.Errorf("the state of rows %d and on is missing or of another length", i*kernel.Lanes)
		}
	}
	n := len(byName[lossParts[0]])
	if n > t.net.Spec.Batches {
		return errors.New("the losses are not those of this run")
	}
	t.losses = make([]float64, n)
	for i, name := range lossParts {
		part, ok := byName[name]
		if len(part) != n && (ok || i < 2) { // older checkpoints have two parts
			return errors.New("the losses are not those of this run")
		}
		for k, x := range part {
			t.losses[k] += float64(x)
		}
	}
	return t.fillKept(byName)
}

// lossParts are the tensors whose sums are the losses.
var lossParts = []string{"losses", "losses.rest", "losses.last"}

// parts are float64 as sums of three float32, exactly.
func parts(values []float64) [3][]float32 {
	var out [3][]float32
	for i := range out {
		out[i] = make([]float32, len(values))
	}
	for k, x := range values {
		for i := range out {
			out[i][k] = float32(x)
			x -= float64(out[i][k])
		}
	}
	return out
}

// CheckpointKernels are the kernels that trained what a checkpoint holds, in order: all
// that is read is the head of the file.
func CheckpointKernels(r io.Reader) ([]string, error) {
	meta, err := modelfile.ReadMetadata(r)
	if err != nil {
		return nil, err
	}
	if meta["format"] != checkpointFormat || meta["kernel"] == "" {
		return nil, nil
	}
	return strings.Split(meta["kernel"], kernelsApart), nil
}
