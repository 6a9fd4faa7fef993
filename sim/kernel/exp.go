package kernel

import "math"

// 2^f for f in [-1/2, 1/2] is 1 + f*(exp1 + f*(exp2 + ...)), with a relative
// error of at most 9.2e-8 (minimax fit with the constant held at 1).
const (
	exp1 = 0.6931469775989924
	exp2 = 0.2402224208526213
	exp3 = 0.0555073374349665
	exp4 = 0.009671512644831959
	exp5 = 0.0013264727123696411
)

const (
	// nearest, added to a float32 below 2^22, leaves its nearest integer in the
	// low bits of the sum.
	nearest = 3 << 22

	// Beyond these bounds a gate is exactly 0 or 1, an activation -1 or 1.
	sigmoidLow, sigmoidHigh = -88.9, 87
	tanhLow, tanhHigh       = -11, 11
)

// pow2 returns 2^z for -126 <= z < 128.5; beyond 127.5 that is +Inf.
func pow2(z float32) float32 {
	t := float32(z + nearest)
	f := z - float32(t-nearest)
	scale := math.Float32frombits(math.Float32bits(t)<<23 + 1<<23*127)
	return (1 + f*(exp1+f*(exp2+f*(exp3+f*(exp4+f*exp5))))) * scale
}

// sigmoid returns 1/(1+e^-x), within 3e-7.
func sigmoid(x float32) float32 {
	if x < sigmoidLow {
		x = sigmoidLow
	}
	if x > sigmoidHigh {
		x = sigmoidHigh
	}
	return 1 / (1 + pow2(float32(-math.Log2E*x)))
}

// tanh returns the hyperbolic tangent of x, within 3e-7.
func tanh(x float32) float32 {
	if x < tanhLow {
		x = tanhLow
	}
	if x > tanhHigh {
		x = tanhHigh
	}
	e := pow2(float32(-2 * math.Log2E * x))
	return (1 - e) / (1 + e)
}
