package kernel

// An Outer is the workspace of a weight gradient: the gradients d (T,R,L) of a
// layer's output times its inputs x (T,C,L), summed over steps and lanes, with
// L = Lanes. One goroutine may use it at a time.
type Outer struct {
	set               *set
	rows, cols, steps int
	turned            []float32 // x of all steps, columns side by side
}

// outerPanel is the number of columns side by side in a workspace.
const outerPanel = 16

// NewOuter returns a workspace for gradients of R = rows and C = cols, for at
// most the given number of steps at once, for the implementation in use.
func NewOuter(rows, cols, steps int) *Outer { return active.newOuter(rows, cols, steps) }

func (s *set) newOuter(rows, cols, steps int) *Outer {
	require(rows >= 0 && cols >= 0 && steps >= 0)
	panels := (cols + outerPanel - 1) / outerPanel
	return &Outer{
		set: s, rows: rows, cols: cols, steps: steps,
		turned: aligned(panels * outerPanel * steps * Lanes),
	}
}

// Add adds a gradient to dw (R,C), whose rows are stride apart. Steps of d and
// of x are dStride and xStride floats apart.
//
//	dw[r*stride+c] += Σ_t Σ_l d[t*dStride+r*L+l] * x[t*xStride+c*L+l]
func (o *Outer) Add(dw []float32, stride int, d []float32, dStride int, x []float32, xStride, steps int) {
	require(steps >= 0 && steps <= o.steps)
	if o.rows == 0 || o.cols == 0 || steps == 0 {
		return
	}
	require(stride >= o.cols && len(dw) >= (o.rows-1)*stride+o.cols)
	require(dStride >= 0 && len(d) >= (steps-1)*dStride+o.rows*Lanes)
	require(xStride >= 0 && len(x) >= (steps-1)*xStride+o.cols*Lanes)
	o.set.outer(dw, stride, d, dStride, x, xStride, o, steps)
}

// outerGeneric takes 2 rows and 4 columns at a time, then single ones.
func outerGeneric(dw []float32, stride int, d []float32, dStride int, x []float32, xStride int, o *Outer, steps int) {
	rows, cols := o.rows/2*2, o.cols/4*4
	for c := 0; c < cols; c += 4 {
		for r := 0; r < rows; r += 2 {
			outer2x4(dw[r*stride+c:], stride, d[r*Lanes:], dStride, x[c*Lanes:], xStride, steps)
		}
	}
	for r := range o.rows {
		first := cols
		if r >= rows {
			first = 0
		}
		for c := first; c < o.cols; c++ {
			dw[r*stride+c] += dot(d[r*Lanes:], dStride, x[c*Lanes:], xStride, steps)
		}
	}
}

// outer2x4 adds the gradients of 2 rows and 4 columns to dw.
func outer2x4(dw []float32, stride int, d []float32, dStride int, x []float32, xStride, steps int) {
	var s00, s01, s02, s03, s10, s11, s12, s13 float32
	for t := range steps {
		d := (*[2 * Lanes]float32)(d[t*dStride:])
		x := (*[4 * Lanes]float32)(x[t*xStride:])
		for l := range Lanes {
			d0, d1 := d[l], d[Lanes+l]
			x0, x1, x2, x3 := x[l], x[Lanes+l], x[2*Lanes+l], x[3*Lanes+l]
			s00 += d0 * x0
			s01 += d0 * x1
			s02 += d0 * x2
			s03 += d0 * x3
			s10 += d1 * x0
			s11 += d1 * x1
			s12 += d1 * x2
			s13 += d1 * x3
		}
	}
	top, below := dw[:4], dw[stride:stride+4]
	top[0] += s00
	top[1] += s01
	top[2] += s02
	top[3] += s03
	below[0] += s10
	below[1] += s11
	below[2] += s12
	below[3] += s13
}

// dot returns the gradient of one row and one column.
func dot(d []float32, dStride int, x []float32, xStride, steps int) float32 {
	var s float32
	for t := range steps {
		d := (*[Lanes]float32)(d[t*dStride:])
		x := (*[Lanes]float32)(x[t*xStride:])
		for l := range Lanes {
			s += d[l] * x[l]
		}
	}
	return s
}
