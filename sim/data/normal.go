package data

import (
	"math"
	"math/rand/v2"
)

// Normal draws standard normal numbers by the ziggurat of Marsaglia and Tsang
// (J. Stat. Softw. 5(8), 2000) with 256 layers. The zero value must be seeded. Its
// numbers depend on the seeds alone, not on the version of the standard library.
type Normal struct{ pcg rand.PCG }

// Seed starts again from two seeds.
func (n *Normal) Seed(a, b uint64) { n.pcg.Seed(a, b) }

// Next is the next number.
func (n *Normal) Next() float32 {
	for {
		u := n.pcg.Uint64()
		layer := u & 0xff
		x := float64(int64(u)>>11) * ziggurat.scale[layer] // bits 11 to 63, signed
		if math.Abs(x) < ziggurat.x[layer+1] {
			return float32(x)
		}
		if layer == 0 {
			return float32(n.tail(x < 0))
		}
		// between the two layers' edges: keep x with the density's share of the rest
		low, high := density(ziggurat.x[layer]), density(ziggurat.x[layer+1])
		if low+(high-low)*n.uniform() < density(x) {
			return float32(x)
		}
	}
}

// tail draws beyond the last layer's edge.
func (n *Normal) tail(negative bool) float64 {
	for {
		x := -math.Log(n.uniform()) / edge
		y := -math.Log(n.uniform())
		if y+y > x*x {
			if negative {
				return -edge - x
			}
			return edge + x
		}
	}
}

// uniform is in (0, 1).
func (n *Normal) uniform() float64 { return (float64(n.pcg.Uint64()>>11) + 0.5) / (1 << 53) }

func density(x float64) float64 { return math.Exp(-x * x / 2) } // not normalised

// layers of equal area; edge is where the tail begins.
const (
	layers = 256
	edge   = 3.6541528853610088
)

// ziggurat holds the right edges of the layers, widest first: layer 0 is the bottom
// one with the tail, cut at the width that gives it the common area. scale turns a
// signed 53-bit integer into a number up to that edge.
var ziggurat = func() (z struct {
	x     [layers + 1]float64
	scale [layers]float64
}) {
	area := edge*density(edge) + math.Sqrt(math.Pi/2)*math.Erfc(edge/math.Sqrt2)
	z.x[0], z.x[1] = area/density(edge), edge
	for i := 2; i < layers; i++ {
		z.x[i] = math.Sqrt(-2 * math.Log(density(z.x[i-1])+area/z.x[i-1]))
	}
	for i := range z.scale {
		z.scale[i] = z.x[i] / (1 << 52)
	}
	return z
}()
