package train

import (
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/spec"
)

// BenchmarkBatch times whole batches at the paper's size.
func BenchmarkBatch(b *testing.B) {
	for _, m := range models {
		b.Run(m, func(b *testing.B) {
			sp := spec.Default(m)
			src, err := data.NewSources(sp, nil)
			if err != nil {
				b.Fatal(err)
			}
			tr, err := New(sp, src)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tr.Step(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
