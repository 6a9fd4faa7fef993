package data

import "slices"

const (
	order     = 32   // of the linear prediction beyond a signal's ends
	hindsight = 4096 // samples at most from which it is learned
)

// surroundings continues a signal beyond its ends by n samples each way.
func surroundings(signal []float32, n int) (before, after []float32) {
	w := min(len(signal), 2*n, hindsight)
	head := slices.Clone(signal[:w])
	slices.Reverse(head)
	before = continued(head, n)
	slices.Reverse(before)
	return before, continued(signal[len(signal)-w:], n)
}

// continued gives the n samples that follow signal by linear prediction.
func continued(signal []float32, n int) []float32 {
	x := make([]float64, len(signal), len(signal)+n)
	for i, v := range signal {
		x[i] = float64(v)
	}
	a := prediction(x, min(order, len(x)/3))
	next := make([]float32, n)
	for i := range next {
		v := 0.0
		for j, c := range a {
			v += c * x[len(x)-1-j]
		}
		x = append(x, v)
		next[i] = float32(v)
	}
	return next
}

// prediction is Burg's estimate (1975) of the p coefficients a of
// x[t] = a[0] x[t-1] + ... + a[p-1] x[t-p]. It follows tones exactly and its
// continuation does not grow. Where fewer coefficients leave no error to speak of,
// there are no more.
func prediction(x []float64, p int) []float64 {
	forward, backward := slices.Clone(x), slices.Clone(x)
	var a []float64
	start := 0.0
	for m := 1; m <= p; m++ {
		product, power := 0.0, 0.0
		for t := m; t < len(x); t++ {
			product += forward[t] * backward[t-1]
			power += forward[t]*forward[t] + backward[t-1]*backward[t-1]
		}
		start = max(start, power)
		if power <= 1e-18*start {
			break
		}
		k := 2 * product / power
		previous := slices.Clone(a)
		a = append(a, k)
		for i, c := range previous {
			a[i] = c - k*previous[len(previous)-1-i]
		}
		for t := len(x) - 1; t >= m; t-- {
			f := forward[t]
			forward[t] = f - k*backward[t-1]
			backward[t] = backward[t-1] - k*f
		}
	}
	return a
}
