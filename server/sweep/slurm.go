package sweep

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Slurm is a sweep as job arrays of Slurm.
type Slurm struct {
	Program string   // path of this program, as the nodes have it
	Flags   []string // of sweep task
	Jobs    int      // points at once; 0: as many as there is room for
	Most    int      // MaxArraySize: numbers of an array are below it
}

const (
	jobsFile     = "slurm.txt" // ids of the arrays that were handed in
	maxJobsFile  = 1 << 20
	usualArray   = 1001 // Slurm's own MaxArraySize
	signalBefore = 90   // seconds before the time is over
	taskMinutes  = 10   // that a job has at least
)

// Array is one job array: a script for sbatch, and how many points it has.
type Array struct {
	Script string
	Points int
}

// Arrays are the scripts for everything that is missing. A number in an array is that
// of a point less the array's offset, as Slurm takes numbers below MaxArraySize alone.
func (f *Folder) Arrays(s Slurm) []Array {
	most := cmp.Or(s.Most, usualArray)
	blocks := map[int][]int{}
	for _, p := range f.Missing() {
		n := f.Number(p.Hash)
		blocks[n/most] = append(blocks[n/most], n%most)
	}
	var arrays []Array
	for block := 0; len(blocks) > 0; block++ {
		if numbers := blocks[block]; len(numbers) > 0 {
			slices.Sort(numbers)
			arrays = append(arrays, Array{f.script(s, numbers, block*most), len(numbers)})
		}
		delete(blocks, block)
	}
	return arrays
}

// script is what sbatch reads. The shell becomes the program (exec), so that signals
// reach it; it saves and ends on them with 75, and the job goes back into the queue.
func (f *Folder) script(s Slurm, numbers []int, offset int) string {
	jobs := cmp.Or(s.Jobs, f.Sweep.Resources.Jobs)
	array := spans(numbers)
	if jobs > 0 {
		array += "%" + strconv.Itoa(jobs)
	}
	r := f.Sweep.Resources
	lines := []string{"#!/bin/sh",
		"#SBATCH --job-name=sweep-" + f.Sweep.Name,
		"#SBATCH --array=" + array,
		"#SBATCH --ntasks=1", "#SBATCH --cpus-per-task=1", "#SBATCH --requeue", "#SBATCH --open-mode=append",
		"#SBATCH --signal=B:USR1@" + strconv.Itoa(signalBefore),
		"#SBATCH --output=" + f.logs()}
	if r.Hours > 0 {
		lines = append(lines, "#SBATCH --time="+strconv.Itoa(max(taskMinutes, int(math.Ceil(r.Hours*60)))))
	}
	for _, option := range [][2]string{{"mem", r.Memory}, {"partition", r.Partition}, {"account", r.Account}} {
		if option[1] != "" {
			lines = append(lines, "#SBATCH --"+option[0]+"="+option[1])
		}
	}
	task := []string{quote(s.Program), "sweep", "task"}
	for _, flag := range s.Flags {
		task = append(task, quote(flag))
	}
	task = append(task, quote(f.Dir), `"$((SLURM_ARRAY_TASK_ID + `+strconv.Itoa(offset)+`))"`)
	return strings.Join(append(lines, "export GOMAXPROCS=1", requeueing(task)), "\n") + "\n"
}

// requeueing runs the task, hands signals on to it, and has a job that was interrupted
// by the end of its time begin again.
func requeueing(task []string) string {
	return strings.Join(task, " ") + ` &
task=$!
trap 'kill -USR1 "$task"' USR1 USR2 TERM INT HUP
wait "$task"; code=$?
while kill -0 "$task" 2>/dev/null; do wait "$task"; code=$?; done
if [ "$code" = ` + strconv.Itoa(interrupted) + ` ]; then scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"; fi
exit "$code"`
}

// interrupted is the exit code of a task that goes on when it is given again.
const interrupted = 75

// logs is where Slurm writes what tasks say.
func (f *Folder) logs() string { return filepath.Join(f.Dir, "logs", "%A_%a.txt") }

// spans are numbers as Slurm takes them: 0-3,7,9-10.
func spans(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		k := i
		for k+1 < len(numbers) && numbers[k+1] == numbers[k]+1 {
			k++
		}
		part := strconv.Itoa(numbers[i])
		if k > i {
			part += "-" + strconv.Itoa(numbers[k])
		}
		parts = append(parts, part)
		i = k + 1
	}
	return strings.Join(parts, ",")
}

// quote is a text as one word of a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// ArrayLimit is the cluster's MaxArraySize.
func ArrayLimit(ctx context.Context) (int, error) {
	out, err := slurm(ctx, "", "scontrol", "show", "config")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(line, "=")
		if strings.TrimSpace(name) == "MaxArraySize" {
			return strconv.Atoi(strings.TrimSpace(value))
		}
	}
	return usualArray, nil
}

// Submit hands arrays to Slurm and returns their ids, which the folder remembers.
func (f *Folder) Submit(ctx context.Context, arrays []Array) (ids []string, err error) {
	if strings.ContainsAny(f.Dir, "%\n") {
		return nil, fmt.Errorf("%s: Slurm takes no folder with %% or a line break in its name", f.Dir)
	}
	if err := os.MkdirAll(filepath.Dir(f.logs()), 0o755); err != nil {
		return nil, err
	}
	for _, a := range arrays {
		out, err := slurm(ctx, a.Script, "sbatch", "--parsable")
		if err != nil {
			return ids, err
		}
		id, _, _ := strings.Cut(strings.TrimSpace(out), ";")
		ids = append(ids, id)
		if err := f.addJob(id); err != nil {
			return ids, err
		}
	}
	return ids, nil
}

func (f *Folder) addJob(id string) error {
	known := f.jobs()
	return writeBytes(filepath.Join(f.Dir, jobsFile), []byte(strings.Join(append(known, id), "\n")+"\n"))
}

// jobs are the ids of arrays that the folder remembers.
func (f *Folder) jobs() []string {
	b, err := readLimited(filepath.Join(f.Dir, jobsFile), maxJobsFile)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(strings.Fields(string(b)), func(id string) bool {
		_, err := strconv.ParseUint(id, 10, 64)
		return err != nil
	})
}

// Queued says how many of the sweep's jobs Slurm has, by state; "" where it has none.
func (f *Folder) Queued(ctx context.Context) (string, error) {
	states, err := f.queue(ctx)
	if err != nil || len(states) == 0 {
		return "", err
	}
	count := map[string]int{}
	for _, state := range states {
		count[state]++
	}
	var words []string
	for _, state := range slices.Sorted(func(yield func(string) bool) {
		for state := range count {
			if !yield(state) {
				return
			}
		}
	}) {
		words = append(words, fmt.Sprintf("%d %s", count[state], strings.ToLower(state)))
	}
	return "in Slurm: " + strings.Join(words, ", "), nil
}

// queue are the states of the sweep's jobs that Slurm still has, one for each point.
func (f *Folder) queue(ctx context.Context) ([]string, error) {
	ids := f.jobs()
	if len(ids) == 0 {
		return nil, nil
	}
	var states []string
	for _, id := range ids {
		out, err := slurm(ctx, "", "squeue", "--noheader", "--array", "--format=%T", "--jobs="+id)
		if errors.Is(err, errNoJob) {
			continue
		}
		if err != nil {
			return nil, err
		}
		states = append(states, strings.Fields(out)...)
	}
	return states, nil
}

// Waiting tells whether Slurm still has jobs of the sweep.
func (f *Folder) Waiting(ctx context.Context) (bool, error) {
	states, err := f.queue(ctx)
	return len(states) > 0, err
}

// Cancel takes the sweep's jobs out of Slurm; what they reached stays.
func (f *Folder) Cancel(ctx context.Context) error {
	if ids := f.jobs(); len(ids) > 0 {
		if _, err := slurm(ctx, "", "scancel", ids...); err != nil && !errors.Is(err, errNoJob) {
			return err
		}
	}
	if err := os.Remove(filepath.Join(f.Dir, jobsFile)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// errNoJob is for jobs that Slurm does not have any longer.
var errNoJob = errors.New("slurm has no such job")

// slurm runs one of Slurm's commands.
func slurm(ctx context.Context, input, command string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, command, args...)
	c.Stdin = strings.NewReader(input)
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	err := c.Run()
	switch words := strings.TrimSpace(said.String()); {
	case err == nil:
		return out.String(), nil
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("%s is not installed here: give this command on a machine of the cluster", command)
	case strings.Contains(words, "Invalid job id"):
		return "", errNoJob
	default:
		return "", fmt.Errorf("%s: %w: %s", command, err, words)
	}
}
