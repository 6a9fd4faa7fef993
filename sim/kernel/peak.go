package kernel

import "time"

// Peak measures how many GFLOP/s one core reaches with multiply-adds that
// touch registers only, in the instructions of the named implementation: the
// rate no loop of it can exceed. It takes about 10 ms, and returns 0 for an
// implementation this processor cannot run.
func Peak(name string) float64 {
	for _, s := range sets {
		if s.name == name {
			return s.measure()
		}
	}
	return 0
}

// measure returns the best rate of several short runs.
func (s *set) measure() float64 {
	const runs, rounds = 20, 200_000
	best := 0.0
	for range runs {
		start := time.Now()
		s.peak(rounds)
		seconds := time.Since(start).Seconds()
		best = max(best, float64(rounds*s.flopARound)/seconds/1e9)
	}
	return best
}

// peakGeneric runs 12 independent multiply-adds a round, 24 floating point
// operations.
func peakGeneric(rounds int) {
	x := float32(rounds >> 30) // 0, which the compiler cannot know
	y := x
	var a, b, c, d, e, f, g, h, i, j, k, l float32
	for range rounds {
		a = a*x + y
		b = b*x + y
		c = c*x + y
		d = d*x + y
		e = e*x + y
		f = f*x + y
		g = g*x + y
		h = h*x + y
		i = i*x + y
		j = j*x + y
		k = k*x + y
		l = l*x + y
	}
	if a+b+c+d+e+f+g+h+i+j+k+l != 0 {
		panic("kernel: multiply-adds of zeros gave something")
	}
}
