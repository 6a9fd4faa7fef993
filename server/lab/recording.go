package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"time"

	"unmixlab/sim/data"
	"unmixlab/sim/experiment"
	"unmixlab/sim/model"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/record"
	"unmixlab/sim/spec"
	"unmixlab/web/figure"
)

// Recorder records what a model does in a protocol, sample by sample. NewRecorder has
// checked it: nothing but the context that it is played in can end it early.
type Recorder struct {
	model    string
	file     *modelfile.File
	sources  *data.Sources
	protocol record.Protocol
	signals  []string // that are wanted
}

// Bounds of a recording.
const (
	maxRecordedSamples = 400_000
	maxRecordedBytes   = 128 << 20
	maxPhases          = 10_000
	maxContextEntry    = 1000            // |A|
	recordingTime      = 2 * time.Minute // on a lab that others use
	recordingsAtOnce   = 2
)

// Protocol is a protocol as a file or a request has it: JSON. Contexts is for phases that
// all last as long; Phases says each by itself.
type Protocol struct {
	Seed     *uint64         `json:"seed,omitempty" doc:"decides the noise; 1 unless given"`
	Noise    *float64        `json:"noise,omitempty" doc:"sd of the noise on each stimulus; the model's own unless given"`
	First    int             `json:"first_sample,omitempty" doc:"of the sources, with which it begins"`
	Contexts [][][]float64   `json:"contexts,omitempty" doc:"mixing matrices A, row by row: x = A s"`
	Samples  int             `json:"samples,omitempty" doc:"of each of the contexts; 1000 unless given"`
	Freeze   int             `json:"freeze,omitempty" doc:"samples at the begin of each of the contexts but the first in which feedback is frozen"`
	Phases   []ProtocolPhase `json:"phases,omitempty" doc:"in place of contexts, samples and freeze"`
	Signals  []string        `json:"signals,omitempty" doc:"that are wanted; all unless given"`
}

// ProtocolPhase is a stretch of one context.
type ProtocolPhase struct {
	Context [][]float64 `json:"context" doc:"mixing matrix A, row by row: x = A s"`
	Samples int         `json:"samples"`
	Frozen  bool        `json:"frozen,omitempty" doc:"whether feedback is held as it was"`
}

// ReadProtocol reads one as JSON; fields that there are not are refused by name.
func ReadProtocol(r io.Reader) (p Protocol, err error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return p, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return p, spec.FieldError{Field: "", Message: "the protocol is no JSON as it has to be: " + err.Error()}
	}
	if dec.More() {
		return p, spec.FieldError{Field: "", Message: "the protocol is followed by something else"}
	}
	return p, nil
}

// NewRecorder is a recorder for a protocol. Wrong fields are named in the error.
func NewRecorder(name string, f *modelfile.File, src *data.Sources, p Protocol) (*Recorder, error) {
	r := &Recorder{model: name, file: f, sources: src, signals: p.Signals}
	phases, err := p.phases(f.Network.Spec.Dim)
	if err != nil {
		return nil, err
	}
	r.protocol = record.Protocol{Phases: phases, FirstSample: p.First, Noise: f.Network.Spec.Noise, Seed: experiment.UsualSeed, Hidden: true}
	if p.Noise != nil {
		r.protocol.Noise = *p.Noise
	}
	if p.Seed != nil {
		r.protocol.Seed = *p.Seed
	}
	return r, r.check()
}

// NewTestRecorder is a recorder for the test run that figures make of the same
// parameters, with feedback frozen where the query says freeze.
func NewTestRecorder(name string, f *modelfile.File, src *data.Sources, query url.Values) (*Recorder, error) {
	if errs := figure.Recorded.Check(query); len(errs) > 0 {
		return nil, errs
	}
	request, err := figure.NewRequest(name, f, src, query)
	if err != nil {
		return nil, err
	}
	contexts, err := request.TestContexts()
	if err != nil {
		return nil, err
	}
	frozen, err := request.Frozen()
	if err != nil {
		return nil, err
	}
	r := &Recorder{model: name, file: f, sources: src, protocol: record.FreezeTest(contexts, request.Samples, 1, frozen)}
	r.protocol.Noise, r.protocol.Seed, r.protocol.Hidden = request.Noise, request.Seed, true
	return r, r.check()
}

// phases are those of a protocol on a network of S sources.
func (p Protocol) phases(sources int) ([]record.Phase, error) {
	switch {
	case len(p.Phases) > 0 && (len(p.Contexts) > 0 || p.Samples != 0 || p.Freeze != 0):
		return nil, spec.FieldError{Field: "phases", Message: "are given beside contexts, samples or freeze: give the one or the others"}
	case len(p.Phases) == 0 && len(p.Contexts) == 0:
		return nil, spec.FieldError{Field: "contexts", Message: "are missing: give one mixing matrix or more, such as [[[0.8, 0.2], [0.5, 0.5]]]"}
	case p.Samples < 0 || p.Freeze < 0:
		return nil, spec.FieldError{Field: "samples", Message: "and freeze must not be negative"}
	case max(len(p.Phases), 2*len(p.Contexts)) > maxPhases:
		return nil, spec.FieldError{Field: "contexts", Message: fmt.Sprintf("are too many: at most %d phases are played", maxPhases)}
	}
	var phases []record.Phase
	for i, ph := range p.Phases {
		c, err := contextOf(fmt.Sprintf("phases[%d].context", i), ph.Context, sources)
		if err != nil {
			return nil, err
		}
		if ph.Samples < 1 || ph.Samples > maxRecordedSamples {
			return nil, spec.FieldError{Field: fmt.Sprintf("phases[%d].samples", i), Message: fmt.Sprintf("is %d, must be from 1 to %d", ph.Samples, maxRecordedSamples)}
		}
		phases = append(phases, record.Phase{Context: c, Samples: ph.Samples, Frozen: ph.Frozen})
	}
	if len(phases) > 0 {
		return phases, nil
	}
	var contexts []data.Context
	for i, a := range p.Contexts {
		c, err := contextOf(fmt.Sprintf("contexts[%d]", i), a, sources)
		if err != nil {
			return nil, err
		}
		contexts = append(contexts, c)
	}
	samples := p.Samples
	if samples == 0 {
		samples = experiment.PaperSamples
	}
	if samples > maxRecordedSamples {
		return nil, spec.FieldError{Field: "samples", Message: fmt.Sprintf("is %d, must be from 1 to %d", samples, maxRecordedSamples)}
	}
	return record.FreezeTest(contexts, samples, 1, p.Freeze).Phases, nil
}

// contextOf is a matrix (S,S) as a context.
func contextOf(field string, rows [][]float64, sources int) (data.Context, error) {
	c := data.Context{Stimuli: sources, Sources: sources}
	for _, row := range rows {
		if len(row) == sources {
			c.A = append(c.A, row...)
		}
	}
	if len(rows) != sources || len(c.A) != sources*sources {
		return c, spec.FieldError{Field: field, Message: fmt.Sprintf("must be %d rows of %d numbers: the model separates %d sources", sources, sources, sources)}
	}
	for _, v := range c.A {
		if math.IsNaN(v) || math.Abs(v) > maxContextEntry {
			return c, spec.FieldError{Field: field, Message: fmt.Sprintf("holds %v, must be numbers from %d to %d", v, -maxContextEntry, maxContextEntry)}
		}
	}
	return c, nil
}

// check bounds noise, seed, length and size, and the names of signals.
func (r *Recorder) check() error {
	var errs spec.Errors
	bad := func(field, format string, args ...any) {
		errs = append(errs, spec.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	p := r.protocol
	if !(p.Noise >= 0 && p.Noise <= 10) {
		bad("noise", "is %v, must be from 0 to 10", p.Noise)
	}
	if p.Seed > spec.MaxSeed {
		bad("seed", "is %d, must be from 0 to %d", p.Seed, uint64(spec.MaxSeed))
	}
	if p.FirstSample < 0 || p.FirstSample > 1<<40 {
		bad("first_sample", "is %d, must be from 0 to %d", p.FirstSample, 1<<40)
	}
	samples := 0
	for _, ph := range p.Phases {
		samples += ph.Samples // at most maxPhases times maxRecordedSamples
	}
	names, width := r.all()
	switch most := min(maxRecordedSamples, maxRecordedBytes/4/width); {
	case samples > most:
		bad("samples", "of all contexts are %d, at most %d of this model are recorded at once (%d MB): fewer or shorter contexts", samples, most, maxRecordedBytes>>20)
	}
	for _, name := range r.signals {
		if !slices.Contains(names, name) {
			bad("signals", "has %q, must be some of %v", name, names)
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// all names the signals that there are, and gives how many numbers a sample of all has.
func (r *Recorder) all() (names []string, width int) {
	sp := r.file.Network.Spec
	names, width = []string{"s", "x", "y"}, 3*sp.Dim
	if sp.Trainable() {
		names, width = append(names, "h"), width+sp.Hidden
	}
	group := r.file.Network.NewGroup(1)
	for _, name := range model.Signals(sp) {
		names, width = append(names, name), width+len(group.Rows(name, 0))
	}
	return names, width
}

// Play plays the protocol.
func (r *Recorder) Play(ctx context.Context) (*record.Recording, error) {
	return record.Play(ctx, r.file.Network, r.sources, r.protocol)
}

// errRecordingTime is for those whose recording took too long.
var errRecordingTime = refuse(Busy, "", "The recording took more than %v: ask for fewer samples, or make it with unmixlab record.", recordingTime)

// Record records a model: which makes the recorder once the model is found, and begin is
// called before the first byte is written. Others' recordings may have to be waited for.
func (l *Lab) Record(ctx context.Context, id string, which func(*modelfile.File, *data.Sources) (*Recorder, error), begin func() io.Writer) error {
	f, src, err := l.OpenModel(ctx, id)
	if err != nil {
		return err
	}
	r, err := which(f, src)
	if err != nil {
		return err
	}
	if err := l.recordings.take(ctx, clientOf(ctx)); err != nil {
		return err
	}
	defer l.recordings.done()
	playing, cancel := context.WithTimeoutCause(ctx, recordingTime, errRecordingTime)
	defer cancel()
	rec, err := r.Play(playing)
	if err != nil && errors.Is(context.Cause(playing), errRecordingTime) {
		return errRecordingTime
	}
	if err != nil {
		return err
	}
	return r.WriteNPZ(begin(), rec)
}
