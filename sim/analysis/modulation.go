package analysis

// Switching compares how modulation moves within contexts with how it differs
// between them.
type Switching struct {
	Within  float64   // sd over the late half of a context, mean over units and contexts
	Between float64   // sd over contexts of a unit's late mean, mean over units
	Units   []float64 // Between of each unit
}

// Switch takes modulation (T,N), one block per context.
func Switch(m []Block) Switching {
	var s Switching
	if len(m) == 0 {
		return s
	}
	var within []float64
	settled := make([][]float64, m[0].N)
	for _, b := range m {
		late := b.Slice(b.T()/2, b.T())
		for j := range settled {
			v := late.Column(j)
			within = append(within, deviation(v))
			settled[j] = append(settled[j], Describe(v).Mean)
		}
	}
	for _, v := range settled {
		s.Units = append(s.Units, deviation(v))
	}
	s.Within, s.Between = Describe(within).Mean, Describe(s.Units).Mean
	return s
}

// GainSpread describes the gains of a Dalean network (Fig 6d): how much units
// differ within one context, and how much their averages over contexts differ.
type GainSpread struct {
	Mean     []float64 // per unit, over all contexts
	Averages float64   // sd over units of Mean
	Within   float64   // sd over units in one context, mean over contexts
}

// SpreadGains takes gains p (T,N), one block per context.
func SpreadGains(p []Block) GainSpread {
	var g GainSpread
	if len(p) == 0 {
		return g
	}
	g.Mean = make([]float64, p[0].N)
	for _, b := range p {
		m := b.Slice(b.T()/2, b.T()).Mean()
		g.Within += deviation(m) / float64(len(p))
		for j, v := range m {
			g.Mean[j] += v / float64(len(p))
		}
	}
	g.Averages = deviation(g.Mean)
	return g
}
