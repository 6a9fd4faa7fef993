package kernel

import "math"

// Times sets dst = a*b.
func Times(dst, a, b []float32) {
	require(len(a) == len(dst) && len(b) == len(dst))
	active.times(dst, a, b)
}

// TimesAdd adds a*b to dst.
func TimesAdd(dst, a, b []float32) {
	require(len(a) == len(dst) && len(b) == len(dst))
	active.timesAdd(dst, a, b)
}

// Add adds a to dst.
func Add(dst, a []float32) {
	require(len(a) == len(dst))
	active.add(dst, a)
}

// ScaleAdd adds k*a to dst.
func ScaleAdd(dst []float32, k float32, a []float32) {
	require(len(a) == len(dst))
	active.scaleAdd(dst, k, a)
}

// Leak sets dst = from + rate*(target-from): one Euler step of a low-pass
// filter with rate 1/tau.
func Leak(dst, from, target []float32, rate float32) {
	require(len(from) == len(dst) && len(target) == len(dst))
	active.leak(dst, from, target, rate)
}

// Relu sets dst = max(0, src).
func Relu(dst, src []float32) {
	require(len(src) == len(dst))
	active.relu(dst, src)
}

// ReluBack is the adjoint of [Relu]: it sets d = 0 where act, the output, is
// not positive.
func ReluBack(d, act []float32) {
	require(len(act) == len(d))
	active.reluBack(d, act)
}

// Sigmoid sets dst = 1/(1+exp(-src)), within 3e-7.
func Sigmoid(dst, src []float32) {
	require(len(src) == len(dst))
	active.sigmoid(dst, src)
}

// SmoothL1 compares y with one target s: it returns the sum of the smooth L1
// losses (beta 1) and sets dy to scale times their gradients.
//
//	e = y - s
//	loss = e²/2 where |e| < 1, else |e| - 1/2
//	dy = scale*clamp(e, -1, 1)
func SmoothL1(dy, y []float32, s, scale float32) float32 {
	require(len(dy) == len(y))
	return active.smoothL1(dy, y, s, scale)
}

// Norm returns the Euclidean norm of g, summed in float64.
func Norm(g []float32) float64 { return active.norm(g) }

func timesGeneric(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

func timesAddGeneric(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] += a[i] * b[i]
	}
}

func addGeneric(dst, a []float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] += a[i]
	}
}

func scaleAddGeneric(dst []float32, k float32, a []float32) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] += k * a[i]
	}
}

func leakGeneric(dst, from, target []float32, rate float32) {
	from, target = from[:len(dst)], target[:len(dst)]
	for i := range dst {
		dst[i] = from[i] + rate*(target[i]-from[i])
	}
}

func reluGeneric(dst, src []float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = max(0, src[i])
	}
}

func reluBackGeneric(d, act []float32) {
	act = act[:len(d)]
	for i := range d {
		if act[i] <= 0 {
			d[i] = 0
		}
	}
}

func sigmoidGeneric(dst, src []float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = sigmoid(src[i])
	}
}

func smoothL1Generic(dy, y []float32, s, scale float32) float32 {
	dy = dy[:len(y)]
	var sum float32
	for i := range y {
		e := y[i] - s
		c := min(1, max(-1, e))
		sum += c * (e - c/2)
		dy[i] = scale * c
	}
	return sum
}

func normGeneric(g []float32) float64 {
	var sum float64
	for _, v := range g {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}
