package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"

	"unmixlab/sim/spec"
)

// against are the scripts that train the same batch in other frameworks.
//
//go:embed against/*.py
var against embed.FS

// rivals are they, with the module that each needs.
var rivals = []struct{ module, script string }{
	{"torch", "against/batch_torch.py"},
	{"jax", "against/batch_jax.py"},
}

// rival is what a framework needed for a batch of modulation, or why it has not run.
type rival struct {
	Name    string  `json:"name"`
	Version string  `json:"version,omitempty"`
	Seconds float64 `json:"seconds,omitempty"` // median batch
	Ratio   float64 `json:"ratio,omitempty"`   // to the lab's, on all cores
	Why     string  `json:"why,omitempty"`
}

// measureRivals runs the scripts with a Python, one after the other. A Python that
// cannot be started is an error; a module that it lacks is said in its rival.
func measureRivals(ctx context.Context, python string, sp spec.Spec, batches int, ours float64) ([]rival, error) {
	if _, err := exec.LookPath(python); err != nil {
		return nil, fmt.Errorf("--against is %q, must be a Python: %w", python, err)
	}
	var all []rival
	for _, v := range rivals {
		r, err := runRival(ctx, python, v.module, v.script, sp, batches)
		if err != nil {
			return nil, err
		}
		if r.Seconds > 0 {
			r.Ratio = r.Seconds / ours
		}
		all = append(all, r)
	}
	return all, nil
}

func runRival(ctx context.Context, python, module, script string, sp spec.Spec, batches int) (rival, error) {
	source, err := against.ReadFile(script)
	if err != nil {
		return rival{}, err
	}
	var out, failed bytes.Buffer
	cmd := exec.CommandContext(ctx, python, "-", strconv.Itoa(sp.Batch), strconv.Itoa(sp.Steps), strconv.Itoa(sp.Hidden), strconv.Itoa(batches))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(source), &out, &failed
	switch err := cmd.Run(); {
	case ctx.Err() != nil:
		return rival{}, ctx.Err()
	case err != nil && strings.Contains(failed.String(), "No module named"):
		return rival{Name: module, Why: fmt.Sprintf("%s has no module %s: python -m pip install %s", python, module, module)}, nil
	case err != nil:
		lines := strings.Split(strings.TrimSpace(failed.String()), "\n")
		return rival{Name: module, Why: fmt.Sprintf("%v: %s", err, lines[len(lines)-1])}, nil
	}
	var r rival
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Seconds <= 0 {
		return rival{}, errors.Join(fmt.Errorf("%s printed %q, not a time", script, out.String()), err)
	}
	return r, nil
}

func printRivals(out io.Writer, all []rival, ours float64) {
	for _, r := range all {
		if r.Why != "" {
			fmt.Fprintf(out, "%s: not measured, %s.\n", r.Name, r.Why)
			continue
		}
		fmt.Fprintf(out, "%s %s: %.0f ms for the same batch of modulation, %.1f times the lab's %.0f ms.\n", r.Name, r.Version, 1000*r.Seconds, r.Ratio, 1000*ours)
	}
}
