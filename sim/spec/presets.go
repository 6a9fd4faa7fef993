package spec

// Preset is a run that repeats one result of the paper, or a quick first try.
type Preset struct {
	Slug  string `json:"slug"`
	Title string `json:"title"`
	Help  string `json:"help"`
	Spec  Spec   `json:"spec"`
}

func preset(slug, title, help, model string, change func(*Spec)) Preset {
	s := Default(model)
	if change != nil {
		change(&s)
	}
	s.Frequencies = DefaultFrequencies(s.Sources, s.Dim)
	return Preset{slug, title, help, s}
}

// hurry is the fast recipe: a step of Adam every 100 samples, at three times the
// published rate, which rises over a fiftieth of the run and falls to zero, along
// gradients that are at most 1 long, instead of being clipped value by value.
func hurry(s *Spec, batches int) {
	s.Window, s.LR, s.Schedule, s.Warmup, s.Batches = 100, 3e-3, "cosine", 0.02, batches
	s.Clip, s.ClipNorm = 0, 1
}

// Presets in the order in which the form offers them.
var Presets = []Preset{
	preset("fig1", "Figure 1 · feedback modulates the weights", "Two chords, no filter: the proof of concept.", Modulation, nil),
	preset("fast", "Figure 1 in two minutes · fast recipe", "The weights move ten times a context and the rate falls over the run: about as clear after 2,000 batches as the paper's way after 10,000.", Modulation,
		func(s *Spec) { hurry(s, 2000) }),
	preset("fast-slow", "Figure 2 · fast recipe", "A time constant of 100 samples, learned the fast way.", Modulation,
		func(s *Spec) { s.Tau = 100; hurry(s, 2000) }),
	preset("fast-spatial", "Figure 3 and 4 · fast recipe", "Diffuse modulation on chords, learned the fast way.", Spatial,
		func(s *Spec) { hurry(s, 2000) }),
	preset("fast-sines", "Figure 5 · fast recipe", "Diffuse modulation on sines, learned the fast way.", Spatial,
		func(s *Spec) { s.Sources = "sines"; hurry(s, 2000) }),
	preset("fast-dale", "Figure 6 and 7 · fast recipe", "The Dalean network with windows of twice its time constant and a cost on the feedback's change, which favours feedback that says which context it is. Of seven networks of seeds that it had not been tried on, five are of the published kind.", Dale,
		func(s *Spec) {
			hurry(s, 4000)
			s.Window, s.LR, s.Smooth = 200, 2e-3, 0.1
		}),
	preset("quick", "A first look", "Figure 1 with 32 cells and the fast recipe: good within half a minute on two cores, where 100 cells are better still.", Modulation,
		func(s *Spec) { s.Hidden = 32; hurry(s, 2000) }),
	preset("fig1-s4", "Figure 1, supplement 4 · three sources", "Sine, square and sawtooth; nine feedback signals.", Modulation,
		func(s *Spec) { s.Sources, s.Dim = "ica", 3 }),
	preset("fig2", "Figure 2 · slow modulation", "The same with a time constant of 100 samples.", Modulation,
		func(s *Spec) { s.Tau = 100 }),
	preset("fig2-slowest", "Figure 2 · as slow as the context", "A time constant of 1,000 samples: slower and more accurate late, but late.", Modulation,
		func(s *Spec) { s.Tau = 1000 }),
	preset("fig2-x", "Figure 2d · feedback sees stimuli only", "Input x, time constant 100.", Modulation,
		func(s *Spec) { s.Tau, s.Input = 100, "x" }),
	preset("fig2-y", "Figure 2e · feedback sees outputs only", "Input y: impaired even without a filter.", Modulation,
		func(s *Spec) { s.Input = "y" }),
	preset("fig3", "Figure 3 and 4 · diffuse modulation, chords", "Four signals reach 100 units.", Spatial, nil),
	preset("fig5", "Figure 5 · diffuse modulation, sines", "The network whose subspace is turned by feedback.", Spatial,
		func(s *Spec) { s.Sources = "sines" }),
	preset("fig3-few", "Figure 3d · two feedback signals", "Too few to undo every context.", Spatial,
		func(s *Spec) { s.Feedback = 2 }),
	preset("fig3-uniform", "Figure 3e · uniform modulation", "Signals that reach all units alike cannot unmix.", Spatial,
		func(s *Spec) { s.Width = Uniform }),
	preset("fig6", "Figure 6 and 7 · Dalean network", "Rates, excitation and inhibition, everything learned.", Dale, nil),
	preset("direct", "An LSTM alone", "No feedforward pathway: the LSTM's readout is the output.", Direct, nil),
}
