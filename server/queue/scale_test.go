//go:build unix

package queue

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"unmixlab/server/sweep"
)

// asServer is the variable that makes a server for workers of the tests' binary, so that
// its memory and time are its own.
const asServer = "UNMIXLAB_TEST_QUEUE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asServer); dir != "" {
		if err := serveForTest(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// figures are what a server says of itself.
type figures struct {
	In, Out   int64 // messages
	Bytes     int64 // of both
	Memory    int64 // bytes that are resident
	Processor float64
}

// serveForTest serves, and gives its figures for each line of its input.
func serveForTest(dir string) error {
	s, err := Start(context.Background(), Serving{Listen: "127.0.0.1:0", Dir: dir, Token: "t", Store: 100 << 30})
	if err != nil {
		return err
	}
	defer s.Close()
	out := json.NewEncoder(os.Stdout)
	out.Encode(s.Address())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		v, err := s.nats.Varz(nil)
		if err != nil {
			return err
		}
		var used syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &used)
		out.Encode(figures{v.InMsgs, v.OutMsgs, v.InBytes + v.OutBytes, v.Mem, float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9})
	}
	return nil
}

func number(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return usual
}

// Workers that train nothing take all points of a sweep: each one once. make queue does so
// with thousands, and prints what that costs the server.
func TestQueueOfWorkersThatDoNotTrain(t *testing.T) {
	points, workers, size := number("POINTS", 60), number("WORKERS", 20), number("SIZE", 20_000)
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), asServer+"="+dir)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	said := json.NewDecoder(out)
	access := Access{Token: "t"}
	if err := said.Decode(&access.URL); err != nil {
		t.Fatal(err)
	}
	ask := func() (f figures) {
		fmt.Fprintln(in)
		if err := said.Decode(&f); err != nil {
			t.Error(err)
		}
		return f
	}
	f := manyPoints(t, points)
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	var taken atomic.Int64
	connected := make(chan struct{}, workers)
	for i := range workers {
		working.Go(func() { pretend(ctx, t, access, i, size, &taken, connected) })
	}
	for range workers {
		<-connected
	}
	idle := ask()
	q, err := access.Dial(ctx, "sweep")
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	began, ended, most, stored := time.Now(), 0, idle.Memory, int64(0)
	err = q.Do(ctx, f, Told{Ended: func(sweep.Point, error) {
		if ended++; ended%500 == 0 {
			most, stored = max(most, ask().Memory), max(stored, sizeOf(dir))
		}
	}})
	took, busy := time.Since(began), ask()
	if n := sweep.CountOf(f.All()); err != nil || n.By[sweep.Failed] != points || ended != points || taken.Load() < int64(points) {
		t.Errorf("%v: %+v, %d ended, %d were taken", err, n, ended, taken.Load())
	}
	left, err := q.tasks.Info(ctx)
	if err != nil || left.State.Msgs != 0 {
		t.Errorf("%d messages are left: %v", left.State.Msgs, err)
	}
	t.Logf("%d points, %d workers, 2 files of %d kB a point: %.1f s, %.0f points a second", points, workers, size/1000, took.Seconds(), float64(points)/took.Seconds())
	t.Logf("server: %d messages in and %d out (%.1f a point), %d MB passed on", busy.In-idle.In, busy.Out-idle.Out, float64(busy.In-idle.In+busy.Out-idle.Out)/float64(points), (busy.Bytes-idle.Bytes)>>20)
	t.Logf("server: %.1f s of processor (%.2f ms a point), %d MB of memory with idle workers, %d MB at most", busy.Processor-idle.Processor, 1000*(busy.Processor-idle.Processor)/float64(points), idle.Memory>>20, max(most, busy.Memory)>>20)
	t.Logf("store: %d MB at most, %d MB when all is done; points were taken %d times", max(stored, sizeOf(dir))>>20, sizeOf(dir)>>20, taken.Load())
	cancel()
	working.Wait()
}

// manyPoints is a folder of a sweep of so many points.
func manyPoints(t *testing.T, n int) *sweep.Folder {
	t.Helper()
	s, err := sweep.Parse([]byte(fmt.Sprintf(`{"name": "scale", "kernel": "generic", "measure": ["late_error"], "seeds": %d, "base": {"hidden": 4, "batches": 10}}`, n)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := sweep.Create(t.TempDir(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// pretend is a worker that says and sends what one does that trains: a checkpoint, and a
// result, which is that the network cannot be trained.
func pretend(ctx context.Context, t *testing.T, access Access, number, size int, taken *atomic.Int64, connected chan<- struct{}) {
	q, err := access.Dial(ctx, "worker")
	connected <- struct{}{}
	if err != nil {
		t.Error(err)
		return
	}
	defer q.Close()
	consumer, err := q.tasks.Consumer(ctx, "generic")
	if err != nil {
		t.Error(err)
		return
	}
	for ctx.Err() == nil {
		msg := q.next(ctx, consumer)
		if msg == nil {
			continue
		}
		meta, _ := msg.Metadata()
		s, p, err := sweep.ReadSingle(msg.Data())
		if err != nil {
			t.Error(err)
			return
		}
		h := &hold{q: q, msg: msg, key: keyOf(s, p.Hash), point: p, turn: turn{meta.Sequence.Stream, meta.NumDelivered}}
		if h.record, err = q.take(ctx, h.key, h.turn, fmt.Sprint("worker", number)); err != nil {
			continue
		}
		taken.Add(1)
		err = h.keep(ctx, parcel{held, 5, make([]byte, size)})
		msg.InProgress()
		if err == nil {
			err = h.keep(ctx, parcel{failed, 10, failedPack(t, s, p, size)})
		}
		if err == nil {
			err = msg.DoubleAck(ctx)
		}
		if err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}
}

// failedPack are the files of a point that failed, with a checkpoint of a size.
func failedPack(t *testing.T, s sweep.Sweep, p sweep.Point, size int) []byte {
	dir, err := os.MkdirTemp("", "scale-*")
	if err != nil {
		t.Error(err)
	}
	defer os.RemoveAll(dir)
	f, err := sweep.Create(dir, s, nil)
	if err == nil {
		err = f.Fail(p, "nothing is trained here")
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "points", p.Hash, "checkpoint.safetensors"), make([]byte, size), 0o644)
	}
	pack, err2 := f.Pack(p)
	if err != nil || err2 != nil {
		t.Error(err, err2)
	}
	return pack
}

func sizeOf(dir string) (bytes int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				bytes += info.Size()
			}
		}
		return nil
	})
	return bytes
}
