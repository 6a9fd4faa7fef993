package live

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"unmixlab/server/wire"
	"unmixlab/sim/experiment"
	"unmixlab/sim/spec"
)

const allSignals = `{"type":"signals","signals":["s","x","y","w","m","l","p","z","z_H"]}`

// constant tells whether all rows of a block are those given, or its first where that is nil.
func constant(b wire.Block, row []float32) bool {
	if row == nil {
		row = b.Values[:b.Columns]
	}
	for r := range b.Rows {
		if !slices.Equal(b.Values[r*b.Columns:(r+1)*b.Columns], row) {
			return false
		}
	}
	return b.Rows > 0
}

// Whatever twin there is, and whatever is done meanwhile, both sides have the same
// sources, contexts and noise, bit by bit.
func TestTwinsHaveTheSameSamples(t *testing.T) {
	t.Parallel()
	for _, twin := range []string{`{"type":"twin","kind":"frozen"}`, `{"type":"twin","kind":"ideal"}`,
		`{"type":"twin","kind":"model","model":"dale"}`, `{"type":"twin","kind":"model","model":"modulation"}`} {
		p := play(t, untrained(t, spec.Spatial))
		p.say(allSignals)
		p.say(`{"type":"noise","sd":0.1}`)
		if alone, _ := p.say(`{"type":"step","samples":70}`); alone["twin s"].Rows != 0 {
			t.Fatalf("there is a twin that nobody asked for: %v", alone["twin s"])
		}
		p.say(twin)
		for _, command := range []string{`{"type":"freeze","amount":0.5}`, `{"type":"context","a":0.2,"b":0.9}`, `{"type":"noise","sd":0.3}`,
			`{"type":"swap","on":true}`, `{"type":"drift","to":[0.9,0.4],"samples":33}`, `{"type":"clamp","signal":0,"value":0}`,
			`{"type":"tau","samples":9}`, `{"type":"next"}`, `{"type":"silence_units","units":[4]}`, `{"type":"rewind"}`,
			`{"type":"sources","sources":"sines","frequencies":[50,90]}`} {
			p.say(command)
			got, _ := p.say(`{"type":"step","samples":40}`)
			for _, signal := range []string{"s", "x"} {
				a, b := got[signal], got["twin "+signal]
				if strings.Contains(command, "sources") && strings.Contains(twin, "frozen") {
					if b.Rows != 0 { // a session that begins anew has nothing that was frozen
						t.Errorf("%s survives %s", twin, command)
					}
					continue
				}
				if a.Rows != 40 || a.First != b.First || !slices.Equal(a.Values, b.Values) {
					t.Errorf("%s, after %s: %s differs", twin, command, signal)
				}
			}
		}
	}
}

// Frozen, the twin's modulation stays as it was at the fork; the network's goes on.
func TestAFrozenTwinIsAFork(t *testing.T) {
	t.Parallel()
	p := play(t, untrained(t, spec.Spatial))
	p.say(allSignals)
	p.say(`{"type":"step","samples":200}`)
	free := p.session.sides[0].player.Fork() // for what would be without a twin
	_, state := p.say(`{"type":"twin","kind":"frozen"}`)
	if twin := state["twin"].(map[string]any); twin["kind"] != "frozen" || twin["model"] != "spatial" || twin["title"] != "Untrained spatial" {
		t.Errorf("the state tells of the twin %v", twin)
	}
	got, _ := p.say(`{"type":"step","samples":300}`)
	want := free.Advance(300)
	if !slices.Equal(got["m"].Values, want.Signal("m").Data) || !slices.Equal(got["y"].Values, want.Signal("y").Data) {
		t.Error("a twin changes its network")
	}
	if m := got["twin m"]; !constant(m, want.Signal("m").Data[:m.Columns]) || constant(got["m"], nil) {
		t.Error("the twin's modulation moves, or its network's does not")
	}
	if slices.Equal(got["y"].Values, got["twin y"].Values) {
		t.Error("the twin's outputs are its network's")
	}
	if got, state := p.say(`{"type":"untwin"}`); len(got) != 0 || state["twin"] != nil {
		t.Errorf("without a twin the state tells of %v", state["twin"])
	}
	if got, _ := p.say(`{"type":"step","samples":3}`); got["twin y"].Rows != 0 || got["y"].Rows != 3 {
		t.Error("the twin goes on")
	}
}

func TestFreezingHoldsTheModulation(t *testing.T) {
	t.Parallel()
	for _, g := range []Guest{untrained(t, spec.Spatial), ideal(t)} {
		p := play(t, g)
		p.say(allSignals)
		p.say(`{"type":"step","samples":50}`)
		_, state := p.say(`{"type":"freeze"}`)
		if state["frozen"] != true || state["hold"] != 1.0 {
			t.Errorf("frozen, the state is %v", state)
		}
		p.say(`{"type":"context","a":0.1,"b":0.9}`)
		first, _ := p.say(`{"type":"step","samples":100}`)
		row := first["m"].Values[:first["m"].Columns]
		p.say(`{"type":"next"}`)
		second, _ := p.say(`{"type":"step","samples":100}`)
		if !constant(first["m"], row) || !constant(second["m"], row) || slices.Max(row) == 0 {
			t.Errorf("%s: the modulation moves though frozen, or there is none", g.ID)
		}
		if _, state := p.say(`{"type":"freeze","amount":0.9}`); state["frozen"] != true || state["hold"] != 0.9 {
			t.Errorf("held by degrees, the state is %v", state)
		}
		half, _ := p.say(`{"type":"step","samples":2}`)
		if constant(half["m"], row) {
			t.Errorf("%s: held by degrees, the modulation rests", g.ID)
		}
		if _, state := p.say(`{"type":"unfreeze"}`); state["frozen"] != false || state["hold"] != 0.0 {
			t.Errorf("let go, the state is %v", state)
		}
	}
}

// The ideal feedback unmixes any context that a client may choose, as a model and as a
// twin with the weights of another.
func TestIdealFeedbackUnmixes(t *testing.T) {
	t.Parallel()
	for own, signal := range map[string]string{spec.Ideal: "y", spec.Spatial: "twin y", spec.Modulation: "twin y"} {
		g := ideal(t)
		if own != spec.Ideal {
			g = untrained(t, own)
		}
		p := play(t, g)
		p.say(`{"type":"noise","sd":0}`)
		if signal != "y" {
			p.say(`{"type":"twin","kind":"ideal"}`)
		}
		rng := rand.New(rand.NewPCG(1, 2))
		points := [][2]float64{{0, 1}, {1, 0}, {0, minDet}, {1, 1 - minDet}, {0.5, 0.5 + 1.001*minDet}, {0.95, 1}}
		for len(points) < 60 {
			if a, b := rng.Float64(), rng.Float64(); math.Abs(a-b) >= minDet {
				points = append(points, [2]float64{a, b})
			}
		}
		for _, c := range points {
			p.say(fmt.Sprintf(`{"type":"context","a":%g,"b":%g}`, c[0], c[1]))
			got, _ := p.say(`{"type":"step","samples":40}`)
			s, y := got["s"].Values, got[signal].Values
			if len(y) != 80 {
				t.Fatalf("%s has %d values", signal, len(y))
			}
			for i := range y {
				if d := math.Abs(float64(y[i] - s[i])); d > 1e-3 {
					t.Fatalf("%s, context %v: output %g of source %g", own, c, y[i], s[i])
				}
			}
		}
	}
}

// Rewound, a session plays the same samples again, bit by bit, and draws the same
// contexts.
func TestRewinding(t *testing.T) {
	t.Parallel()
	for _, name := range []string{spec.Spatial, spec.Dale} {
		p := play(t, untrained(t, name))
		p.say(allSignals)
		p.say(`{"type":"scene","seed":9,"noise":0.2,"context":[0.3,0.8],"twin":{"kind":"model","model":"spatial"}}`)
		if name == spec.Dale {
			p.say(`{"type":"next"}`)
		}
		var before [3]map[string]wire.Block
		for take := range 2 {
			for i := range before {
				got, state := p.say(`{"type":"step","samples":90}`)
				if state["sample"] != float64(90*(i+1)) {
					t.Fatalf("the sample is %v", state["sample"])
				}
				for signal, b := range got {
					if was := before[i][signal]; take == 1 && (was.First != b.First || !slices.Equal(was.Values, b.Values)) {
						t.Errorf("%s: %s differs in the second take from sample %d on", name, signal, b.First)
					}
				}
				before[i] = got
				p.say(`{"type":"next"}`)
			}
			_, state := p.say(`{"type":"rewind"}`)
			if state["sample"] != 0.0 || state["noise"] != 0.2 || state["seed"] != 9.0 || state["twin"] == nil {
				t.Errorf("rewound, the state is %v", state)
			}
		}
		if _, state := p.say(`{"type":"freeze","amount":0.5}`); state["sample"] != 0.0 {
			t.Errorf("the state is %v", state)
		}
		p.say(`{"type":"step"}`)
		if _, state := p.say(`{"type":"rewind"}`); state["hold"] != 0.5 {
			t.Errorf("rewinding undoes a setting: %v", state)
		}
	}
}

// A context that is dragged is that of the whole next frame, even where a frame is due
// when the command comes.
func TestADragTakesEffectWithTheNextFrame(t *testing.T) {
	t.Parallel()
	p := start(t, ideal(t), make(chan Command, 1))
	say := func(text string) {
		c, err := p.session.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		p.commands <- c
	}
	say(`{"type":"scene","noise":0,"playing":true}`)
	if s := <-p.shows; s.key != "state" {
		t.Fatalf("the scene is answered with %s", s.key)
	}
	for i := range 20 {
		a := 0.02 * float64(i)
		time.Sleep(3 * frameEvery) // a frame waits to be shown, and the next is due
		say(fmt.Sprintf(`{"type":"context","a":%g,"b":0.9}`, a))
		before := 0
		next := <-p.shows
		for ; next.key == "frame"; next = <-p.shows {
			before++
		}
		if before > 1 {
			t.Errorf("%d frames were shown before the drag to %g took effect", before, a)
		}
		if next = <-p.shows; next.key != "frame" {
			t.Fatalf("after a drag comes %s", next.key)
		}
		got := p.blocks(next.group)
		s, x := got["s"].Values, got["x"].Values
		for r := range got["s"].Rows {
			if d := a*float64(s[2*r]) + (1-a)*float64(s[2*r+1]) - float64(x[2*r]); math.Abs(d) > 1e-5 {
				t.Fatalf("row %d of the first frame after a drag to %g is %g off its mixture", r, a, d)
			}
		}
	}
}

func TestADriftIsTold(t *testing.T) {
	t.Parallel()
	p := playIdeal(t)
	p.say(`{"type":"context","a":0.2,"b":0.9}`)
	_, state := p.say(`{"type":"path","points":[[0.4,0.9],[0.4,0.1]],"samples":100}`)
	if d := state["drift"].(map[string]any); d["left"] != 100.0 || d["to"].([]any)[0] != 0.4 || d["to"].([]any)[1] != 0.9 {
		t.Errorf("the drift is %v", d)
	} else if then := d["after"].([]any); len(then) != 1 || then[0].([]any)[0] != 0.4 || math.Abs(then[0].([]any)[1].(float64)-0.1) > 1e-12 || d["each"] != 100.0 {
		t.Errorf("after that the drift goes to %v in %v samples", then, d["each"])
	}
	_, state = p.say(`{"type":"step","samples":50}`)
	if a := state["context"].(map[string]any)["a"].([]any); math.Abs(a[0].(float64)-0.3) > 1e-12 || a[2] != 0.9 {
		t.Errorf("half of the way the context is %v", a)
	}
	got, state := p.say(`{"type":"step","to":"context"}`)
	if d := state["drift"].(map[string]any); got["s"].Rows != 50 || d["left"] != 100.0 || d["to"].([]any)[1] != 0.1 {
		t.Errorf("after %d samples to its end the drift is %v", got["s"].Rows, d)
	}
	p.say(`{"type":"step","to":"context"}`)
	got, state = p.say(`{"type":"step","to":"context"}`)
	if state["drift"] != nil || got["s"].Rows != contextTakes || state["context"].(map[string]any)["a"].([]any)[0] == 0.4 {
		t.Errorf("at its end, another context took %d samples, and the drift is %v", got["s"].Rows, state["drift"])
	}
	p.say(`{"type":"drift","to":[0.9,0.1],"samples":40}`)
	p.say(`{"type":"play"}`)
	told := false // the state comes with the frames until the drift is over
	for !told {
		if next := <-p.shows; next.key == "state" {
			m := p.object("state", next.group[0])
			told = m["drift"] == nil && m["context"].(map[string]any)["a"].([]any)[0] == 0.9
		}
	}
}

// A scene is there before the first sample; one that cannot be changes nothing.
func TestAScene(t *testing.T) {
	t.Parallel()
	p := play(t, untrained(t, spec.Spatial))
	p.say(allSignals)
	p.say(`{"type":"step","samples":30}`)
	_, state := p.say(wholeScene)
	for name, want := range map[string]any{"playing": true, "frozen": true, "hold": 0.5, "seed": 7.0, "noise": 0.1, "speed": 800.0, "tau": 50.0,
		"swapped": true, "sample": 0.0, "sources": "sines"} {
		if state[name] != want {
			t.Errorf("%s is %v, want %v", name, state[name], want)
		}
	}
	if fmt.Sprint(state["silenced"], state["clamps"], state["frequencies"]) != "[1 3] map[1:0.25] [50 90]" ||
		state["twin"].(map[string]any)["kind"] != "frozen" {
		t.Errorf("the state is %v", state)
	}
	_, before := p.say(`{"type":"pause"}`)
	field, words := p.refused(`{"type":"scene","seed":3,"twin":{"kind":"model","model":"nobody"}}`)
	if field != "model" || !strings.Contains(words, "nobody") {
		t.Errorf("a twin of a model that is not there is refused with %s %s", field, words)
	}
	if _, after := p.say(`{"type":"pause"}`); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("a scene that was refused made of %v %v", before, after)
	}
	got, state := p.say(`{"type":"scene","context":[0.3,0.8],"noise":0,"clamps":{"1":0.25},"silenced":[3]}`)
	if len(got) != 0 || state["hold"] != 0.0 || state["twin"] != nil || state["sources"] != "chords" || state["swapped"] != false || state["tau"] != 100.0 {
		t.Errorf("what another scene leaves out is %v", state)
	}
	got, _ = p.say(`{"type":"step","samples":20}`)
	s, x, l, m := got["s"].Values, got["x"].Values, got["l"].Values, got["m"].Values
	own := sources(t, spec.Default(spec.Spatial))
	for r := range 20 {
		if s[2*r] != own.At(0, r) {
			t.Fatalf("source 1 is %g at sample %d, the network's own %g", s[2*r], r, own.At(0, r))
		}
		if d := 0.3*float64(s[2*r]) + 0.7*float64(s[2*r+1]) - float64(x[2*r]); math.Abs(d) > 1e-6 || l[4*r+1] != 0.25 || m[100*r+3] != 0 {
			t.Fatalf("sample %d has the stimulus %g of %v, feedback %v and the gain %g", r, x[2*r], s[2*r:2*r+2], l[4*r:4*r+4], m[100*r+3])
		}
	}
	if m[100*19+4] == 0 {
		t.Error("a unit that is not silenced has no gain")
	}
}

func TestTwinsThatCannotBe(t *testing.T) {
	t.Parallel()
	three := spec.Default(spec.Modulation)
	three.Dim, three.Frequencies = 3, spec.DefaultFrequencies("chords", 3)
	g := untrained(t, spec.Modulation)
	g.Network.Spec = three
	s, err := New(untrained(t, spec.Spatial), sources(t, three), func(string) (Guest, error) { return g, nil })
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Parse([]byte(`{"type":"twin","kind":"model","model":"three"}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.apply(c); err == nil || !strings.Contains(err.Error(), "3 sources") || s.Twin != nil {
		t.Errorf("a twin with three sources is answered with %v", err)
	}
}

func TestTheHelloTellsWhatCanBeDone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		spec.Spatial:    `units:100 can:map[ideal:true pc1:false tau:true units:true]`,
		spec.Dale:       `units:100 can:map[ideal:true pc1:false tau:true units:true]`,
		spec.Modulation: `units:0 can:map[ideal:true pc1:false tau:true units:false]`,
		spec.Direct:     `units:0 can:map[ideal:true pc1:false tau:false units:false]`,
		spec.Ideal:      `units:100 can:map[ideal:true pc1:true tau:false units:true]`,
	} {
		g := ideal(t)
		g.Fit = func(context.Context) *experiment.Component { return nil }
		if name != spec.Ideal {
			g = untrained(t, name)
		}
		p := play(t, g)
		m := p.object("hello", p.session.Hello()[0])
		if got := fmt.Sprintf("units:%v can:%v", m["units"], m["can"]); got != want || m["tau"] != g.Network.Spec.Tau || m["id"] != g.ID {
			t.Errorf("%s greets with %s, want %s", name, got, want)
		}
		lengths := m["readout"].([]any)
		if float64(len(lengths)) != m["units"] {
			t.Fatalf("%s reads %d of %v units", name, len(lengths), m["units"])
		}
		if w := g.Network.Params.Tensor("W_ro"); w != nil {
			if want := math.Hypot(float64(w.Data[7]), float64(w.Data[107])); math.Abs(lengths[7].(float64)-want) > 1e-9 {
				t.Errorf("%s: unit 7 is read by %v, want %g", name, lengths[7], want)
			}
		}
	}
}

// Both sides are seen along the component of their own network.
func TestATwinHasAComponentOfItsOwn(t *testing.T) {
	t.Parallel()
	p := play(t, fittedIdeal(t))
	p.say(`{"type":"signals","signals":["pc1"]}`)
	p.say(`{"type":"twin","kind":"ideal"}`)
	var got map[string]wire.Block
	for len(got) < 2 { // the components take their time
		got, _ = p.say(`{"type":"step","samples":200}`)
	}
	if a, b := got["pc1"], got["twin pc1"]; a.Rows != 200 || !slices.Equal(a.Values, b.Values) { // of one network, fitted twice
		t.Errorf("the components have %d and %d rows", a.Rows, b.Rows)
	}
}

// At any speed about 600 rows a second are sent of wide signals, and all of narrow ones.
func TestWideSignalsComeThinned(t *testing.T) {
	t.Parallel()
	p := play(t, untrained(t, spec.Spatial))
	p.say(allSignals)
	p.say(`{"type":"speed","samples_per_second":16000}`)
	p.say(`{"type":"play"}`)
	rows, next := 0, -1
	for range 30 {
		got := p.blocks((<-p.shows).group)
		m, y := got["m"], got["y"]
		if y.Stride != 1 || y.Rows < 533 || m.Stride != 27 || m.First%27 != 0 || (next >= 0 && m.First != next) {
			t.Fatalf("y has %d rows, %d apart; m %d rows, %d apart, from %d on, want %d", y.Rows, y.Stride, m.Rows, m.Stride, m.First, next)
		}
		rows, next = rows+m.Rows, m.First+27*m.Rows
	}
	if rows < 560 || rows > 600 {
		t.Errorf("a second has %d rows of m", rows)
	}
	whole, _ := p.say(`{"type":"step","samples":600}`)
	thin, _ := p.say(`{"type":"step","samples":1200}`)
	if whole["m"].Rows != 600 || thin["m"].Rows != 600 || thin["y"].Rows != 1200 {
		t.Errorf("steps of 600 and 1,200 samples have %d and %d rows of m", whole["m"].Rows, thin["m"].Rows)
	}
}
