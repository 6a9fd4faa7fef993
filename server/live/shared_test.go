package live

import (
	"errors"
	"testing"

	"unmixlab/server/hub"
	"unmixlab/server/wire"
)

// Frames of one moment are shown together, up to a size; a viewer who comes late gets
// the newest of each kind.
func TestWhatAStageKeeps(t *testing.T) {
	t.Parallel()
	s := NewStages()
	st := s.Raise("m", wire.Hello(struct{}{}))
	block := func(first, rows int) hub.Group {
		return hub.Group{wire.Frame([]wire.Block{{Signal: "s", First: first, Rows: rows, Columns: 1, Values: make([]float32, rows)}})}
	}
	see := func() (firsts []int) {
		shown := st.shown.Subscribe("")
		defer shown.Close()
		g, err := shown.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := wire.ReadFrame(g[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocks {
			firsts = append(firsts, b.First)
		}
		return firsts
	}
	st.Take("frame", block(0, 3))
	st.Take("frame", block(3, 2))
	st.flush()
	if got := see(); len(got) != 2 || got[1] != 3 {
		t.Errorf("of two frames came those from %v on", got)
	}
	for i := range 100 { // far more than is kept
		st.Take("frame", block(i, stageFrame/20))
	}
	st.flush()
	if got := see(); got[len(got)-1] != 99 || len(got) > 5 {
		t.Errorf("of a hundred large frames %d are kept, up to that from %d on", len(got), got[len(got)-1])
	}
	shown := st.shown.Subscribe("")
	defer shown.Close()
	if _, err := shown.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	st.Take("error", hub.Group{wire.Ended("what concerns the presenter alone")})
	s.Strike(st, "over")
	if g, err := shown.Next(t.Context()); err != nil || string(g[0].Data) != string(wire.Ended("over").Data) {
		t.Errorf("at the end it shows %v, %v", g, err)
	}
	if _, err := shown.Next(t.Context()); !errors.Is(err, hub.ErrClosed) || s.Find(st.ID) != nil {
		t.Errorf("a stage that was struck gives %v", err)
	}
}
