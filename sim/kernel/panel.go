package kernel

import "unsafe"

// applyBlock is the number of rows in a block of a panel for L = 1.
const applyBlock = 16

// A Panel holds the weights W (R,K) of a product in the order the
// implementation reads them: blocks of rows, each stored as (K, rows of the
// block). For L = Lanes the last block is shorter where R is no multiple of the
// block; for L = 1 it is filled up with zero rows.
type Panel struct {
	set                *set
	rows, inner, lanes int
	data               []float32
}

// NewPanel returns a panel of zeros for W (rows,inner) and L = lanes, which is
// Lanes or 1, for the implementation in use.
func NewPanel(rows, inner, lanes int) *Panel { return active.newPanel(rows, inner, lanes) }

func (s *set) newPanel(rows, inner, lanes int) *Panel {
	require(rows >= 0 && inner >= 0 && (lanes == Lanes || lanes == 1))
	padded := rows
	if lanes == 1 {
		padded = (rows + applyBlock - 1) / applyBlock * applyBlock
	}
	return &Panel{set: s, rows: rows, inner: inner, lanes: lanes, data: aligned(padded * inner)}
}

// Pack sets W[r][k] = w[r*stride+k].
func (p *Panel) Pack(w []float32, stride int) {
	require(p.rows == 0 || p.inner == 0 || stride >= p.inner && len(w) >= (p.rows-1)*stride+p.inner)
	p.pack(w, stride, 1)
}

// PackTransposed sets W[r][k] = w[k*stride+r].
func (p *Panel) PackTransposed(w []float32, stride int) {
	require(p.rows == 0 || p.inner == 0 || stride >= p.rows && len(w) >= (p.inner-1)*stride+p.rows)
	p.pack(w, 1, stride)
}

// pack sets W[r][k] = w[r*down+k*along].
func (p *Panel) pack(w []float32, down, along int) {
	block := p.set.block
	if p.lanes == 1 {
		block = applyBlock
	}
	for r0 := 0; r0 < p.rows; r0 += block {
		used := min(block, p.rows-r0)
		width := used
		if p.lanes == 1 {
			width = applyBlock
		}
		to := p.data[r0*p.inner:]
		for r := range used {
			for k := range p.inner {
				to[k*width+r] = w[(r0+r)*down+k*along]
			}
		}
	}
}

// Mul computes dst = W·src, with dst (R,L) and src (K,L); longer slices are
// used from their start.
//
//	dst[r][l] = Σ_k W[r][k]*src[k][l]
func (p *Panel) Mul(dst, src []float32) { p.MulAhead(dst, src, src[:0]) }

// MulAhead does what [Panel.Mul] does and asks the memory for ahead meanwhile,
// which is wanted next and was not used for long.
func (p *Panel) MulAhead(dst, src, ahead []float32) {
	require(len(dst) >= p.rows*p.lanes && len(src) >= p.inner*p.lanes)
	if len(p.data) == 0 {
		clear(dst[:p.rows*p.lanes])
	} else if p.lanes == Lanes {
		p.set.mul(dst, p.data, src, ahead, p.rows, p.inner)
	} else {
		p.set.apply(dst, p.data, src, p.rows, p.inner)
	}
}

// MulAdd computes dst += W·src, with dst (R,L) and src (K,L).
func (p *Panel) MulAdd(dst, src []float32) {
	require(len(dst) >= p.rows*p.lanes && len(src) >= p.inner*p.lanes)
	if len(p.data) == 0 {
		return
	}
	if p.lanes == Lanes {
		p.set.mulAdd(dst, p.data, src, p.rows, p.inner)
	} else {
		p.set.applyAdd(dst, p.data, src, p.rows, p.inner)
	}
}

func mulGeneric(dst, panel, src, _ []float32, rows, inner int) {
	clear(dst[:rows*Lanes])
	mulAddGeneric(dst, panel, src, rows, inner)
}

// mulAddGeneric takes blocks of 4 rows and 2 lanes with chunk columns at a
// time, and single rows for what is left.
func mulAddGeneric(dst, panel, src []float32, rows, inner int) {
	const block = 4
	full, chunked := rows/block*block, inner/chunk*chunk
	for r := 0; r < full; r += block {
		dst, panel := dst[r*Lanes:], panel[r*inner:]
		for l := 0; l < Lanes; l += 2 {
			tile4x2(dst[l:], panel, src[l:], chunked)
		}
		addRows(dst, panel[chunked*block:], block, src[chunked*Lanes:], inner-chunked)
	}
	addRows(dst[full*Lanes:], panel[full*inner:], rows-full, src, inner)
}

// chunk divides 40, 100 and 400.
const chunk = 20

// tile4x2 adds the product of a block of 4 rows and 2 lanes to dst; inner is a
// multiple of chunk.
func tile4x2(dst, panel, src []float32, inner int) {
	var s00, s01, s10, s11, s20, s21, s30, s31 float32
	for k := 0; k < inner; k += chunk {
		w := (*[4 * chunk]float32)(panel[4*k:])
		x := (*[(chunk-1)*Lanes + 2]float32)(src[Lanes*k:])
		for i := range chunk {
			x0, x1 := x[Lanes*i], x[Lanes*i+1]
			w0, w1, w2, w3 := w[4*i], w[4*i+1], w[4*i+2], w[4*i+3]
			s00 += w0 * x0
			s01 += w0 * x1
			s10 += w1 * x0
			s11 += w1 * x1
			s20 += w2 * x0
			s21 += w2 * x1
			s30 += w3 * x0
			s31 += w3 * x1
		}
	}
	to := (*[3*Lanes + 2]float32)(dst)
	to[0] += s00
	to[1] += s01
	to[Lanes] += s10
	to[Lanes+1] += s11
	to[2*Lanes] += s20
	to[2*Lanes+1] += s21
	to[3*Lanes] += s30
	to[3*Lanes+1] += s31
}

// addRows adds the product of a block of any number of rows to dst, one row
// and 4 lanes at a time.
func addRows(dst, panel []float32, rows int, src []float32, inner int) {
	for r := range rows {
		for l := 0; l < Lanes; l += 4 {
			var s0, s1, s2, s3 float32
			for k := range inner {
				w, x := panel[k*rows+r], (*[4]float32)(src[k*Lanes+l:])
				s0 += w * x[0]
				s1 += w * x[1]
				s2 += w * x[2]
				s3 += w * x[3]
			}
			to := (*[4]float32)(dst[r*Lanes+l:])
			to[0] += s0
			to[1] += s1
			to[2] += s2
			to[3] += s3
		}
	}
}

func applyGeneric(dst, panel, src []float32, rows, inner int) {
	clear(dst[:rows])
	applyAddGeneric(dst, panel, src, rows, inner)
}

// applyAddGeneric takes 8 rows at a time, half a block.
func applyAddGeneric(dst, panel, src []float32, rows, inner int) {
	src = src[:inner]
	for r := 0; r < rows; r += 8 {
		p := panel[r/applyBlock*applyBlock*inner+r%applyBlock:]
		s := half(p, src)
		for i := range min(8, rows-r) {
			dst[r+i] += s[i]
		}
	}
}

// half returns the product of 8 rows of a block and src.
func half(panel, src []float32) [8]float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for k, x := range src {
		w := (*[8]float32)(panel[k*applyBlock:])
		s0 += w[0] * x
		s1 += w[1] * x
		s2 += w[2] * x
		s3 += w[3] * x
		s4 += w[4] * x
		s5 += w[5] * x
		s6 += w[6] * x
		s7 += w[7] * x
	}
	return [8]float32{s0, s1, s2, s3, s4, s5, s6, s7}
}

// aligned returns n zeros that start at a multiple of 64 bytes.
func aligned(n int) []float32 {
	const bytes = 64
	if n == 0 {
		return nil
	}
	s := make([]float32, n+bytes/4)
	at := uintptr(unsafe.Pointer(&s[0]))
	skip := (bytes - at%bytes) % bytes / 4
	return s[skip : int(skip)+n : int(skip)+n]
}
