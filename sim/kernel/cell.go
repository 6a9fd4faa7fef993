package kernel

// CellBack is the adjoint of the cells of [LSTM.StepTape]: from dh (n), the
// gradient of h, and dc (n), the gradient of c that came from the step after, it
// sets d (4,n), the gradients of the pre-activations, and turns dc into the
// gradient of the c before.
//
//	d_o = dh*Po
//	q = dc + dh*Pc
//	d_i, d_f, d_g = q*Pi, q*Pf, q*Pg
//	dc = q*f
func CellBack(d, dc, dh, tape []float32) {
	n := len(dh)
	require(len(dc) == n && len(d) >= 4*n && len(tape) >= 6*n)
	active.cellBack(d, dc, dh, tape)
}

func cellGeneric(h, c, pre []float32) {
	n := len(h)
	c, pi, pf, pg, po := c[:n], pre[:n], pre[n:2*n], pre[2*n:3*n], pre[3*n:4*n]
	for j := range h {
		c[j] = sigmoid(pf[j])*c[j] + sigmoid(pi[j])*tanh(pg[j])
		h[j] = sigmoid(po[j]) * tanh(c[j])
	}
}

func cellTapeGeneric(h, c, tape, pre []float32) {
	n := len(h)
	c, pi, pf, pg, po := c[:n], pre[:n], pre[n:2*n], pre[2*n:3*n], pre[3*n:4*n]
	ti, tf, tg := tape[:n], tape[n:2*n], tape[2*n:3*n]
	to, tc, forget := tape[3*n:4*n], tape[4*n:5*n], tape[5*n:6*n]
	for j := range h {
		i, f, g, o := sigmoid(pi[j]), sigmoid(pf[j]), tanh(pg[j]), sigmoid(po[j])
		before := c[j]
		now := f*before + i*g
		out := tanh(now)
		c[j], h[j] = now, o*out
		ti[j] = g * (i - i*i)
		tf[j] = before * (f - f*f)
		tg[j] = i - i*g*g
		to[j] = h[j] - h[j]*o
		tc[j] = o - h[j]*out
		forget[j] = f
	}
}

func cellBackGeneric(d, dc, dh, tape []float32) {
	n := len(dh)
	ti, tf, tg := tape[:n], tape[n:2*n], tape[2*n:3*n]
	to, tc, forget := tape[3*n:4*n], tape[4*n:5*n], tape[5*n:6*n]
	di, df, dg, do := d[:n], d[n:2*n], d[2*n:3*n], d[3*n:4*n]
	dc = dc[:n]
	for j, e := range dh {
		do[j] = e * to[j]
		q := dc[j] + e*tc[j]
		di[j] = q * ti[j]
		df[j] = q * tf[j]
		dg[j] = q * tg[j]
		dc[j] = q * forget[j]
	}
}
