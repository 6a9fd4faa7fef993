package record

import (
	"context"
	"errors"
	"math"
	"testing"

	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/spec"
)

func network(t *testing.T, name string) (*model.Network, *data.Sources) {
	t.Helper()
	sp := spec.Default(name)
	sp.Hidden, sp.Units, sp.LowerUnits = 7, 11, 5
	net, err := model.New(sp)
	if err != nil {
		t.Fatal(err)
	}
	src, err := data.NewSources(sp, nil)
	if err != nil {
		t.Fatal(err)
	}
	return net, src
}

var models = spec.Models()

// protocols differ in length, in contexts and in what is frozen.
func protocols(n int) []Protocol {
	var ps []Protocol
	for i := range n {
		c := []data.Context{data.Normalised(0.9, 0.1), data.Normalised(0.2+float64(i)/100, 0.9)}
		p := FreezeTest(c, 40+3*i, 1, 15)
		p.Noise, p.Seed, p.FirstSample = 0.01, uint64(i), 100*i
		ps = append(ps, p)
	}
	return ps
}

// TestSideBySideIsOneByOne: a recording does not depend on what was played beside it.
func TestSideBySideIsOneByOne(t *testing.T) {
	for _, m := range models {
		net, src := network(t, m)
		ps := protocols(19)
		all, err := PlayAll(context.Background(), net, src, ps)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range ps {
			one, err := Play(context.Background(), net, src, p)
			if err != nil {
				t.Fatal(err)
			}
			if one.Samples != all[i].Samples || len(one.Spans) != len(all[i].Spans) {
				t.Fatalf("%s, protocol %d: %d samples and %d, %d spans and %d", m, i, one.Samples, all[i].Samples, len(one.Spans), len(all[i].Spans))
			}
			for k, s := range one.Signals {
				for n, v := range s.Data {
					if w := all[i].Signals[k].Data[n]; math.Abs(float64(v-w)) > 1e-5*math.Max(1, math.Abs(float64(v))) {
						t.Fatalf("%s, protocol %d, %s[%d]: %g alone, %g beside others", m, i, s.Name, n, v, w)
					}
				}
			}
		}
	}
}

func TestStimuliAreMixedSources(t *testing.T) {
	net, src := network(t, spec.Modulation)
	c := data.Normalised(0.7, 0.2)
	p := Test([]data.Context{c}, 30)
	p.FirstSample = src.Len() - 10 // the sources wrap
	rec, err := Play(context.Background(), net, src, p)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 30 {
		s, x := rec.Signal("s").Data[2*k:], rec.Signal("x").Data[2*k:]
		if s[0] != src.At(0, p.FirstSample+k) || s[1] != src.At(1, p.FirstSample+k) {
			t.Fatalf("sources at %d are %v", k, s[:2])
		}
		for i := range 2 {
			want := c.A[2*i]*float64(s[0]) + c.A[2*i+1]*float64(s[1])
			if math.Abs(float64(x[i])-want) > 1e-6 {
				t.Fatalf("stimulus %d at %d is %g, want %g", i, k, x[i], want)
			}
		}
	}
}

func TestFreezingHoldsModulation(t *testing.T) {
	for model, name := range map[string]string{spec.Modulation: "w", spec.Spatial: "m", spec.Dale: "p", spec.Ideal: "m"} {
		net, src := network(t, model)
		p := protocols(1)[0]
		rec, err := Play(context.Background(), net, src, p)
		if err != nil {
			t.Fatal(err)
		}
		frozen := rec.Spans[1]
		if !frozen.Frozen || frozen.From != 40 || frozen.To != 55 {
			t.Fatalf("spans %+v", rec.Spans)
		}
		s := rec.Signal(name)
		at := func(n int) []float32 { return s.Data[n*s.Width : (n+1)*s.Width] }
		for n := frozen.From + 1; n < frozen.To; n++ {
			for k, v := range at(n) {
				if v != at(frozen.From)[k] {
					t.Fatalf("%s: %s moves at sample %d though frozen", model, name, n)
				}
			}
		}
		moved := false
		for k, v := range at(rec.Samples - 1) {
			moved = moved || v != at(frozen.From)[k]
		}
		if !moved {
			t.Errorf("%s: %s does not move once it is let go", model, name)
		}
		if got := rec.Contexts(); len(got) != 2 || got[1].From != 40 || got[1].To != 80 {
			t.Errorf("contexts %+v", got)
		}
	}
}

// TestPlayerIsPlay: playing in pieces gives what a protocol gives.
func TestPlayerIsPlay(t *testing.T) {
	for _, m := range models {
		net, src := network(t, m)
		c := data.Normalised(0.1, 0.8)
		p := Test([]data.Context{c}, 60)
		p.Seed, p.Noise = 4, 0.02
		whole, err := Play(context.Background(), net, src, p)
		if err != nil {
			t.Fatal(err)
		}
		player, err := NewPlayer(net, src, 4)
		if err != nil {
			t.Fatal(err)
		}
		player.SetContext(c)
		player.SetNoise(0.02)
		at := 0
		for _, n := range []int{7, 0, 33, 20} {
			rec := player.Advance(n)
			for k, s := range rec.Signals {
				for i, v := range s.Data {
					if v != whole.Signals[k].Data[at*s.Width+i] {
						t.Fatalf("%s: %s differs in the piece from sample %d", m, s.Name, at)
					}
				}
			}
			at += n
		}
	}
}

func TestPlayEndsWithItsContext(t *testing.T) {
	net, src := network(t, spec.Modulation)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Play(ctx, net, src, protocols(1)[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := PlayAll(ctx, net, src, protocols(20)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestTooFewSources(t *testing.T) {
	net, _ := network(t, spec.Modulation)
	_, err := Play(context.Background(), net, data.Sines([]float64{100}, 1), protocols(1)[0])
	var f spec.FieldError
	if !errors.As(err, &f) || f.Field != "sources" {
		t.Errorf("error %v, want one of field sources", err)
	}
}
