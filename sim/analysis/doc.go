// Package analysis asks the paper's questions of a recording: how clear the
// outputs are, what a fixed decoder finds, how far the weights are from the
// inverse of the context, how the population's subspace turns. One question a
// file; arrays in, a plain struct of float64 out.
//
// Letters: T samples, S sources (as many stimuli and outputs), Z middle units,
// M feedback signals, C contexts. Equation numbers are those of Naumann, Keijser
// and Sprekeler, eLife 2022;11:e76096.
//
// A quantity that is not defined for the data (the correlation of a silent unit,
// the clarity of three sources) is NaN and stays NaN in means that are said to be
// over all; where a published definition skips such values, the count of what was
// skipped stands beside the mean.
package analysis
