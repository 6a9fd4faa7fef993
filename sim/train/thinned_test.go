package train

import "testing"

func TestThinnedLosses(t *testing.T) {
	t.Parallel()
	if got := Thinned([]float64{3, 2}, 10); len(got) != 2 || got[0] != [2]float64{1, 3} || got[1] != [2]float64{2, 2} {
		t.Errorf("a short curve became %v", got)
	}
	losses := make([]float64, 1003)
	for i := range losses {
		losses[i] = float64(i + 1)
	}
	got := Thinned(losses, 10)
	if len(got) != 10 || got[9][0] != 1003 || got[0][1] != 50.5 || got[0][0] != 100 {
		t.Errorf("a long one became %v", got)
	}
	if got := Thinned(nil, 10); got == nil || len(got) != 0 {
		t.Errorf("none became %v", got)
	}
}
