package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// speedCommand measures whole batches, playing, and the machine's own peak.
type speedCommand struct {
	JSON    bool   `help:"Print JSON instead of a table."`
	Batches int    `help:"Batches to time per case, after two that are not timed." default:"10"`
	Against string `help:"A Python: the same batch is measured in its PyTorch and JAX as well." placeholder:"PYTHON"`
}

// benchResult is everything measured in one go.
type benchResult struct {
	Machine    string             `json:"machine"`
	Kernel     string             `json:"kernel"`
	PeakGFLOPS map[string]float64 `json:"peak_gflops"` // one core, by kernel
	Cases      []benchCase        `json:"cases"`
	Against    []rival            `json:"against,omitempty"`
}

// benchCase is one model on some cores. Batch cases give the median batch; play cases
// one row with everything that a recording keeps.
type benchCase struct {
	Model            string  `json:"model"`
	Hidden           int     `json:"hidden"` // LSTM cells
	Kind             string  `json:"kind"`   // train or play
	Cores            int     `json:"cores"`
	BatchSeconds     float64 `json:"batch_seconds,omitempty"`
	GFLOPS           float64 `json:"gflops"`
	OfPeak           float64 `json:"of_peak"`
	SamplesPerSecond float64 `json:"samples_per_second"`
	TapeBytes        int     `json:"tape_bytes,omitempty"`
}

// Run prints as it measures; it takes about half a minute with fast kernels.
func (c speedCommand) Run(ctx context.Context, t terminal) error {
	all := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(all)
	r := benchResult{Machine: machine(all), Kernel: kernel.Name(), PeakGFLOPS: map[string]float64{}}
	for _, k := range kernel.Available() {
		r.PeakGFLOPS[k] = kernel.Peak(k)
	}
	for _, m := range spec.TrainableModels() {
		for _, cores := range slices.Compact([]int{1, all}) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			runtime.GOMAXPROCS(cores)
			train, err := benchTraining(spec.Default(m), c.Batches)
			if err != nil {
				return err
			}
			r.add(train, cores)
		}
		runtime.GOMAXPROCS(all)
		play, err := benchPlaying(ctx, m)
		if err != nil {
			return err
		}
		r.add(play, 1)
	}
	large := spec.Default(spec.Modulation)
	large.Hidden *= 2
	train, err := benchTraining(large, c.Batches)
	if err != nil {
		return err
	}
	r.add(train, all)
	if c.Against != "" {
		paper := spec.Default(spec.Modulation)
		if r.Against, err = measureRivals(ctx, c.Against, paper, c.Batches, r.batch(paper.Hidden, all)); err != nil {
			return err
		}
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return r.print(t.out)
}

func (r *benchResult) add(c benchCase, cores int) {
	c.Cores = cores
	if peak := r.PeakGFLOPS[r.Kernel]; peak > 0 {
		c.OfPeak = c.GFLOPS / peak / float64(cores)
	}
	r.Cases = append(r.Cases, c)
}

func benchTraining(sp spec.Spec, batches int) (benchCase, error) {
	src, err := data.NewSources(sp, nil)
	if err != nil {
		return benchCase{}, err
	}
	t, err := train.New(sp, src)
	if err != nil {
		return benchCase{}, err
	}
	var seconds []float64
	for i := range batches + 2 {
		p, err := t.Step()
		if err != nil {
			return benchCase{}, err
		}
		if i >= 2 {
			seconds = append(seconds, p.Seconds)
		}
	}
	slices.Sort(seconds)
	s := seconds[len(seconds)/2]
	samples := float64(sp.Batch * sp.Steps)
	return benchCase{
		Model: sp.Model, Hidden: sp.Hidden, Kind: "train", BatchSeconds: s, GFLOPS: model.BatchOperations(sp) / s / 1e9,
		SamplesPerSecond: samples / s, TapeBytes: t.Bytes(),
	}, nil
}

func benchPlaying(ctx context.Context, name string) (benchCase, error) {
	sp := spec.Default(name)
	net, err := model.New(sp)
	if err != nil {
		return benchCase{}, err
	}
	src, err := data.NewSources(sp, nil)
	if err != nil {
		return benchCase{}, err
	}
	contexts, err := data.ContextsOf(sp, 1)
	if err != nil {
		return benchCase{}, err
	}
	shown, err := contexts.Take(20)
	if err != nil {
		return benchCase{}, err
	}
	best := 0.0
	for range 3 {
		begin := time.Now()
		rec, err := record.Play(ctx, net, src, record.Test(shown, sp.Steps))
		if err != nil {
			return benchCase{}, err
		}
		best = max(best, float64(rec.Samples)/time.Since(begin).Seconds())
	}
	return benchCase{Model: name, Hidden: sp.Hidden, Kind: "play", GFLOPS: model.Operations(sp) * best / 1e9, SamplesPerSecond: best}, nil
}

func (r benchResult) print(out io.Writer) error {
	fmt.Fprintf(out, "%s\nkernel %s; peak of one core:", r.Machine, r.Kernel)
	for _, k := range kernel.Available() {
		fmt.Fprintf(out, " %s %.0f GFLOP/s", k, r.PeakGFLOPS[k])
	}
	fmt.Fprint(out, "\n\n")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "model\tcells\tcores\tbatch\tGFLOP/s\tof peak\tsamples/s\ttape\t")
	for _, c := range r.Cases {
		batch, tape := "plays", ""
		if c.Kind == "train" {
			batch, tape = fmt.Sprintf("%.1f ms", 1000*c.BatchSeconds), fmt.Sprintf("%.0f MB", float64(c.TapeBytes)/1e6)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%.0f\t%.0f %%\t%.0f\t%s\t\n", c.Model, c.Hidden, c.Cores, batch, c.GFLOPS, 100*c.OfPeak, c.SamplesPerSecond, tape)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	r.compare(out)
	return nil
}

// compare sets batches of modulation beside one another and the published code's.
func (r benchResult) compare(out io.Writer) {
	paper := spec.Default(spec.Modulation)
	all := runtime.GOMAXPROCS(0)
	s := r.batch(paper.Hidden, all)
	fmt.Fprintf(out, "\nmodulation: %d cores are %.2f times as fast as one; twice the cells take %.1f times as long.\n",
		all, r.batch(paper.Hidden, 1)/s, r.batch(2*paper.Hidden, all)/s)
	fmt.Fprintf(out, "The published code took %.0f ms a batch of it on two cores of its reference machine; here %.0f ms on %d.\n",
		1000*publishedBatch, 1000*s, all)
	printRivals(out, r.Against, s)
}

// batch is the seconds that a batch of modulation took.
func (r benchResult) batch(hidden, cores int) float64 {
	i := slices.IndexFunc(r.Cases, func(c benchCase) bool {
		return c.Model == spec.Modulation && c.Kind == "train" && c.Hidden == hidden && c.Cores == cores
	})
	return r.Cases[i].BatchSeconds
}
