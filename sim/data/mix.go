package data

// Mix writes stimuli x = A s + noise (Eq 1), T samples of them for R rows side by
// side, each with a context of its own:
//
//	dst[t·stride + i·pitch + r] = Σ_j A_r[i][j] s_j(t) + noise()
//
// contexts are the rows' A (X,S), at most 16 of one shape; s is S sources of T
// samples, shared by all rows. Sums are in F, in the order of j, the noise last. noise
// is asked for each value in turn, by sample, then stimulus, then row; without any it
// is nil.
func Mix[F float32 | float64](dst []F, stride, pitch int, contexts []Context, s [][]float32, noise func() F) {
	rows, stimuli, samples := len(contexts), contexts[0].Stimuli, len(s[0])
	for i := range stimuli {
		for t := range samples {
			clear(dst[t*stride+i*pitch:][:rows])
		}
		for j := range s {
			var a [maxRows]F
			for r := range contexts {
				a[r] = F(contexts[r].A[i*contexts[r].Sources+j])
			}
			addScaled(dst[i*pitch:], stride, a[:rows], s[j])
		}
	}
	if noise == nil {
		return
	}
	for t := range samples {
		for i := range stimuli {
			x := dst[t*stride+i*pitch:][:rows]
			for r := range x {
				x[r] += noise()
			}
		}
	}
}

// maxRows bounds the rows that are mixed side by side.
const maxRows = 16

// addScaled adds a(R)·s(t) to the R numbers of every sample t.
func addScaled[F float32 | float64](dst []F, stride int, a []F, s []float32) {
	for t, v := range s {
		x := dst[t*stride:][:len(a)]
		for r := range x {
			x[r] += a[r] * F(v)
		}
	}
}
