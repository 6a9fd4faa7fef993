package analysis

// Pairs is the linear control of Fig 1-s1: a linear map fitted in one context and
// tried in all others.
type Pairs struct {
	Clarity  [][]float64 // (C,C): fitted in row, tested in column
	Same     Summary     // diagonal: other samples of the same context
	Other    Summary     // off the diagonal
	Relation Relation    // context distance against clarity, off the diagonal
	Distance []float64   // off the diagonal, row by row
	Values   []float64   // their clarity
}

// PairwiseRegression fits sources on stimuli in the first half of each context's
// samples and tests the map on the second half of every context. distance gives the
// distance of two contexts by their index.
func PairwiseRegression(s, x []Block, distance func(i, j int) float64) Pairs {
	p := Pairs{Clarity: make([][]float64, len(s))}
	var same []float64
	for i := range s {
		half := s[i].T() / 2
		l := FitLinear(dense([]Block{x[i].Slice(0, half)}), dense([]Block{s[i].Slice(0, half)}))
		p.Clarity[i] = make([]float64, len(s))
		for j := range s {
			from, to := s[j].T()/2, s[j].T()
			y := single(l, x[j].Slice(from, to))
			c := Describe(clarityOf(Correlate(s[j].Slice(from, to), y))).Mean
			p.Clarity[i][j] = c
			if i == j {
				same = append(same, c)
				continue
			}
			p.Distance = append(p.Distance, distance(i, j))
			p.Values = append(p.Values, c)
		}
	}
	p.Same, p.Other = Describe(same), Describe(p.Values)
	p.Relation = Relate(p.Distance, p.Values)
	return p
}

// single applies a linear map to a block.
func single(l Linear, x Block) Block {
	y := l.Predict(dense([]Block{x}))
	data := y.RawMatrix().Data
	_, n := y.Dims()
	b := Block{n, make([]float32, len(data))}
	for i, v := range data {
		b.Data[i] = float32(v)
	}
	return b
}

// FixedReadout is one linear map for all contexts: sources on stimuli over the
// first `train` contexts, its clarity in each of the rest.
func FixedReadout(s, x []Block, train int) []float64 {
	l := FitLinear(dense(x[:train]), dense(s[:train]))
	var c []float64
	for k := train; k < len(s); k++ {
		c = append(c, Describe(clarityOf(Correlate(s[k], single(l, x[k])))).Mean)
	}
	return c
}
