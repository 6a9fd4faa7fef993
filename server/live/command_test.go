package live

import (
	"errors"
	"math"
	"strings"
	"testing"

	"unmixlab/sim/spec"
)

func TestCommands(t *testing.T) {
	sp := spec.Default(spec.Modulation)
	c, err := ParseCommand([]byte(`{"type":"context","a":0.9,"b":0.25}`), sp)
	if err != nil || c.a != 0.9 || c.b != 0.25 {
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
	if err != nil || c.sources != "sines" || len(c.freqs) != 2 {
		t.Errorf("sources: %+v, %v", c, err)
	}
}

func TestBadCommandsNameTheField(t *testing.T) {
	three := spec.Default(spec.Modulation)
	three.Dim, three.Frequencies = 3, spec.DefaultFrequencies("chords", 3)
	for _, c := range []struct{ text, field string }{
		{``, ""}, {`null`, "type"}, {`[]`, ""}, {`{}`, "type"}, {`{"type":7}`, "type"}, {`{"type":null}`, "type"},
		{`{"type":"dance"}`, "type"}, {`{"type":"play"} {}`, ""}, {`{"type":"play","now":true}`, "now"},
		{`{"type":"speed"}`, "samples_per_second"}, {`{"type":"speed","samples_per_second":"fast"}`, "samples_per_second"},
		{`{"type":"speed","samples_per_second":1e9}`, "samples_per_second"}, {`{"type":"speed","samples_per_second":0}`, "samples_per_second"},
		{`{"type":"step","samples":0}`, "samples"}, {`{"type":"step","samples":1.5}`, "samples"}, {`{"type":"step","samples":1e6}`, "samples"},
		{`{"type":"context","a":0.5}`, "b"}, {`{"type":"context","b":0.5}`, "a"}, {`{"type":"context","a":0.5,"b":0.51}`, "b"},
		{`{"type":"context","a":-0.1,"b":0.5}`, "a"}, {`{"type":"noise","sd":-1}`, "sd"}, {`{"type":"noise","sd":11}`, "sd"},
		{`{"type":"seed","seed":-1}`, "seed"}, {`{"type":"seed","seed":0.5}`, "seed"},
		{`{"type":"seed","seed":9007199254740992}`, "seed"}, {`{"type":"seed","seed":9007199254740993}`, "seed"},
		{`{"type":"clamp","signal":4,"value":0}`, "signal"}, {`{"type":"clamp","signal":-1,"value":0}`, "signal"},
		{`{"type":"clamp","signal":0}`, "value"}, {`{"type":"clamp","signal":0,"value":1e30}`, "value"},
		{`{"type":"signals","signals":["s","q"]}`, "signals"}, {`{"type":"signals","signals":["s","s"]}`, "signals"},
		{`{"type":"sources","sources":"wav"}`, "sources"}, {`{"type":"sources","sources":"noise"}`, "sources"},
		{`{"type":"sources","sources":"sines","frequencies":[100]}`, "frequencies"},
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

// Whatever a client sends, it is refused naming a field, or within its bounds.
func FuzzCommand(f *testing.F) {
	for _, s := range []string{`{"type":"play"}`, `{"type":"speed","samples_per_second":500}`, `{"type":"context","a":0.1,"b":0.9}`,
		`{"type":"clamp","signal":1,"value":null}`, `{"type":"sources","sources":"ica","frequencies":[1,2]}`, `{"type":"seed","seed":1e300}`} {
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
		if commands[c.kind] == nil {
			t.Errorf("%q is of the kind %q", b, c.kind)
		}
		if c.signal < 0 || c.signal >= sp.Outputs() || c.samples < 0 || c.samples > maxStep || c.seed > 1<<53 || c.speed > maxSpeed ||
			math.Abs(c.a) > 1 || math.Abs(c.b) > 1 || c.sd < 0 || c.sd > 10 || len(c.freqs) > 64 {
			t.Errorf("%q passed as %+v", b, c)
		}
	})
}
