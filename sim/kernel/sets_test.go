package kernel

import (
	"reflect"
	"strings"
	"testing"
)

// calls runs every public loop once.
var calls = map[string]func(s func(n int) []float32){
	"mul":      func(s func(int) []float32) { NewPanel(2, 3, Lanes).Mul(s(32), s(48)) },
	"mulAdd":   func(s func(int) []float32) { NewPanel(2, 3, Lanes).MulAdd(s(32), s(48)) },
	"apply":    func(s func(int) []float32) { NewPanel(2, 3, 1).Mul(s(2), s(3)) },
	"applyAdd": func(s func(int) []float32) { NewPanel(2, 3, 1).MulAdd(s(2), s(3)) },
	"lstm":     func(s func(int) []float32) { NewLSTM(1, 2, Lanes).Step(s(16), s(16), s(32)) },
	"lstmTape": func(s func(int) []float32) { NewLSTM(1, 2, Lanes).StepTape(s(16), s(16), s(96), s(32)) },
	"cell":     func(s func(int) []float32) { active.cell(s(2), s(2), s(8)) },
	"cellTape": func(s func(int) []float32) { active.cellTape(s(2), s(2), s(12), s(8)) },
	"cellBack": func(s func(int) []float32) { CellBack(s(8), s(2), s(2), s(12)) },
	"outer":    func(s func(int) []float32) { NewOuter(1, 1, 1).Add(s(1), 1, s(16), 16, s(16), 16, 1) },
	"times":    func(s func(int) []float32) { Times(s(2), s(2), s(2)) },
	"timesAdd": func(s func(int) []float32) { TimesAdd(s(2), s(2), s(2)) },
	"add":      func(s func(int) []float32) { Add(s(2), s(2)) },
	"scaleAdd": func(s func(int) []float32) { ScaleAdd(s(2), 1, s(2)) },
	"leak":     func(s func(int) []float32) { Leak(s(2), s(2), s(2), 1) },
	"relu":     func(s func(int) []float32) { Relu(s(2), s(2)) },
	"reluBack": func(s func(int) []float32) { ReluBack(s(2), s(2)) },
	"sigmoid":  func(s func(int) []float32) { Sigmoid(s(2), s(2)) },
	"smoothL1": func(s func(int) []float32) { SmoothL1(s(2), s(2), 1, 1) },
	"adam":     func(s func(int) []float32) { Adam(s(2), s(2), s(2), s(2), AdamStep{Bias1: 1, Bias2: 1}) },
	"norm":     func(s func(int) []float32) { Norm(s(2)) },
	"peak":     func(func(int) []float32) { active.measure() },
}

// loops walks the functions of a set by name; only some keep an LSTM's gates in
// registers.
func loops(s *set, visit func(name string, f reflect.Value)) {
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if f := v.Field(i); f.Kind() == reflect.Func && (s.cells > 0 || !strings.HasPrefix(name, "lstm")) {
			visit(name, f)
		}
	}
}

// TestChosenLoopRuns checks that every public function runs the loop of the
// implementation in use: taken out of the set, its call fails.
func TestChosenLoopRuns(t *testing.T) {
	before := active
	defer func() { active = before }()
	zeros := func(n int) []float32 { return make([]float32, n) }
	for _, chosen := range sets {
		loops(chosen, func(name string, _ reflect.Value) {
			call, known := calls[name]
			if !known {
				t.Fatalf("loop %s: this test has no call of it", name)
			}
			active = chosen
			call(zeros)
			active = without(chosen, name)
			if !panics(func() { call(zeros) }) {
				t.Errorf("%s: %s ran another loop than the set's", chosen.name, name)
			}
		})
	}
}

// without returns a copy of a set that lacks one loop.
func without(s *set, loop string) *set {
	c := *s
	f := reflect.ValueOf(&c).Elem().FieldByName(loop)
	reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem().SetZero()
	return &c
}

// TestSetsShareNothing checks that no set passes off another's loop as its own.
func TestSetsShareNothing(t *testing.T) {
	owner := map[uintptr]string{}
	for _, s := range sets {
		loops(s, func(name string, f reflect.Value) {
			if f.IsNil() {
				t.Errorf("%s lacks %s", s.name, name)
				return
			}
			if other, taken := owner[f.Pointer()]; taken {
				t.Errorf("%s of %s is that of %s", name, s.name, other)
			}
			owner[f.Pointer()] = s.name + " " + name
		})
	}
}
