package train

import (
	"math"
	"slices"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/kernel"
	"unmixlab/sim/kernel/kerneltest"
	"unmixlab/sim/model"
	"unmixlab/sim/reference"
	"unmixlab/sim/spec"
)

// modelOf is the model of a published class.
func modelOf(t *testing.T, class any) string {
	t.Helper()
	for _, name := range spec.Models() {
		if model.PublishedClass(name) == class {
			return name
		}
	}
	t.Fatalf("no model is the published %v", class)
	return ""
}

// tensors maps a model's tensors to the published names. The published Dalean network
// has its two inhibitory matrices as one, which is neither.
func tensors(name string) map[string]string {
	names := map[string]string{}
	for _, t := range model.PublishedTensors(name) {
		if t.Theirs != "w_inh" {
			names[t.Ours] = t.Theirs
		}
	}
	return names
}

// caseSpec reads a training case's settings.
func caseSpec(t *testing.T, a *reference.Archive) spec.Spec {
	t.Helper()
	meta := a.Meta()
	number := func(name string, otherwise float64) float64 {
		if v, ok := meta[name].(float64); ok {
			return v
		}
		return otherwise
	}
	sp := spec.Default(modelOf(t, meta["model"]))
	sp.Dim, sp.Hidden, sp.Batch, sp.Steps = int(number("dim", 2)), int(number("hidden", 8)), int(number("batch", 4)), int(number("steps", 60))
	sp.Batches, sp.LR, sp.Lambda, sp.Noise = int(number("batches", 4)), number("lr", 1e-3), number("lambda_reg", 0), 0
	sp.Lambda *= float64(sp.Batch) // published: summed over rows; here, as in the paper, their mean
	sp.Tau = number("tau", 1)
	sp.Units, sp.LowerUnits, sp.Feedback = int(number("Nz", 10)), int(number("NzL", 8)), int(number("Nm", 2))
	sp.Width = number("mod_width", 1)
	sp.Additive = number("add", 0) == 1
	if in, ok := meta["input_to_net"].(string); ok {
		sp.Input = in
	}
	sp.Target = []string{"both", "exc", "inh"}[int(number("mod_target", 0))]
	sp.Learn = nil
	for flag, part := range map[string]string{"learn_baseline": "baseline", "learn_wx": "wx", "learn_ro": "readout"} {
		if meta[flag] == true {
			sp.Learn = append(sp.Learn, part)
		}
	}
	if sp.Model == spec.Dale {
		sp.Inhibition = 1 // the published file has W_HI W_IL as one matrix: W_IL is the identity here
	}
	sp.Frequencies = spec.DefaultFrequencies(sp.Sources, sp.Dim)
	return sp
}

// caseTrainer puts a case's first parameters and gain into a trainer.
func caseTrainer(t *testing.T, a *reference.Archive) *Trainer {
	t.Helper()
	sp := caseSpec(t, a)
	tr, err := New(sp, data.Chords(spec.DefaultFrequencies("chords", 4), 2))
	if err != nil {
		t.Fatal(err)
	}
	for ours, theirs := range tensors(sp.Model) {
		_, values := a.Float32("init/" + theirs)
		if err := tr.net.Params.Set(ours, values); err != nil {
			t.Fatal(err)
		}
	}
	if sp.Model == spec.Dale {
		_, inh := a.Float32("init/w_inh")
		identity := make([]float32, sp.LowerUnits*sp.LowerUnits)
		for i := range sp.LowerUnits {
			identity[i*sp.LowerUnits+i] = 1
		}
		if err := tr.net.Params.Set("W_HI", inh); err != nil {
			t.Fatal(err)
		}
		if err := tr.net.Params.Set("W_IL", identity); err != nil {
			t.Fatal(err)
		}
		_, p0 := a.Float32("p_init")
		p := tr.groups[0].Rows("p", 0)
		for i, v := range p0 {
			p[i%sp.Units*kernel.Lanes+i/sp.Units] = v
		}
	}
	return tr
}

// caseBatch is batch n of a case.
func caseBatch(a *reference.Archive, sp spec.Spec, n int) *data.Batch {
	_, s := a.Float32("sources")
	_, mix := a.Float32("A")
	d := sp.Dim
	sources := make([][]float32, d)
	for j := range sources {
		for t := range sp.Steps {
			sources[j] = append(sources[j], s[(n*sp.Steps+t)*d+j])
		}
	}
	contexts := make([]data.Context, sp.Batch)
	for b := range contexts {
		contexts[b] = data.Context{Stimuli: d, Sources: d, A: make([]float64, d*d)}
		for i := range d * d {
			contexts[b].A[i] = float64(mix[(n*sp.Batch+b)*d*d+i])
		}
	}
	return data.FixedBatch(sources, contexts)
}

// TestParity trains four batches of every published case with every kernel.
func TestParity(t *testing.T) {
	cases := reference.Cases(t)
	if len(cases) == 0 {
		t.Fatal("no training case found")
	}
	kerneltest.Each(t, func(t *testing.T) {
		for _, c := range cases {
			t.Run(c, func(t *testing.T) { checkCase(t, reference.Open(t, c)) })
		}
	})
}

func checkCase(t *testing.T, a *reference.Archive) {
	tr := caseTrainer(t, a)
	sp := tr.net.Spec
	_, want := a.Float64("loss")
	for n, w := range want {
		got, _ := tr.fit(caseBatch(a, sp, n))
		if math.Abs(got-w) > 1e-4*w {
			t.Errorf("batch %d: loss %g, published %g", n, got, w)
		}
		if n == 0 {
			for _, g := range tr.groups[0].Grad.Tensors {
				_, ref := a.Float32("grad0/" + tensors(sp.Model)[g.Name])
				compare(t, "gradient of "+g.Name, g.Data, ref, 1e-4*largest(ref))
			}
		}
		checkOutputs(t, tr, a, n)
	}
	for _, p := range tr.net.Params.Tensors {
		if p.Learned {
			_, ref := a.Float32("final/" + tensors(sp.Model)[p.Name])
			compare(t, "parameter "+p.Name, p.Data, ref, 2e-5)
		}
	}
}

func checkOutputs(t *testing.T, tr *Trainer, a *reference.Archive, n int) {
	sp := tr.net.Spec
	_, y := a.Float32("y")
	per := sp.Batch * sp.Dim
	for step := range sp.Steps {
		rows := tr.groups[0].Rows("y", step)
		got := make([]float32, per)
		for i := range got {
			got[i] = rows[i%sp.Dim*kernel.Lanes+i/sp.Dim]
		}
		compare(t, "y", got, y[(n*sp.Steps+step)*per:][:per], 1e-4)
	}
}

func compare(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, published %d", what, len(got), len(want))
	}
	for i := range got {
		if !(math.Abs(float64(got[i]-want[i])) <= tolerance) {
			t.Errorf("%s[%d] = %g, published %g (tolerance %g)", what, i, got[i], want[i], tolerance)
			return
		}
	}
}

func largest(x []float32) float64 { return max(float64(slices.Max(x)), -float64(slices.Min(x))) }
