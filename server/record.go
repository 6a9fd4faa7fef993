package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"

	"unmixlab/server/lab"
	"unmixlab/sim/data"
	"unmixlab/sim/modelfile"
	"unmixlab/sim/npy"
	"unmixlab/sim/spec"
)

// recordCommand records what a model does, sample by sample.
type recordCommand struct {
	Model    string   `arg:"" help:"The model's id, or a .safetensors or .pt file; - is standard input."`
	Contexts string   `help:"So many contexts as figures draw them from the seed, or a .npy file of matrices (C,S,S)." default:"20" placeholder:"N|FILE"`
	Samples  *string  `help:"Samples per context (default: 1000)." placeholder:"INT"`
	Noise    *string  `help:"Sd of the noise on each stimulus (default: the model's own)." placeholder:"FLOAT"`
	Freeze   *string  `help:"So many samples of every context but the first have feedback frozen." placeholder:"INT"`
	Seed     *string  `help:"Decides contexts and noise (default: 1)." placeholder:"INT"`
	Protocol string   `help:"A file with contexts, phases and all else as JSON, in place of these." type:"existingfile" placeholder:"FILE"`
	Out      string   `help:"Where to: an .npz file, or - for standard output (default: MODEL-recording.npz)." type:"path" placeholder:"FILE"`
	Wav      []string `help:"WAV files that a model of sounds was trained on, where the data folder has not got them." sep:"none" placeholder:"FILE"`
	Data     string   `help:"Folder for runs, models and sounds (default: the user's data folder)." type:"path" placeholder:"DIR"`
}

// maxMatrices bounds the numbers in a file of matrices.
const maxMatrices = 1 << 20

// Run records and writes, but not over another file.
func (c recordCommand) Run(ctx context.Context, t terminal) error {
	name, f, err := figureCommand{Data: c.Data}.open(c.Model)
	if err != nil {
		return err
	}
	if c.Out == "" {
		c.Out = name + "-recording.npz"
	}
	out, err := t.place(c.Out)
	if err != nil {
		return err
	}
	_, src, err := heard(f, c.Data, c.Wav)
	if err != nil {
		return err
	}
	r, err := c.recorder(name, f, src)
	if err != nil {
		return usageError{inLines(err)}
	}
	rec, err := r.Play(ctx)
	if err != nil {
		return err
	}
	return out.write(func(w io.Writer) error { return r.WriteNPZ(w, rec) })
}

// recorder is what the flags ask for: a protocol's file, matrices in a file, or the test
// run of figures.
func (c recordCommand) recorder(name string, f *modelfile.File, src *data.Sources) (*lab.Recorder, error) {
	query := url.Values{}
	for flag, v := range map[string]*string{"seed": c.Seed, "samples": c.Samples, "noise": c.Noise, "freeze": c.Freeze} {
		if v != nil {
			query.Set(flag, *v)
		}
	}
	if c.Protocol != "" {
		if len(query) > 0 || c.Contexts != "20" {
			return nil, errors.New("--protocol says all: leave --contexts, --samples, --noise, --freeze and --seed out")
		}
		file, err := os.Open(c.Protocol)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		p, err := lab.ReadProtocol(file)
		if err != nil {
			return nil, err
		}
		return lab.NewRecorder(name, f, src, p)
	}
	if _, err := strconv.Atoi(c.Contexts); err == nil {
		query.Set("contexts", c.Contexts)
		return lab.NewTestRecorder(name, f, src, query)
	}
	p, err := protocolOf(query)
	if err != nil {
		return nil, err
	}
	if p.Contexts, err = readMatrices(c.Contexts); err != nil {
		return nil, fmt.Errorf("--contexts %s: %w", c.Contexts, err)
	}
	return lab.NewRecorder(name, f, src, p)
}

// protocolOf reads the flags that a protocol has.
func protocolOf(flags url.Values) (p lab.Protocol, err error) {
	numbers := map[string]float64{}
	for name := range flags {
		x, problem := spec.ReadNumber(flags.Get(name), "100")
		if problem == "" && name != "noise" && (x < 0 || x > spec.MaxSeed || x != float64(uint64(x))) {
			problem = "is " + flags.Get(name) + ", must be a whole number such as 100"
		}
		if problem != "" {
			return p, spec.FieldError{Field: name, Message: problem}
		}
		numbers[name] = x
	}
	p.Samples, p.Freeze = int(numbers["samples"]), int(numbers["freeze"])
	if noise, ok := numbers["noise"]; ok {
		p.Noise = &noise
	}
	if seed, ok := numbers["seed"]; ok {
		whole := uint64(seed)
		p.Seed = &whole
	}
	return p, nil
}

// readMatrices reads a .npy of square matrices, (C,S,S) or one alone (S,S).
func readMatrices(path string) ([][][]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		if !strings.ContainsAny(path, "./\\") {
			return nil, fmt.Errorf("must be a whole number, or a .npy file that is there")
		}
		return nil, err
	}
	defer f.Close()
	a, err := npy.Read(f, maxMatrices)
	if err != nil {
		return nil, err
	}
	if len(a.Shape) == 2 {
		a.Shape = append([]int{1}, a.Shape...)
	}
	if len(a.Shape) != 3 || a.Shape[1] != a.Shape[2] || a.Shape[0] == 0 || a.Shape[1] == 0 {
		return nil, fmt.Errorf("its shape is %v, must be (C, S, S): C matrices of S sources", a.Shape)
	}
	n := a.Shape[1]
	matrices := make([][][]float64, a.Shape[0])
	for i := range matrices {
		for j := range n {
			from := (i*n + j) * n
			matrices[i] = append(matrices[i], a.Values[from:from+n])
		}
	}
	return matrices, nil
}

// flatMatrices are the numbers of a file of matrices, as settings have them.
func flatMatrices(path string) ([]float64, error) {
	matrices, err := readMatrices(path)
	var all []float64
	for _, rows := range matrices {
		for _, row := range rows {
			all = append(all, row...)
		}
	}
	return all, err
}
