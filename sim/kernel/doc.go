// Package kernel holds the float32 loops in which training spends its time:
// products of weights and rows of lanes, the LSTM cell and its adjoint, weight
// gradients, a few elementwise loops, and Adam.
//
// Letters: R rows and K columns of a weight matrix, C columns of a weight
// gradient, H hidden units, T steps, L lanes.
//
// A quantity of R rows is a slice of length R*L with row r at [r*L:(r+1)*L].
// Lanes are independent rows of a batch side by side: L is [Lanes] when a group
// of 16 runs together, 1 when one row runs alone.
//
// There are several implementations of every loop. generic.go lists the plain
// Go ones, whose code is the meaning of the others; [Use] picks among those the
// processor can run. Within one implementation results depend on the arguments
// alone, bit for bit; between implementations they differ by rounding.
//
// No function allocates, apart from those named New. Lengths that cannot match
// panic. NaN spreads as in plain Go.
package kernel
