package live

import (
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

// BenchmarkFrame plays and encodes what is drawn thirty times a second of a population
// with a frozen twin at 16,000 samples a second.
func BenchmarkFrame(b *testing.B) {
	n, err := model.New(spec.Default(spec.Spatial))
	if err != nil {
		b.Fatal(err)
	}
	src, err := data.NewSources(n.Spec, nil)
	if err != nil {
		b.Fatal(err)
	}
	s, err := New(Guest{Network: n}, src, nil)
	if err != nil {
		b.Fatal(err)
	}
	s.Speed = 16000
	s.names = []string{"s", "x", "y", "l", "m", "z"}
	for _, twin := range []string{"alone", "with a twin"} {
		b.Run(twin, func(b *testing.B) {
			size := 0
			for b.Loop() {
				size = len(s.tick()[0].Data)
			}
			b.ReportMetric(float64(size), "bytes/frame")
		})
		if _, err := s.apply(Command{kind: "twin", twin: wish{kind: twinFrozen}}); err != nil {
			b.Fatal(err)
		}
	}
}
