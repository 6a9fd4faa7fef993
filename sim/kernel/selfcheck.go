package kernel

import "math"

// trusted returns the sets that agree with plain Go.
func trusted(sets []*set) []*set {
	var out []*set
	for _, s := range sets {
		if s.agrees() {
			out = append(out, s)
		}
	}
	return out
}

// agrees reports whether the loops of a set give what the plain Go ones give,
// on a small example.
func (s *set) agrees() bool {
	got, want := s.example(), generic.example()
	for i := range want {
		if !(math.Abs(float64(got[i]-want[i])) <= 1e-4) {
			return false
		}
	}
	return true
}

// example runs every loop once on made-up numbers, with sizes that need whole
// tiles and vectors as well as parts of them, and returns all results.
func (s *set) example() []float32 {
	const rows, inner, n = 39, 21, 37
	var out []float32
	keep := func(results ...[]float32) {
		for _, r := range results {
			out = append(out, r...)
		}
	}
	for _, lanes := range []int{1, Lanes} {
		p := s.newPanel(rows, inner, lanes)
		p.Pack(madeUp(rows*inner), inner)
		dst := madeUp(rows * lanes)
		p.MulAdd(dst, madeUp(inner*lanes))
		keep(dst)
		p.Mul(dst, madeUp(inner*lanes))
		keep(dst)
	}
	for _, cols := range []int{9, 21, 41, 66} {
		dw := madeUp(rows * cols)
		s.newOuter(rows, cols, 1).Add(dw, cols, madeUp(rows*Lanes), 0, madeUp(cols*Lanes), 0, 1)
		keep(dw)
	}

	const units = 12
	for _, lanes := range []int{1, Lanes} {
		l := s.newLSTM(units, inner, lanes)
		l.Pack(madeUp(4*units*inner), inner)
		h, c, tape := madeUp(units*lanes), madeUp(units*lanes), make([]float32, 6*units*lanes)
		l.Step(h, c, madeUp(inner*lanes))
		l.StepTape(h, c, tape, madeUp(inner*lanes))
		keep(h, c, tape)
	}
	h, c, tape := madeUp(n), madeUp(n), make([]float32, 6*n)
	s.cell(h, c, madeUp(4*n))
	keep(h, c)
	s.cellTape(h, c, tape, madeUp(4*n))
	keep(h, c, tape)
	d := make([]float32, 4*n)
	s.cellBack(d, c, madeUp(n), tape)
	keep(d, c)
	s.flatExample(n, keep)
	return out
}

// flatExample runs the elementwise loops.
func (s *set) flatExample(n int, keep func(...[]float32)) {
	a, b := madeUp(n), madeUp(2 * n)[n:]
	dst := make([]float32, n)
	s.times(dst, a, b)
	s.timesAdd(dst, a, b)
	s.add(dst, a)
	s.scaleAdd(dst, 0.5, b)
	keep(dst)
	s.leak(dst, dst, a, 0.25)
	keep(dst)
	s.relu(dst, dst)
	keep(dst)
	s.reluBack(b, dst)
	keep(b)
	s.sigmoid(dst, a)
	keep(dst)
	loss := s.smoothL1(dst, a, 0.5, 2)
	keep(dst, []float32{loss})
	m, v := madeUp(n), make([]float32, n)
	s.adam(dst, a, m, v, AdamStep{Rate: 0.1, Beta1: 0.9, Beta2: 0.99, Eps: 1e-3, Clip: 0.5, Bias1: 0.1, Bias2: 0.01})
	keep(dst, m, v, []float32{float32(s.norm(a))})
}

// madeUp returns n numbers between -1 and 1.
func madeUp(n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(i*37%101)/50 - 1
	}
	return s
}
