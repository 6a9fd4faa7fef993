package live

import (
	"context"
	"math"
	"testing"

	"unmixlab/server/hub"
	"unmixlab/server/wire"
	"unmixlab/sim/data"
	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// shown is one group that a session shows.
type shown struct {
	key   string
	group hub.Group
}

// player is a client of a session that runs.
type player struct {
	t        *testing.T
	session  *Session
	commands chan Command
	shows    chan shown
}

// ideal is the closed-form network, with no component of its population.
func ideal(t *testing.T) Guest {
	t.Helper()
	f, err := modelfile.Ideal()
	if err != nil {
		t.Fatal(err)
	}
	return Guest{ID: modelfile.IdealID, Title: f.Provenance.Title, Network: f.Network}
}

// fittedIdeal is the closed-form network with one.
func fittedIdeal(t *testing.T) Guest {
	t.Helper()
	g := ideal(t)
	g.Fit = fitting(g.Network, sources(t, g.Network.Spec))
	return g
}

// untrained is a network with the weights that learning begins with.
func untrained(t *testing.T, name string) Guest {
	t.Helper()
	n, err := model.New(spec.Default(name))
	if err != nil {
		t.Fatal(err)
	}
	return Guest{ID: name, Title: "Untrained " + name, Network: n}
}

func sources(t *testing.T, sp spec.Spec) *data.Sources {
	t.Helper()
	src, err := data.NewSources(sp, nil)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// playIdeal runs a session of the closed-form network until the test ends.
func playIdeal(t *testing.T) *player {
	t.Helper()
	return play(t, ideal(t))
}

// play runs a session until the test ends; it can invite the closed-form network and
// untrained ones.
func play(t *testing.T, g Guest) *player {
	t.Helper()
	return start(t, g, make(chan Command))
}

// start runs a session on a channel of commands.
func start(t *testing.T, g Guest, commands chan Command) *player {
	t.Helper()
	s, err := New(g, sources(t, g.Network.Spec), func(id string) (Guest, error) {
		if id == modelfile.IdealID {
			return ideal(t), nil
		}
		if _, known := spec.VariantNamed(id); known {
			return untrained(t, id), nil
		}
		return Guest{}, modelfile.ErrNotFound
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t, s, commands, make(chan shown)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	t.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		s.Run(ctx, p.commands, func(key string, g hub.Group) {
			select {
			case p.shows <- shown{key, g}:
			case <-ctx.Done():
			}
		})
	}()
	return p
}

// say gives a command and returns the frames shown for it, and the state.
func (p *player) say(text string) (map[string]wire.Block, map[string]any) {
	p.t.Helper()
	c, err := p.session.Parse([]byte(text))
	if err != nil {
		p.t.Fatal(err)
	}
	for given := false; ; {
		var commands chan<- Command
		if !given {
			commands = p.commands
		}
		select {
		case commands <- c: // frames shown before are of an earlier command
			given = true
			return p.answer()
		case <-p.shows:
		}
	}
}

// answer reads what a command is answered with: frames, if any, and the state.
func (p *player) answer() (map[string]wire.Block, map[string]any) {
	p.t.Helper()
	blocks := map[string]wire.Block{}
	for s := range p.shows {
		switch s.key {
		case "frame":
			blocks = p.blocks(s.group)
		case "state":
			return blocks, p.object("state", s.group[0])
		default:
			p.t.Fatalf("the answer is %s", s.group[0].Data)
		}
	}
	return nil, nil
}

// blocks are those of a frame by signal; a twin's have "twin " before it.
func (p *player) blocks(g hub.Group) map[string]wire.Block {
	p.t.Helper()
	list, err := wire.ReadFrame(g[0].Data)
	if err != nil || len(g) != 1 {
		p.t.Fatalf("a frame of %d messages, %v", len(g), err)
	}
	blocks := map[string]wire.Block{}
	for _, b := range list {
		if b.Side == 1 {
			b.Signal = "twin " + b.Signal
		}
		blocks[b.Signal] = b
	}
	return blocks
}

// refused gives a command and reads the field and the words of its refusal.
func (p *player) refused(text string) (field, words string) {
	p.t.Helper()
	c, err := p.session.Parse([]byte(text))
	if err != nil {
		p.t.Fatal(err)
	}
	p.commands <- c
	m := p.object("error", (<-p.shows).group[0])
	return m["field"].(string), m["message"].(string)
}

func (p *player) object(kind string, m hub.Message) map[string]any {
	p.t.Helper()
	got, fields, err := wire.ReadObject(m.Data)
	if err != nil || got != kind {
		p.t.Fatalf("%s, %v, want %s", m.Data, err, kind)
	}
	return fields
}

func TestASessionGreets(t *testing.T) {
	t.Parallel()
	p := playIdeal(t)
	greeting := p.session.Hello()
	hello, state := p.object("hello", greeting[0]), p.object("state", greeting[1])
	widths := hello["widths"].(map[string]any)
	if hello["model"] != "ideal" || widths["s"] != 2.0 || widths["m"] != 100.0 || hello["feedback"] != 4.0 {
		t.Errorf("it begins with %v", hello)
	}
	if state["playing"] != false || state["sample"] != 0.0 || len(state["context"].(map[string]any)["a"].([]any)) != 4 {
		t.Errorf("then comes %v", state)
	}
}

// A step plays the sources through the context that was chosen.
func TestAStepMixesTheSources(t *testing.T) {
	t.Parallel()
	p := playIdeal(t)
	_, state := p.say(`{"type":"context","a":0.9,"b":0.2}`)
	if a := state["context"].(map[string]any)["a"].([]any); a[0] != 0.9 || a[2] != 0.2 {
		t.Errorf("the context became %v", a)
	}
	p.say(`{"type":"noise","sd":0}`)
	p.say(`{"type":"signals","signals":["s","x","y","m","l"]}`)
	got, state := p.say(`{"type":"step","samples":50}`)
	if state["sample"] != 50.0 {
		t.Errorf("after a step the state is %v", state)
	}
	s, x := got["s"], got["x"]
	if len(got) != 5 || s.First != 0 || s.Rows != 50 || s.Columns != 2 || got["m"].Columns != 100 || got["l"].Columns != 4 {
		t.Fatalf("the frames are %v", got)
	}
	for i := range 50 {
		want := 0.9*float64(s.Values[2*i]) + 0.1*float64(s.Values[2*i+1])
		if d := math.Abs(float64(x.Values[2*i]) - want); d > 1e-5 {
			t.Fatalf("stimulus %d is %g off its mixture", i, d)
		}
	}
	p.say(`{"type":"play"}`)
	next := <-p.shows
	if b, err := wire.ReadFrame(next.group[0].Data); err != nil || b[0].First != 50 {
		t.Errorf("playing goes on with %v (%v), want it from sample 50", b, err)
	}
}

func TestASessionIsWhatItsClientMadeIt(t *testing.T) {
	t.Parallel()
	p := playIdeal(t)
	if _, m := p.say(`{"type":"clamp","signal":2,"value":0.5}`); m["clamps"].(map[string]any)["2"] != 0.5 {
		t.Errorf("clamped the state is %v", m)
	}
	if _, m := p.say(`{"type":"clamp","signal":2,"value":null}`); len(m["clamps"].(map[string]any)) != 0 {
		t.Errorf("let go the state is %v", m)
	}
	p.say(`{"type":"clamp","signal":1,"value":-1}`)
	if _, m := p.say(`{"type":"freeze"}`); m["frozen"] != true {
		t.Errorf("frozen the state is %v", m)
	}
	if _, m := p.say(`{"type":"sources","sources":"sines","frequencies":[50,90]}`); m["sources"] != "sines" || m["frequencies"].([]any)[1] != 90.0 {
		t.Errorf("with other sources the state is %v", m)
	}
	sp := p.session.guest.Network.Spec
	if _, m := p.say(`{"type":"sources","sources":null}`); m["sources"] != sp.Sources || m["frequencies"].([]any)[1] != sp.Frequencies[1] {
		t.Errorf("with its own sources again the state is %v", m)
	}
	p.say(`{"type":"freeze"}`)
	p.say(`{"type":"step","samples":10}`)
	if _, m := p.say(`{"type":"reset"}`); m["sample"] != 0.0 || m["frozen"] != false || len(m["clamps"].(map[string]any)) != 0 {
		t.Errorf("reset the state is %v", m)
	}
}

// A population is seen along its first principal component: whitened over contexts,
// so that it has a size of about one.
func TestAPopulationIsSeenAlongItsFirstComponent(t *testing.T) {
	t.Parallel()
	p := play(t, fittedIdeal(t))
	p.say(`{"type":"signals","signals":["z","pc1"]}`)
	var blocks map[string]wire.Block
	for len(blocks) < 2 { // the component takes its time
		blocks, _ = p.say(`{"type":"step","samples":400}`)
	}
	z, pc1 := blocks["z"], blocks["pc1"]
	if pc1.First != z.First || pc1.Rows != z.Rows || pc1.Columns != 1 || z.Columns != 100 {
		t.Fatalf("z has %d samples from %d on, pc1 %d × %d from %d", z.Rows, z.First, pc1.Rows, pc1.Columns, pc1.First)
	}
	var size float64
	for _, v := range pc1.Values {
		size += float64(v*v) / float64(pc1.Rows)
	}
	if !(size > 0.05 && size < 20) {
		t.Errorf("the component's mean square is %g", size)
	}
}
