package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"unmixlab/server/lab"
	"unmixlab/server/store"
	"unmixlab/sim/analysis"
	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// The test that decides how good a network is: the same contexts for all.
const (
	qualityTestSeed = 5
	qualityContexts = 20
)

// goal is what a model is trained for in the bench: a preset of either recipe, and the
// clarity from which on the network counts as good.
type goal struct {
	name, fast, paper string
	clarity           float64
}

var goals = []goal{
	{"modulation", "fast", "fig1", 0.95},
	{"spatial", "fast-spatial", "fig3", 0.92},
	{"sines", "fast-sines", "fig5", 0.96},
	{"dale", "fast-dale", "fig6", 0.90},
}

// qualityCommand trains presets on seeds that nobody tuned them on.
type qualityCommand struct {
	Models []string `help:"Of modulation, spatial, sines, dale." default:"modulation,spatial,sines,dale" placeholder:"NAME"`
	Recipe string   `help:"Which recipe is trained: ${enum}. The paper's takes minutes a network." enum:"fast,paper,both" default:"fast"`
	Seeds  []uint64 `help:"One network for each." default:"101,102,103,104,105" placeholder:"SEED"`
	Every  int      `help:"Batches between two tests; tests are not timed." default:"100"`
	Keep   string   `help:"Folder where the networks go as model files." type:"path" placeholder:"DIR"`
	JSON   bool     `help:"Print JSON instead of a table."`
}

// quality is everything measured in one go.
type quality struct {
	Machine string          `json:"machine"`
	Kernel  string          `json:"kernel"`
	Test    string          `json:"test"`
	Models  []modelQuality  `json:"models"`
	Failed  []qualityFailed `json:"failed,omitempty"`
}

// qualityFailed is a network whose training ended early.
type qualityFailed struct {
	Model string `json:"model"`
	Seed  uint64 `json:"seed"`
	Why   string `json:"why"`
}

// modelQuality is what the seeds of one model and recipe reached.
type modelQuality struct {
	Model   string        `json:"model"`
	Recipe  string        `json:"recipe"`
	Goal    float64       `json:"goal"` // clarity
	Batches int           `json:"batches"`
	Seeds   []seedQuality `json:"seeds"`
}

// seedQuality is one network: when it was first good, how good it became, and what the
// same work takes the published code.
type seedQuality struct {
	Seed        uint64   `json:"seed"`
	GoodBatches *int     `json:"good_batches"` // null where it never was
	GoodSeconds *float64 `json:"good_seconds"`
	Seconds     float64  `json:"seconds"` // of training, the whole run
	Clarity     float64  `json:"clarity"` // at the end
	LateError   float64  `json:"late_error"`
	Published   float64  `json:"published_ratio,omitempty"` // its time for as many batches, by the lab's
}

// Run trains one network after the other, each on all cores, and prints as it goes.
func (c qualityCommand) Run(ctx context.Context, t terminal) error {
	chosen, err := c.chosen()
	if err != nil {
		return err
	}
	if c.Keep != "" {
		if err := os.MkdirAll(c.Keep, 0o755); err != nil {
			return fmt.Errorf("--keep: %w", err)
		}
	}
	q := quality{Machine: machine(runtime.GOMAXPROCS(0)), Kernel: kernel.Name(),
		Test: fmt.Sprintf("%d contexts of seed %d, 1,000 samples each", qualityContexts, qualityTestSeed)}
	for _, g := range chosen {
		for _, recipe := range []string{spec.Fast, spec.Paper} {
			if c.Recipe != recipe && c.Recipe != "both" {
				continue
			}
			m, err := c.train(ctx, t, g, recipe, &q)
			if err != nil {
				return err
			}
			q.Models = append(q.Models, m)
		}
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return e.Encode(q)
	}
	return q.print(t.out)
}

func (c qualityCommand) chosen() ([]goal, error) {
	var names []string
	for _, g := range goals {
		names = append(names, g.name)
	}
	var chosen []goal
	for _, m := range c.Models {
		i := slices.Index(names, m)
		if i < 0 {
			return nil, fmt.Errorf("--models has %q, must be of %s", m, strings.Join(names, ", "))
		}
		chosen = append(chosen, goals[i])
	}
	if c.Every < 1 {
		return nil, fmt.Errorf("--every is %d, must be at least 1", c.Every)
	}
	return chosen, nil
}

// train is all seeds of one model and recipe; progress goes to the terminal's errors.
func (c qualityCommand) train(ctx context.Context, t terminal, g goal, recipe string, q *quality) (modelQuality, error) {
	slug := g.fast
	if recipe == spec.Paper {
		slug = g.paper
	}
	i := slices.IndexFunc(spec.Presets, func(p spec.Preset) bool { return p.Slug == slug })
	sp := spec.Presets[i].Spec
	m := modelQuality{Model: g.name, Recipe: recipe, Goal: g.clarity, Batches: sp.Batches}
	for _, seed := range c.Seeds {
		sp.Seed = seed
		s, err := c.trainSeed(ctx, sp, g)
		if ctx.Err() != nil {
			return m, ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(t.err, "%s, %s recipe, seed %d: %v\n", g.name, recipe, seed, err)
			q.Failed = append(q.Failed, qualityFailed{g.name, seed, err.Error()})
			continue
		}
		fmt.Fprintf(t.err, "%s, %s recipe, seed %d: clarity %.3f after %.0f s\n", g.name, recipe, seed, s.Clarity, s.Seconds)
		m.Seeds = append(m.Seeds, s)
	}
	return m, nil
}

// trainSeed trains a network to its last batch and tests it along the way.
func (c qualityCommand) trainSeed(ctx context.Context, sp spec.Spec, g goal) (seedQuality, error) {
	s := seedQuality{Seed: sp.Seed}
	src, err := data.NewSources(sp, nil)
	if err != nil {
		return s, err
	}
	t, err := train.New(sp, src)
	if err != nil {
		return s, err
	}
	for !t.Done() && ctx.Err() == nil {
		begin := time.Now()
		p, err := t.Step()
		if err != nil {
			return s, err
		}
		s.Seconds += time.Since(begin).Seconds()
		if math.IsNaN(p.Loss) {
			return s, fmt.Errorf("the loss of batch %d is no number", p.Batch)
		}
		if p.Batch%c.Every != 0 && !t.Done() {
			continue
		}
		if s.Clarity, s.LateError, err = testQuality(ctx, t.Network(), src); err != nil {
			return s, err
		}
		if s.GoodBatches == nil && s.Clarity >= g.clarity {
			batches, seconds := p.Batch, s.Seconds
			s.GoodBatches, s.GoodSeconds = &batches, &seconds
		}
	}
	if sp.Model == spec.Modulation {
		s.Published = publishedBatch * float64(sp.Batches) / s.Seconds
	}
	return s, c.keep(ctx, t, g.name)
}

// keep writes the network to the folder for them, if there is one.
func (c qualityCommand) keep(ctx context.Context, t *train.Trainer, name string) error {
	if c.Keep == "" || !t.Done() {
		return nil
	}
	sp := t.Network().Spec
	f, err := lab.TrainedFile(ctx, t, sp.String())
	if err != nil {
		return err
	}
	path := filepath.Join(c.Keep, fmt.Sprintf("%s-%s-%d.safetensors", name, sp.Recipe(), sp.Seed))
	return store.WriteFile(path, func(w io.Writer) error { return modelfile.Write(w, f) })
}

// testQuality plays a network through the test; mean clarity of its outputs, and the
// mean distance to the sources in the second half of contexts.
func testQuality(ctx context.Context, net *model.Network, src *data.Sources) (clarity, late float64, err error) {
	sp := net.Spec
	drawn, err := data.ContextsOf(sp, qualityTestSeed)
	if err != nil {
		return 0, 0, err
	}
	contexts, err := drawn.Take(qualityContexts)
	if err != nil {
		return 0, 0, err
	}
	p := record.Test(contexts, 1000)
	p.Noise, p.Seed = sp.Noise, qualityTestSeed
	rec, err := record.Play(ctx, net, src, p)
	if err != nil {
		return 0, 0, err
	}
	s, y := byContext(rec, "s"), byContext(rec, "y")
	return analysis.Describe(analysis.SignalClarity(s, y).PerContext).Mean, analysis.Describe(analysis.ErrorCourse(s, y).PerContext).Mean, nil
}

// byContext cuts a signal into the contexts of a recording.
func byContext(rec *record.Recording, name string) []analysis.Block {
	signal := rec.Signal(name)
	whole := analysis.Block{N: signal.Width, Data: signal.Data}
	var blocks []analysis.Block
	for _, span := range rec.Contexts() {
		blocks = append(blocks, whole.Slice(span.From, span.To))
	}
	return blocks
}

func (q quality) print(out io.Writer) error {
	fmt.Fprintf(out, "%s\nkernel %s; tested on %s\n\n", q.Machine, q.Kernel, q.Test)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "model\trecipe\tseed\tgood from\tafter batches\tseconds\tbatches\tclarity\tlate error\t")
	for _, m := range q.Models {
		for _, s := range m.Seeds {
			good, after := fmt.Sprintf("%.2f never", m.Goal), "–"
			if s.GoodSeconds != nil {
				good, after = fmt.Sprintf("%.2f at %.0f s", m.Goal, *s.GoodSeconds), fmt.Sprint(*s.GoodBatches)
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%.0f\t%d\t%.3f\t%.3f\t\n", m.Model, m.Recipe, s.Seed, good, after, s.Seconds, m.Batches, s.Clarity, s.LateError)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, f := range q.Failed {
		fmt.Fprintf(out, "%s, seed %d, ended early: %s\n", f.Model, f.Seed, f.Why)
	}
	q.summary(out)
	return nil
}

// summary says for every model how many seeds became good and how long the published
// code would take.
func (q quality) summary(out io.Writer) {
	fmt.Fprintln(out)
	for _, m := range q.Models {
		good, least, slowest := 0, math.Inf(1), 0.0
		for _, s := range m.Seeds {
			least = min(least, s.Clarity)
			if s.GoodSeconds != nil && s.Clarity >= m.Goal {
				good++
				slowest = max(slowest, *s.GoodSeconds)
			}
		}
		fmt.Fprintf(out, "%s, %s recipe: %d of %d seeds end at %.2f or more; the least is %.3f", m.Model, m.Recipe, good, len(m.Seeds), m.Goal, least)
		if good > 0 {
			fmt.Fprintf(out, "; the slowest of the good ones got there after %.0f s", slowest)
		}
		fmt.Fprintln(out, ".")
		if m.Model == goals[0].name && len(m.Seeds) > 0 {
			fmt.Fprintf(out, "  The published code took %.0f ms a batch of it on two cores of its reference machine: "+
				"%.0f s for as many batches, %.0f s for the 10,000 that its network had.\n",
				1000*publishedBatch, publishedBatch*float64(m.Batches), publishedBatch*10000)
		}
	}
}
