package analysis

import "math"

// Correlations are Pearson's r of every source with every unit in one stretch of
// time: R is (S,N) row-major, NaN where a unit or a source does not vary.
type Correlations struct {
	Sources, Units int
	R              []float64
}

// At is the correlation of source i with unit j.
func (c Correlations) At(i, j int) float64 { return c.R[i*c.Units+j] }

// Correlate correlates sources s (T,S) with units u (T,N) of the same samples.
func Correlate(s, u Block) Correlations {
	if s.T() != u.T() {
		panic("analysis: Correlate needs as many samples of sources as of units")
	}
	c := Correlations{s.N, u.N, make([]float64, s.N*u.N)}
	ms, mu := s.Mean(), u.Mean()
	vs, vu := make([]float64, s.N), make([]float64, u.N)
	for t := range s.T() {
		rs, ru := s.Row(t), u.Row(t)
		for i, v := range rs {
			d := float64(v) - ms[i]
			vs[i] += d * d
			row := c.R[i*u.N : (i+1)*u.N]
			for j, w := range ru {
				row[j] += d * (float64(w) - mu[j])
			}
		}
		for j, w := range ru {
			d := float64(w) - mu[j]
			vu[j] += d * d
		}
	}
	for i := range vs {
		for j := range vu {
			k := i*u.N + j
			if vs[i] == 0 || vu[j] == 0 {
				c.R[k] = math.NaN()
				continue
			}
			c.R[k] /= math.Sqrt(vs[i] * vu[j])
		}
	}
	return c
}

// Clarity says how clearly units show one source and not the other (Eq 18-19):
// | |r_1j| - |r_2j| | of unit j in one context. It is not normalised, and blind
// to which source it is and to its sign.
type Clarity struct {
	Values     [][]float64 // (C,N), NaN where a unit does not vary
	PerContext []float64   // mean over units, NaN skipped
	PerUnit    []float64   // mean over contexts, NaN skipped
	Undefined  int         // values that are NaN
}

// SignalClarity is the clarity of units u for sources s, one block of each per
// context. It is defined for two sources; for more, every value is NaN and
// Separation is what can be asked instead.
func SignalClarity(s, u []Block) Clarity {
	c := Clarity{Values: make([][]float64, len(s)), PerContext: make([]float64, len(s))}
	for k := range s {
		c.Values[k] = clarityOf(Correlate(s[k], u[k]))
		d := Describe(c.Values[k])
		c.PerContext[k] = d.Mean
		c.Undefined += d.Undefined
	}
	if len(u) == 0 {
		return c
	}
	c.PerUnit = make([]float64, u[0].N)
	column := make([]float64, len(s))
	for j := range c.PerUnit {
		for k := range s {
			column[k] = c.Values[k][j]
		}
		c.PerUnit[j] = Describe(column).Mean
	}
	return c
}

func clarityOf(r Correlations) []float64 {
	v := make([]float64, r.Units)
	for j := range v {
		v[j] = math.NaN()
		if r.Sources == 2 {
			v[j] = math.Abs(math.Abs(r.At(0, j)) - math.Abs(r.At(1, j)))
		}
	}
	return v
}

// Separation is what correlations say about outputs for any number of sources:
// |r| of output i with source i (Own) and with the others (Cross), mean over
// contexts. R holds the (S,N) mean of r, SD its spread over contexts.
type Separation struct {
	Sources, Units int
	R, SD, Abs     []float64 // (S,N); Abs is the mean of |r|
	Own, Cross     float64
	Order          float64 // share of contexts in which every output follows its own source most
}

// Separate correlates sources with outputs in every context.
func Separate(s, u []Block) Separation {
	if len(s) == 0 {
		return Separation{Own: math.NaN(), Cross: math.NaN(), Order: math.NaN()}
	}
	p := Separation{Sources: s[0].N, Units: u[0].N}
	n := p.Sources * p.Units
	all := make([][]float64, n)
	absolute := make([][]float64, n)
	ordered := 0
	for k := range s {
		c := Correlate(s[k], u[k])
		for i, r := range c.R {
			all[i] = append(all[i], r)
			absolute[i] = append(absolute[i], math.Abs(r))
		}
		if inOrder(c) {
			ordered++
		}
	}
	p.Order = float64(ordered) / float64(len(s))
	var own, cross []float64
	for i := range n {
		d := Describe(all[i])
		p.R, p.SD = append(p.R, d.Mean), append(p.SD, d.SD)
		p.Abs = append(p.Abs, Describe(absolute[i]).Mean)
		if i/p.Units == i%p.Units {
			own = append(own, p.Abs[i])
		} else {
			cross = append(cross, p.Abs[i])
		}
	}
	p.Own, p.Cross = Describe(own).Mean, Describe(cross).Mean
	return p
}

func inOrder(c Correlations) bool {
	for j := range min(c.Units, c.Sources) {
		for i := range c.Sources {
			if i != j && !(math.Abs(c.At(j, j)) > math.Abs(c.At(i, j))) {
				return false
			}
		}
	}
	return true
}
