package live

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"unmixlab/sim/spec"
)

func TestCommands(t *testing.T) {
	sp := spec.Default(spec.Modulation)
	c, err := ParseCommand([]byte(`{"type":"context","a":0.9,"b":0.25}`), sp)
	if err != nil || c.points[0] != (point{0.9, 0.25}) {
		t.Errorf("context: %+v, %v", c, err)
	}
	c, err = ParseCommand([]byte(`{"type":"clamp","signal":3,"value":-0.5}`), sp)
	if err != nil || c.signal != 3 || *c.value != -0.5 {
		t.Errorf("clamp: %+v, %v", c, err)
	}
	c, err = ParseCommand([]byte(`{"type":"clamp","signal":0,"value":null}`), sp)
	if err != nil || c.value != nil {
		t.Errorf("clamp to null: %+v, %v", c, err)
	}
	c, err = ParseCommand([]byte(`{"type":"seed","seed":9007199254740991}`), sp)
	if err != nil || c.seed != spec.MaxSeed {
		t.Errorf("seed: %+v, %v", c, err)
	}
	c, err = ParseCommand([]byte(`{"type":"sources","sources":"sines","frequencies":[50,90]}`), sp)
	if err != nil || c.tones.kind != "sines" || len(c.tones.frequencies) != 2 {
		t.Errorf("sources: %+v, %v", c, err)
	}
}

const wholeScene = `{"type":"scene","seed":7,"noise":0.1,"speed":800,"hold":0.5,"clamps":{"1":0.25},"silenced":[3,1,3],"tau":50,
	"swapped":true,"context":[0.2,0.8],"twin":{"kind":"frozen"},"playing":true,"sources":"sines","frequencies":[50,90]}`

func TestScenes(t *testing.T) {
	sp := spec.Default(spec.Spatial)
	c, err := ParseCommand([]byte(wholeScene), sp)
	if err != nil {
		t.Fatal(err)
	}
	want := scene{settings: settings{7, 800, 0.1, 0.5, map[int]float32{1: 0.25}, []int{1, 3}, 50, true}, tones: tones{"sines", []float64{50, 90}},
		place: &point{0.2, 0.8}, twin: &wish{kind: "frozen"}, playing: true}
	if !reflect.DeepEqual(c.scene, want) {
		t.Errorf("the scene is %+v", c.scene)
	}
	c, err = ParseCommand([]byte(`{"type":"scene"}`), sp)
	if err != nil || !reflect.DeepEqual(c.scene, scene{settings: fresh(sp)}) {
		t.Errorf("an empty scene is %+v, %v", c.scene, err)
	}
}

func TestBadCommandsNameTheField(t *testing.T) {
	three := spec.Default(spec.Modulation)
	three.Dim, three.Frequencies = 3, spec.DefaultFrequencies("chords", 3)
	for _, c := range []struct{ text, field string }{
		{``, ""}, {`null`, "type"}, {`[]`, ""}, {`{}`, "type"}, {`{"type":7}`, "type"}, {`{"type":null}`, "type"},
		{`{"type":"dance"}`, "type"}, {`{"type":"play"} {}`, ""}, {`{"type":"play","now":true}`, "now"},
		{`{"type":"speed"}`, "samples_per_second"}, {`{"type":"speed","samples_per_second":"fast"}`, "samples_per_second"},
		{`{"type":"speed","samples_per_second":1e9}`, "samples_per_second"}, {`{"type":"speed","samples_per_second":19}`, "samples_per_second"},
		{`{"type":"step","samples":0}`, "samples"}, {`{"type":"step","samples":1.5}`, "samples"}, {`{"type":"step","samples":1e6}`, "samples"},
		{`{"type":"context","a":0.5}`, "b"}, {`{"type":"context","b":0.5}`, "a"}, {`{"type":"context","a":0.5,"b":0.51}`, "b"},
		{`{"type":"context","a":-0.1,"b":0.5}`, "a"}, {`{"type":"noise","sd":-1}`, "sd"}, {`{"type":"noise","sd":11}`, "sd"},
		{`{"type":"seed","seed":-1}`, "seed"}, {`{"type":"seed","seed":0.5}`, "seed"},
		{`{"type":"seed","seed":9007199254740992}`, "seed"}, {`{"type":"seed","seed":9007199254740993}`, "seed"},
		{`{"type":"clamp","signal":4,"value":0}`, "signal"}, {`{"type":"clamp","signal":-1,"value":0}`, "signal"},
		{`{"type":"clamp","signal":0}`, "value"}, {`{"type":"clamp","signal":0,"value":1e30}`, "value"},
		{`{"type":"signals","signals":["s","q"]}`, "signals"}, {`{"type":"signals","signals":["s","s"]}`, "signals"},
		{`{"type":"freeze","amount":1.5}`, "amount"}, {`{"type":"tau"}`, "samples"}, {`{"type":"tau","samples":0}`, "samples"},
		{`{"type":"step","to":"end"}`, "to"}, {`{"type":"step","to":"context","samples":3}`, "to"}, {`{"type":"swap"}`, "on"}, {`{"type":"swap","on":1}`, "on"},
		{`{"type":"drift","to":[0.1,0.9]}`, "samples"}, {`{"type":"drift","to":[0.1],"samples":9}`, "to"}, {`{"type":"drift","to":[0.1,0.12],"samples":9}`, "to"},
		{`{"type":"drift","samples":9}`, "to"}, {`{"type":"path","points":[],"samples":9}`, "points"},
		{`{"type":"path","points":[[0,1],[2,1]],"samples":9}`, "points"},
		{`{"type":"silence_units","units":[1]}`, "units"}, // of a model without any
		{`{"type":"twin","kind":"double"}`, "kind"}, {`{"type":"twin","kind":"model"}`, "model"}, {`{"type":"view","view":3}`, "view"},
		{`{"type":"view","view":{"a":"` + strings.Repeat("x", maxView) + `"}}`, "view"},
		{`{"type":"scene","seed":-1}`, "seed"}, {`{"type":"scene","speed":1}`, "speed"}, {`{"type":"scene","hold":2}`, "hold"},
		{`{"type":"scene","clamps":{"4":0}}`, "clamps"}, {`{"type":"scene","clamps":{"x":0}}`, "clamps"}, {`{"type":"scene","clamps":{"0":1e9}}`, "clamps"},
		{`{"type":"scene","silenced":[0]}`, "silenced"}, {`{"type":"scene","tau":-3}`, "tau"}, {`{"type":"scene","context":[0.5,0.5]}`, "context"},
		{`{"type":"scene","twin":{}}`, "kind"}, {`{"type":"scene","playing":"yes"}`, "playing"}, {`{"type":"scene","frequencies":[1,2]}`, "frequencies"},
		{`{"type":"scene","sources":"wav"}`, "sources"}, {`{"type":"scene","view":{}}`, "view"},
		{`{"type":"sources","sources":"wav"}`, "sources"}, {`{"type":"sources","sources":"noise"}`, "sources"},
		{`{"type":"sources","sources":"sines","frequencies":[100]}`, "frequencies"}, {`{"type":"sources"}`, "sources"},
		{`{"type":"sources","sources":null,"frequencies":[50,90]}`, "sources"},
	} {
		_, err := ParseCommand([]byte(c.text), spec.Default(spec.Modulation))
		var field spec.FieldError
		if !errors.As(err, &field) || field.Field != c.field || field.Message == "" {
			t.Errorf("%s gave %#v, want a word about %q", c.text, err, c.field)
		}
	}
	if _, err := ParseCommand([]byte(`{"type":"context","a":0,"b":1}`), three); err == nil || !strings.Contains(err.Error(), "next") {
		t.Errorf("a point for three sources gave %v", err)
	}
}

func known(kind string) bool {
	_, ok := commands[kind]
	return ok
}

// Whatever a client sends, it is refused naming a field, or within its bounds.
func FuzzCommand(f *testing.F) {
	for _, s := range []string{`{"type":"play"}`, `{"type":"speed","samples_per_second":20}`, `{"type":"context","a":0.1,"b":0.9}`,
		`{"type":"clamp","signal":1,"value":null}`, `{"type":"sources","sources":"ica","frequencies":[1,2]}`, `{"type":"seed","seed":1e300}`,
		`{"type":"freeze","amount":0.5}`, `{"type":"tau","samples":null}`, `{"type":"silence_units","units":[3,1]}`, `{"type":"swap","on":true}`,
		`{"type":"drift","to":[0.1,0.9],"samples":10}`, `{"type":"path","points":[[0,1],[1,0]],"samples":5}`, `{"type":"twin","kind":"model","model":"a"}`,
		`{"type":"step","to":"context"}`, `{"type":"view","view":{"at":1}}`, wholeScene} {
		f.Add([]byte(s))
	}
	sp := spec.Default(spec.Spatial)
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCommand(b, sp)
		if err != nil {
			if !errors.As(err, new(spec.FieldError)) {
				t.Errorf("%q gave an error without a field: %v", b, err)
			}
			return
		}
		if !known(c.kind) {
			t.Errorf("%q is of the kind %q", b, c.kind)
		}
		if c.signal < 0 || c.signal >= sp.Outputs() || c.samples < 0 || c.samples > maxLeg || c.seed > 1<<53 || c.speed > maxSpeed ||
			c.sd < 0 || c.sd > 10 || c.amount < 0 || c.amount > 1 || len(c.points) > maxLegs || len(c.view) > maxView ||
			len(c.tones.frequencies) > 64 || len(c.units) > sp.Units {
			t.Errorf("%q passed as %+v", b, c)
		}
		for _, p := range c.points {
			if p.check("a", "b") != nil {
				t.Errorf("%q passed with the point %v", b, p)
			}
		}
		if sc := c.scene; c.kind == "scene" && !(sc.Speed >= minSpeed && sc.Speed <= maxSpeed && sc.Noise >= 0 && sc.Noise <= 10 && sc.Hold >= 0 &&
			sc.Hold <= 1 && sc.Tau >= 1 && sc.Tau <= maxTau && sc.Seed <= spec.MaxSeed && len(sc.Silenced) <= sp.Units && len(sc.Clamps) <= sp.Outputs()) {
			t.Errorf("%q passed as the scene %+v", b, sc)
		}
	})
}
