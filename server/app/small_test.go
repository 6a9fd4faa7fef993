package app

import (
	"math"
	"strings"
	"testing"

	"unmixlab/sim/kernel"
	"unmixlab/sim/spec"
)

func TestFileNamesAreCleaned(t *testing.T) {
	for name, want := range map[string]string{
		"bell.wav": "bell.wav", `C:\sounds\bell.wav`: "bell.wav", "../../etc/passwd": "passwd", "": "sound", "/": "sound", "..": "sound",
		"a\x00b\nc.wav": "abc.wav", "\xff\xfeö.wav": "ö.wav", strings.Repeat("é", 100): strings.Repeat("é", 80),
	} {
		if got := cleanName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

func TestThinnedLosses(t *testing.T) {
	if got := thinned([]float64{3, 2}, 10); len(got) != 2 || got[0] != [2]float64{1, 3} || got[1] != [2]float64{2, 2} {
		t.Errorf("a short curve became %v", got)
	}
	losses := make([]float64, 1003)
	for i := range losses {
		losses[i] = float64(i + 1)
	}
	got := thinned(losses, 10)
	if len(got) != 10 || got[9][0] != 1003 || got[0][1] != 50.5 || got[0][0] != 100 {
		t.Errorf("a long one became %v", got)
	}
	if got := thinned(nil, 10); got == nil || len(got) != 0 {
		t.Errorf("none became %v", got)
	}
}

// The published network's batch has 8.01 GFLOP, counted by hand.
func TestOperationsOfThePublishedBatch(t *testing.T) {
	if got := operations(spec.Default(spec.Modulation)); math.Abs(got-8.01e9) > 0.3e9 {
		t.Errorf("%g operations, want about 8.01e9", got)
	}
}

func TestTheEstimateLearnsFromRuns(t *testing.T) {
	l := boot(t, Config{})
	before, err := l.SecondsPerBatch(t.Context(), spec.Default(spec.Modulation))
	if want := operations(spec.Default(spec.Modulation)); err != nil || before < want/coreRates["generic"]/1000 || before > want/coreRates["generic"] {
		t.Errorf("without runs it is %g s with %s, %v", before, kernel.Name(), err)
	}
	finished(t, l.await(l.start(tiny(6)).ID))
	if again, _ := l.SecondsPerBatch(t.Context(), spec.Default(spec.Modulation)); again != before {
		t.Errorf("a tiny run changed it to %g", again)
	}
}

func TestLoopbackHosts(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "127.0.0.1:8080": true, "[::1]:8080": true, "[::1]": true, "127.8.8.8": true,
		"evil.example": false, "localhost.evil.example": false, "127.0.0.1.evil.example:80": false, "": false, "0.0.0.0:80": false, "10.0.0.1": false,
	} {
		if got := loopback(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}
