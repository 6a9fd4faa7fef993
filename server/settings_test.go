package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unmixlab/server/store"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// tinyTraining takes a moment.
func tinyTraining(out string, more ...string) []string {
	return append([]string{"train", "--kernel", "generic", "--hidden", "4", "--steps", "20", "--batch", "2", "--batches", "1", "--out", out}, more...)
}

func TestFlagsGivenAgainCollect(t *testing.T) {
	for _, c := range []struct {
		args []string
		ok   func(spec.Spec) bool
	}{
		{[]string{"--model", "dale", "--learn", "baseline", "--learn", "readout"},
			func(s spec.Spec) bool { return slices.Equal(s.Learn, []string{"baseline", "readout"}) }},
		{[]string{"--model", "dale", "--learn", "baseline,wx", "--learn", "readout"},
			func(s spec.Spec) bool { return slices.Equal(s.Learn, []string{"baseline", "wx", "readout"}) }},
		{[]string{"--model", "dale", "--learn="}, func(s spec.Spec) bool { return len(s.Learn) == 0 }},
		{[]string{"--frequencies", "100", "--frequencies", "120", "--frequencies", "140.5; 180"},
			func(s spec.Spec) bool { return slices.Equal(s.Frequencies, []float64{100, 120, 140.5, 180}) }},
		{[]string{"--frequencies", "90,110,130,170"}, func(s spec.Spec) bool { return s.Frequencies[3] == 170 }},
		{[]string{"--seed", "9007199254740991"}, func(s spec.Spec) bool { return s.Seed == spec.MaxSeed }},
		{[]string{"--additive", "--tau=2.5"}, func(s spec.Spec) bool { return s.Additive && s.Tau == 2.5 }},
	} {
		out := filepath.Join(t.TempDir(), "x.safetensors")
		if _, err := unmixlab(t, tinyTraining(out, c.args...)...); err != nil {
			t.Errorf("%v: %v", c.args, err)
		} else if sp := modelFile(t, out).Network.Spec; !c.ok(sp) {
			t.Errorf("%v became %+v", c.args, sp)
		}
	}
}

// What is given twice where once is taken, or cannot be read for certain, is refused
// as a command line that cannot be.
func TestUncertainFlagsAreRefused(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.safetensors")
	figure := []string{"figure", "fig3", "--model", "ideal-spatial", "--out", out + ".json"}
	for _, c := range []struct {
		args []string
		word string
	}{
		{tinyTraining(out, "--tau", "1", "--tau", "2"), "tau is given 2 times"},
		{tinyTraining(out, "--out", out+"2"), "--out is given twice"},
		{tinyTraining(out, "--kernel", "avx2"), "--kernel is given twice"},
		{tinyTraining(out, "--additive", "--additive"), "--additive is given twice"},
		{tinyTraining(out, "--frequencies", "100,5; 200,25"), "100.5 or 100; 5"},
		{tinyTraining(out, "--lr", "0,001"), "write 0.001"},
		{tinyTraining(out, "--seed", "9007199254740993"), "must be from 0 to 9007199254740991"},
		{tinyTraining(out, "--tau="), "tau is empty"},
		{tinyTraining(out, "--wav", "a,b"), "--sources wav"},
		{tinyTraining(out, "--tau", "slow", "--lr", "0,1", "--noise", "99"), "; noise is 99"},
		{append(figure, "--set", "repetitions=3", "--set", "repetitions=4"), "no parameter of fig3"},
		{append(figure, "--set", "seed=3", "--seed", "4"), "seed is given twice"},
		{append(figure, "--seed", "3", "--seed", "4"), "--seed is given twice"},
		{append(figure, "--set", "noise"), "NAME=VALUE"},
		{append(figure, "--noise", "0,001"), "write 0.001"},
		{append(figure, "--seed", "9007199254740993"), "9007199254740991"},
		{[]string{"export", "ideal-spatial", "--out", filepath.Dir(out)}, "is a folder"},
		{[]string{"dance"}, "dance"},
	} {
		said, err := unmixlab(t, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.word) || exitCode(err) != exitUsage {
			t.Errorf("%v ended with %d, %v; want a word about %q (%s)", c.args, exitCode(err), err, c.word, said)
		}
		if _, err := os.Stat(out); err == nil {
			t.Fatalf("%v made a file", c.args)
		}
	}
}

func TestSettingsOfAFileAreReadForCertain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.json")
	os.WriteFile(file, []byte(`{"model":"modulation","tau":1,"tau":2,"seed":9007199254740993}`), 0o600)
	_, err := unmixlab(t, "train", "--spec", file)
	if err == nil || !strings.Contains(err.Error(), "tau is given twice") || !strings.Contains(err.Error(), "seed is 9007199254740993") {
		t.Errorf("a file with two values and a seed past its limit gave %v", err)
	}
}

// A file that cannot be is a failure rather than a wrong command line.
func TestASeedPastItsLimitIsNotImported(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.safetensors")
	if _, err := unmixlab(t, "export", "ideal-spatial", "--out", out); err != nil {
		t.Fatal(err)
	}
	for _, seed := range []string{"9007199254740992", "9007199254740993", "18446744073709551615"} {
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		bad := filepath.Join(t.TempDir(), "bad.safetensors")
		if err := os.WriteFile(bad, withSeed(t, b, seed), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := unmixlab(t, "import", bad, "--out", bad+"2"); exitCode(err) != exitFailed || !strings.Contains(err.Error(), "9007199254740991") {
			t.Errorf("seed %s: %v", seed, err)
		}
	}
}

// withSeed is a model's file with another seed in its settings.
func withSeed(t *testing.T, b []byte, seed string) []byte {
	t.Helper()
	tensors, meta, err := modelfile.ReadTensors(b)
	if err != nil {
		t.Fatal(err)
	}
	meta["spec"] = strings.Replace(meta["spec"], `"seed":1`, `"seed":`+seed, 1)
	var changed bytes.Buffer
	if err := modelfile.WriteTensors(&changed, tensors, meta); err != nil {
		t.Fatal(err)
	}
	return changed.Bytes()
}

// A model that is there already, trained as asked, is no failure; another one is.
func TestTrainedAlreadyIsDone(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.safetensors")
	if _, err := unmixlab(t, tinyTraining(out)...); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(out)
	if said, err := unmixlab(t, tinyTraining(out)...); err != nil || !strings.Contains(said, "nothing is to do") {
		t.Errorf("again: %v, %s", err, said)
	}
	if _, err := unmixlab(t, tinyTraining(out, "--tau", "3")...); exitCode(err) != exitFailed {
		t.Errorf("with other settings: %v", err)
	}
	if after, _ := os.ReadFile(out); string(after) != string(before) {
		t.Error("the file has changed")
	}
}

// wavFile is a tone at 8 kHz, 16 bit, one channel.
func wavFile(t *testing.T, path string, hz float64) {
	t.Helper()
	const n = 8000
	b := append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00"), 1, 0, 1, 0)
	b = binary.LittleEndian.AppendUint32(b, 8000)
	b = binary.LittleEndian.AppendUint32(b, 16000)
	b = append(b, 2, 0, 16, 0, 'd', 'a', 't', 'a')
	b = binary.LittleEndian.AppendUint32(b, 2*n)
	for i := range n {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(20000*math.Sin(2*math.Pi*hz*float64(i)/8000))))
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Sounds are WAV files by their paths, commas in them or not, or uploaded ones by
// their ids; both ways give the same network, whose figures need the same sounds.
func TestTrainingOnSounds(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.wav"), filepath.Join(dir, "b, again.wav")
	wavFile(t, a, 200)
	wavFile(t, b, 330)
	byPath := filepath.Join(dir, "path.safetensors")
	if _, err := unmixlab(t, tinyTraining(byPath, "--sources", "wav", "--wav", a, "--wav", b)...); err != nil {
		t.Fatal(err)
	}
	sp := modelFile(t, byPath).Network.Spec
	home := filepath.Join(dir, "home")
	upload(t, home, a, b)
	byID := filepath.Join(dir, "id.safetensors")
	if _, err := unmixlab(t, tinyTraining(byID, "--sources", "wav", "--wav", strings.Join(sp.WAV, ","), "--data", home)...); err != nil {
		t.Fatal(err)
	}
	if x, y := modelFile(t, byPath).Network.Params.Flat, modelFile(t, byID).Network.Params.Flat; !slices.Equal(x, y) {
		t.Error("paths and ids give different networks")
	}
	figure := []string{"figure", "fig1", "--model", byPath, "--contexts", "4", "--samples", "200"}
	if _, err := unmixlab(t, append(figure, "--wav", a, "--wav", b, "--data", dir, "--out", filepath.Join(dir, "1.json"))...); err != nil {
		t.Errorf("a figure with the files: %v", err)
	}
	if _, err := unmixlab(t, append(figure, "--data", home, "--out", filepath.Join(dir, "2.json"))...); err != nil {
		t.Errorf("a figure with the data folder: %v", err)
	}
	if _, err := unmixlab(t, append(figure, "--data", dir, "--out", filepath.Join(dir, "3.json"))...); err == nil || !strings.Contains(err.Error(), "--wav") {
		t.Errorf("a figure without its sounds: %v", err)
	}
	for _, bad := range []string{"none.wav," + a, "../../x," + a} {
		_, err := unmixlab(t, tinyTraining(byPath+"2", "--sources", "wav", "--wav", bad, "--data", home)...)
		if err == nil || !strings.Contains(err.Error(), "no sound of this id") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// upload keeps WAV files in a data folder, as a lab does.
func upload(t *testing.T, dir string, paths ...string) {
	t.Helper()
	var sounds shelf
	ids, err := sounds.take(paths)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "sounds"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if err := os.WriteFile(filepath.Join(dir, "sounds", id+".f32"), store.SoundBytes(sounds.files[id]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A shipped model needs nothing of the home; one of the user's says what is missing.
func TestShippedModelsNeedNoHome(t *testing.T) {
	for _, home := range []string{"/dev/null/home", ""} {
		t.Setenv("HOME", home)
		t.Setenv("XDG_DATA_HOME", "")
		t.Setenv("XDG_CONFIG_HOME", "")
		dir := t.TempDir()
		for _, args := range [][]string{
			{"export", "spatial-sines", "--out", filepath.Join(dir, "x.safetensors")},
			{"figure", "fig3", "--model", "spatial-sines", "--contexts", "4", "--samples", "200", "--out", filepath.Join(dir, "x.json")},
			{"figure", "fig3", "--model", filepath.Join(dir, "x.safetensors"), "--contexts", "4", "--samples", "200", "--out", filepath.Join(dir, "y.json")},
			{"import", filepath.Join(dir, "x.safetensors"), "--out", filepath.Join(dir, "z.safetensors")},
			tinyTraining(filepath.Join(dir, "t.safetensors")),
		} {
			if said, err := unmixlab(t, args...); err != nil {
				t.Errorf("HOME=%q, %v: %v (%s)", home, args, err, said)
			}
		}
		if _, err := unmixlab(t, "export", "mine"); err == nil || !strings.Contains(err.Error(), `"mine"`) {
			t.Errorf("HOME=%q: a model of the user's gave %v", home, err)
		}
	}
	if _, err := unmixlab(t, "export", "mine", "--data", t.TempDir()); !errors.Is(err, os.ErrNotExist) && !strings.Contains(err.Error(), "no folder") {
		t.Errorf("an empty data folder: %v", err)
	}
}
