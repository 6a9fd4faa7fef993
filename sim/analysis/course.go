package analysis

import "math"

// Course is how a deviation goes on within a context, over C contexts.
type Course struct {
	Mean, SD   []float64 // per sample since the switch, over contexts
	PerContext []float64 // mean over the late half of each context
	Peak       float64   // largest of Mean
	PeakAt     int       // its sample
	Late       float64   // mean over the late half
	Settled    int       // first sample from which Mean, smoothed, stays below twice Late; -1: never
	Norm       float64   // mean size of what is aimed at, NaN when not asked for
}

// Early is the mean over the first n samples.
func (c Course) Early(n int) float64 { return Describe(c.Mean[:min(n, len(c.Mean))]).Mean }

// smoothing is the window, in samples, by which courses are smoothed: sources
// are periodic, and so is the error while weights stand still.
const smoothing = 20

// ErrorCourse follows ‖s-y‖ of sources s and outputs y, one block per context.
func ErrorCourse(s, y []Block) Course {
	rows := make([][]float64, len(s))
	for k := range s {
		rows[k] = distances(s[k], y[k])
	}
	return newCourse(rows)
}

// WeightCourse follows ‖W-W*‖ (Frobenius) of weights w, (T,S*S) row-major, and the
// inverse of each context.
func WeightCourse(w []Block, inverse [][]float64) Course {
	rows := make([][]float64, len(w))
	norm := 0.0
	for k := range w {
		rows[k] = make([]float64, w[k].T())
		for t := range rows[k] {
			sum := 0.0
			for i, v := range w[k].Row(t) {
				d := float64(v) - inverse[k][i]
				sum += d * d
			}
			rows[k][t] = math.Sqrt(sum)
		}
		norm += length(inverse[k]) / float64(len(w))
	}
	c := newCourse(rows)
	c.Norm = norm
	return c
}

// MeanError is the mean of ‖s-y‖ over a stretch of samples.
func MeanError(s, y Block) float64 {
	return Describe(distances(s, y)).Mean
}

func distances(s, y Block) []float64 {
	d := make([]float64, s.T())
	for t := range d {
		sum := 0.0
		ry := y.Row(t)
		for i, v := range s.Row(t) {
			e := float64(v) - float64(ry[i])
			sum += e * e
		}
		d[t] = math.Sqrt(sum)
	}
	return d
}

func length(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

func newCourse(rows [][]float64) Course {
	c := Course{Norm: math.NaN(), Peak: math.NaN(), Late: math.NaN(), PeakAt: -1, Settled: -1}
	if len(rows) == 0 {
		return c
	}
	samples := len(rows[0])
	for _, r := range rows {
		samples = min(samples, len(r))
		c.PerContext = append(c.PerContext, Describe(r[len(r)/2:]).Mean)
	}
	column := make([]float64, len(rows))
	for t := range samples {
		for k := range rows {
			column[k] = rows[k][t]
		}
		d := Describe(column)
		c.Mean, c.SD = append(c.Mean, d.Mean), append(c.SD, d.SD)
		if !(d.Mean <= c.Peak) {
			c.Peak, c.PeakAt = d.Mean, t
		}
	}
	c.Late = Describe(c.Mean[samples/2:]).Mean
	smooth := Smooth(c.Mean, smoothing)
	for t := samples - 1; t >= 0 && smooth[t] < 2*c.Late; t-- {
		c.Settled = t
	}
	return c
}

// Smooth is the mean over a window of n samples round each, shorter at the ends.
func Smooth(v []float64, n int) []float64 {
	sum := make([]float64, len(v)+1)
	for i, x := range v {
		sum[i+1] = sum[i] + x
	}
	s := make([]float64, len(v))
	for i := range s {
		from, to := max(0, i-n/2), min(len(v), i-n/2+n)
		s[i] = (sum[to] - sum[from]) / float64(to-from)
	}
	return s
}
