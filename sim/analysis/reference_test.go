package analysis

import (
	"math"
	"testing"

	"unmixlab/sim/reference"
)

const samplesPerContext = 1000

// blocks reads an array (T,N) of an archive as one block per context.
func blocks(t *testing.T, a *reference.Archive, name string) []Block {
	t.Helper()
	shape, data := a.Float32(name)
	b := Block{shape[1], data}
	var out []Block
	for from := 0; from < b.T(); from += samplesPerContext {
		out = append(out, b.Slice(from, from+samplesPerContext))
	}
	return out
}

func sameValues(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	worst := 0.0
	for i := range got {
		d := math.Abs(got[i] - want[i])
		if !(d <= tolerance) {
			t.Fatalf("%s[%d] = %.9g, published %.9g", what, i, got[i], want[i])
		}
		worst = math.Max(worst, d)
	}
	t.Logf("%s: within %.1e of the published", what, worst)
}

func TestClarityAndDecodingEqualThePublished(t *testing.T) {
	for _, p := range reference.Trained(t) {
		t.Run(p.Archive, func(t *testing.T) {
			a := reference.Open(t, p.Archive)
			s := blocks(t, a, "test/s")
			for _, name := range []string{"x", "y"} {
				u := blocks(t, a, "test/"+name)
				c := SignalClarity(s, u)
				d, err := DecodeSources(s, u, 10)
				if err != nil {
					t.Fatal(err)
				}
				for key, got := range map[string][]float64{"clarity/": c.PerContext, "clarity_unit/": c.PerUnit, "decoding_r2/": d.R2} {
					_, want := a.Float64(key + name)
					sameValues(t, key+name, got, want, 1e-6)
				}
			}
		})
	}
}

func TestPlanesEqualThePublished(t *testing.T) {
	compared := false
	for _, p := range reference.Trained(t) {
		a := reference.Open(t, p.Archive)
		if !a.Has("freeze/pc1") {
			continue
		}
		compared = true
		t.Run(p.Archive, func(t *testing.T) {
			shape, y := a.Float32("freeze/y")
			_, pc := a.Float64("freeze/pc1")
			out := Block{shape[1], y}
			var normals []float64
			var planes [3]Normal
			for i := range planes {
				from := 500 + 500*i
				b := out.Slice(from, from+500)
				planes[i] = FitPlane(b.Column(0), b.Column(1), pc[from:from+500])
				normals = append(normals, planes[i][:]...)
			}
			_, want := a.Float64("freeze/normals")
			sameValues(t, "normals", normals, want, 1e-6)
			_, frozen := a.Float64("freeze/angle_frozen")
			_, restored := a.Float64("freeze/angle_restored")
			sameValues(t, "angles", []float64{Angle(planes[0], planes[1]), Angle(planes[0], planes[2])},
				[]float64{frozen[0], restored[0]}, 1e-6)
		})
	}
	if !compared {
		t.Skip("no published network has a freeze experiment")
	}
}

func TestEffectiveWeightsOfThePublishedNetworksInvertTheirContexts(t *testing.T) {
	for _, p := range reference.Trained(t) {
		a := reference.Open(t, p.Archive)
		if !a.Has("const/Wro") {
			continue
		}
		_, wx := a.Float32("const/w0")
		_, wro := a.Float32("const/Wro")
		shape, m := a.Float32("test/m")
		_, inverse := a.Float64("Ainv")
		w := EffectiveWeights(Block{shape[1], m}, wx, wro, 2)
		var ends []Block
		var want [][]float64
		for k := range 20 {
			ends = append(ends, w.Slice(20*k, 20*k+20)) // every 50th sample
			want = append(want, inverse[4*k:4*k+4])
		}
		match := MatchWeights(ends, want)
		if match.Entries.R < 0.98 || Describe(match.Error).Mean > 0.4 {
			t.Errorf("%s: entries correlate by %.3f (want > 0.98), error %.2f (want < 0.4)",
				p.Archive, match.Entries.R, Describe(match.Error).Mean)
		}
	}
}
