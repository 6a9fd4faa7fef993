package analysis

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Block is T samples of N units, row-major (T,N): a view into a recording.
type Block struct {
	N    int
	Data []float32
}

// T is the number of samples.
func (b Block) T() int {
	if b.N == 0 {
		return 0
	}
	return len(b.Data) / b.N
}

// Row is sample t, a view of length N.
func (b Block) Row(t int) []float32 { return b.Data[t*b.N : (t+1)*b.N] }

// Slice is the samples from..to, a view.
func (b Block) Slice(from, to int) Block { return Block{b.N, b.Data[from*b.N : to*b.N]} }

// Column is unit j over time, a copy of length T in float64.
func (b Block) Column(j int) []float64 {
	c := make([]float64, b.T())
	for t := range c {
		c[t] = float64(b.Data[t*b.N+j])
	}
	return c
}

// Mean is the mean over time of every unit, length N.
func (b Block) Mean() []float64 {
	m := make([]float64, b.N)
	for t := range b.T() {
		for j, v := range b.Row(t) {
			m[j] += float64(v)
		}
	}
	for j := range m {
		m[j] /= float64(b.T())
	}
	return m
}

// dense joins blocks of equal width below one another, in float64.
func dense(blocks []Block) *mat.Dense {
	rows, width := 0, 0
	for i, b := range blocks {
		if i > 0 && b.N != width {
			panic(fmt.Sprintf("analysis: blocks of %d and %d units cannot be joined", width, b.N))
		}
		width = b.N
		rows += b.T()
	}
	if rows == 0 || width == 0 {
		return &mat.Dense{}
	}
	data := make([]float64, 0, rows*width)
	for _, b := range blocks {
		for _, v := range b.Data {
			data = append(data, float64(v))
		}
	}
	return mat.NewDense(rows, width, data)
}
