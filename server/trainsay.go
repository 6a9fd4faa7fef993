package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"unmixlab/sim/kernel"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/train"
)

// trainEvent is a line of train --json: begin, batch, jump or done.
type trainEvent struct {
	Event    string             `json:"event"`
	Batch    int                `json:"batch"`
	Batches  int                `json:"batches,omitempty"`
	Kernel   string             `json:"kernel,omitempty"`
	Loss     float64            `json:"loss,omitempty"`
	GradNorm float64            `json:"grad_norm,omitempty"`
	Seconds  float64            `json:"seconds_per_batch,omitempty"`
	Left     float64            `json:"seconds_left,omitempty"`
	Back     int                `json:"back,omitempty"` // batch of the weights that were taken up again
	Out      string             `json:"out,omitempty"`
	Numbers  map[string]float64 `json:"numbers,omitempty"`
}

// say tells of an event, in words or as JSON.
func (c trainCommand) say(out io.Writer, e trainEvent, format string, args ...any) {
	if c.JSON {
		json.NewEncoder(out).Encode(e)
		return
	}
	fmt.Fprintf(out, format, args...)
}

func (c trainCommand) sayJump(out io.Writer, p train.Progress) {
	e := trainEvent{Event: "jump", Batch: p.Batch, Loss: p.Loss, Back: p.Back}
	if p.Back > 0 {
		c.say(out, e, "batch %d  the loss jumped to %.4g, it was about %.4g: back to the weights after batch %d, with half the rate\n", p.Batch, p.Loss, p.Usual, p.Back)
		return
	}
	c.say(out, e, "batch %d  the loss jumped to %.4g, it was about %.4g; if it stays up, try a smaller --lr or --clip-norm 10\n", p.Batch, p.Loss, p.Usual)
}

func (c trainCommand) sayBatch(out io.Writer, p train.Progress, batches int, perBatch time.Duration) {
	left := time.Duration(batches-p.Batch) * perBatch
	e := trainEvent{Event: "batch", Batch: p.Batch, Batches: batches, Loss: p.Loss, GradNorm: p.GradNorm, Seconds: perBatch.Seconds(), Left: left.Seconds()}
	c.say(out, e, "batch %d  loss %.4f  gradient %.4g  %.4f s/batch  %v left\n", p.Batch, p.Loss, p.GradNorm, perBatch.Seconds(), left.Round(time.Second))
}

// sayDone tells of a model that was written. Its place has said so in words.
func (c trainCommand) sayDone(out io.Writer, f *modelfile.File) {
	if c.JSON {
		c.say(out, trainEvent{Event: "done", Batch: f.Provenance.Batches, Kernel: f.Provenance.Kernel, Out: c.Out, Numbers: f.Provenance.Numbers}, "")
	}
}

// ownKernel has a checkpoint go on with the kernel that it began with. Where that cannot
// be, or another one was asked for, it is refused unless any may go on.
func (c trainCommand) ownKernel(path string, a arithmetic) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	names, err := train.CheckpointKernels(f)
	if err != nil || len(names) == 0 || c.AnyKernel || slices.Contains(names, kernel.Name()) {
		return nil // what cannot be read is said when it is restored
	}
	own := names[len(names)-1]
	if a == "auto" {
		err = kernel.Use(own)
	} else {
		err = errors.New("another was asked for")
	}
	if err != nil {
		return fmt.Errorf("%s was computed by the %s kernel: %w; --any-kernel goes on with %s, and the model will say so", path, own, err, kernel.Name())
	}
	return nil
}
