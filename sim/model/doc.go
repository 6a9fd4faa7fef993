// Package model holds the networks: a feedforward pathway whose modulation is set
// by feedback from an LSTM that sees stimuli and outputs.
//
// In one step (Naumann et al. 2022, Methods) the pathway responds with the modulation left by
// the step before, the LSTM sees stimulus and response, and its readout, the
// feedback signals l, moves the modulation of the next step:
//
//	y_t = respond(x_t, mod_t)
//	h_t, c_t = LSTM([x_t y_t], h_{t-1}, c_{t-1});  l_t = V h_t + b
//	mod_{t+1} = modulate(mod_t, l_t)
//
// A Network is weights. A Group is a network running for L lanes: rows of a batch
// side by side, kernel.Lanes of them in training, one when a single row is played.
// Every quantity of a step is a set of rows of L floats in the step's frame.
//
// Letters: B rows of a batch, L lanes, T samples, S sources (stimuli, outputs),
// H LSTM cells, M feedback signals, Z middle units, N_L lower-level and N_I
// inhibitory units. Each variant is one pathway: a file with respond, modulate and
// their two adjoints, a line in the table of variants, and a row of settings in that of
// the spec package.
package model
