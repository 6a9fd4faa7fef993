package kernel

// generic is the plain Go implementation, on every architecture. What its
// loops compute is what the other implementations compute.
var generic = set{
	name:     "generic",
	block:    4,
	mul:      mulGeneric,
	mulAdd:   mulAddGeneric,
	apply:    applyGeneric,
	applyAdd: applyAddGeneric,
	cell:     cellGeneric,
	cellTape: cellTapeGeneric,
	cellBack: cellBackGeneric,
	outer:    outerGeneric,
	times:    timesGeneric,
	timesAdd: timesAddGeneric,
	add:      addGeneric,
	scaleAdd: scaleAddGeneric,
	leak:     leakGeneric,
	relu:     reluGeneric,
	reluBack: reluBackGeneric,
	sigmoid:  sigmoidGeneric,
	smoothL1: smoothL1Generic,
	adam:     adamGeneric,
	norm:     normGeneric,

	peak:       peakGeneric,
	flopARound: 12 * 2,
}
