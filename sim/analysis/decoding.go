package analysis

import "fmt"

// Decoding is how well one fixed linear decoder reads the sources from a
// population in contexts it was not fitted on.
type Decoding struct {
	Trained int       // contexts it was fitted on
	R2      []float64 // per remaining context, uniform mean over sources
	Decoder Linear
}

// DecodeSources fits sources s on units u over the first `train` contexts, by
// ordinary least squares with intercept, and scores it on each of the others.
func DecodeSources(s, u []Block, train int) (Decoding, error) {
	if train < 1 || train >= len(s) {
		return Decoding{}, fmt.Errorf("train is %d, must leave some of the %d contexts to test on", train, len(s))
	}
	d := Decoding{Trained: train, Decoder: FitLinear(dense(u[:train]), dense(s[:train]))}
	for k := train; k < len(s); k++ {
		d.R2 = append(d.R2, R2(dense(s[k:k+1]), d.Decoder.Predict(dense(u[k:k+1]))))
	}
	return d, nil
}
