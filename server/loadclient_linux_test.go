package main

//lint:file-ignore SA1019 as in server/app/socket.go

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
	"nhooyr.io/websocket"

	"unmixlab/server/wire"
)

// asLoad is the variable that makes a client of the tests' binary: what it asks of a lab.
const asLoad = "UNMIXLAB_TEST_AS_LOAD"

// load is what a class asks of a lab, for so many seconds.
type load struct {
	Address   string
	Figure    string // that is computed already
	Viewers   int    // of one stage
	Stalled   int    // of them, who never read
	Sessions  int    // live, besides the one that is followed
	PerSecond int    // requests for the figure
	Views     int    // a second that the presenter shows of how they look on, as a browser does
	Seconds   float64
}

// served is what a class got.
type served struct {
	Figures, Failed  int     // answers; requests without a good one
	P50, P99, Most   float64 // seconds until an answer's end
	Seen, Missed     int64   // samples of the stage, by viewers who read
	Played, Skipped  int64   // samples of the live sessions
	Presented        int64   // frames that the presenter got
	Watched, Least   int64   // frames that viewers who read got, all together and the one with the fewest
	ProcessorSeconds float64 // of the client itself
}

func init() { clients[asLoad] = asClient }

// asClient is the client's main: it ends by itself, with one line of JSON.
func asClient(config string) error {
	var l load
	if err := json.Unmarshal([]byte(config), &l); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration((l.Seconds+30)*float64(time.Second)))
	defer cancel()
	s, err := l.run(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(s)
}

// run opens everything, then counts for the time that was said.
func (l load) run(ctx context.Context) (served, error) {
	ctx, end := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer end()
	var played counter
	var watched viewers
	presenter, stage, err := l.present(ctx)
	if err != nil {
		return served{}, err
	}
	var presented counter
	all.Go(func() { presented.follow(ctx, presenter) })
	all.Go(func() { l.show(ctx, presenter) })
	for range l.Sessions {
		c, err := l.dial(ctx, "/api/live?model=ideal-spatial")
		if err == nil {
			err = c.Write(ctx, websocket.MessageText, []byte(`{"type":"play"}`))
		}
		if err != nil {
			return served{}, fmt.Errorf("a live session: %w", err)
		}
		all.Go(func() { played.follow(ctx, c) })
	}
	for i := range l.Viewers {
		c, err := l.dial(ctx, "/api/stages/"+stage)
		if err != nil {
			return served{}, fmt.Errorf("a viewer: %w", err)
		}
		if i >= l.Stalled {
			viewer := &counter{}
			watched = append(watched, viewer)
			all.Go(func() { viewer.follow(ctx, c) })
			continue
		}
		context.AfterFunc(ctx, func() { c.CloseNow() })
	}
	before := processorSeconds()
	for _, n := range append(watched, &presented, &played) {
		n.counts.Store(true)
	}
	s := l.request(ctx)
	s.Seen, s.Missed, s.Watched, s.Least = watched.sum()
	s.Played, s.Skipped = played.seen.Load()+presented.seen.Load(), played.missed.Load()+presented.missed.Load()
	s.Presented = presented.frames.Load()
	s.ProcessorSeconds = processorSeconds() - before
	return s, nil
}

func (l load) dial(ctx context.Context, path string) (*websocket.Conn, error) {
	c, _, err := websocket.Dial(ctx, strings.Replace(l.Address, "http", "ws", 1)+path, nil)
	if err == nil {
		c.SetReadLimit(1 << 24)
	}
	return c, err
}

// present opens the session that others follow, and gives its stage.
func (l load) present(ctx context.Context) (*websocket.Conn, string, error) {
	c, err := l.dial(ctx, "/api/live?model=ideal-spatial")
	if err != nil {
		return nil, "", fmt.Errorf("the presenter: %w", err)
	}
	for _, say := range []string{`{"type":"play"}`, `{"type":"share"}`} {
		if err := c.Write(ctx, websocket.MessageText, []byte(say)); err != nil {
			return nil, "", err
		}
	}
	for {
		kind, b, err := c.Read(ctx)
		if err != nil {
			return nil, "", err
		}
		if kind != websocket.MessageText {
			continue
		}
		if kind, fields, _ := wire.ReadObject(b); kind == "state" && fields["stage"] != "" {
			return c, fields["stage"].(string), nil
		} else if kind == "refused" {
			return nil, "", errors.New(string(b))
		}
	}
}

// show has the presenter show how they look at the stage, until the context ends.
func (l load) show(ctx context.Context, presenter *websocket.Conn) {
	if l.Views == 0 {
		return
	}
	ticker := time.NewTicker(time.Second / time.Duration(l.Views))
	defer ticker.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if presenter.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"view","view":{"mode":"hold","span":1500,"at":%d}}`, i)) != nil {
			return
		}
	}
}

// viewers are those of a stage who read.
type viewers []*counter

// sum is what they have got: samples seen and missed, frames, and those of the one with
// the fewest.
func (v viewers) sum() (seen, missed, frames, least int64) {
	for i, n := range v {
		got := n.frames.Load()
		seen, missed, frames = seen+n.seen.Load(), missed+n.missed.Load(), frames+got
		if i == 0 || got < least {
			least = got
		}
	}
	return seen, missed, frames, least
}

// counter counts frames and samples that came, and samples that are missing between them.
type counter struct {
	counts               atomic.Bool
	frames, seen, missed atomic.Int64
}

// follow reads a socket until it ends.
func (n *counter) follow(ctx context.Context, c *websocket.Conn) {
	defer c.CloseNow()
	next := -1
	for {
		kind, b, err := c.Read(ctx)
		if err != nil {
			return
		}
		if kind != websocket.MessageBinary {
			continue
		}
		if n.counts.Load() {
			n.frames.Add(1)
		}
		for _, s := range stretches(b) {
			if next >= 0 && s.first >= next && n.counts.Load() {
				n.missed.Add(int64(s.first - next))
				n.seen.Add(int64(s.rows))
			}
			next = s.first + s.rows
		}
	}
}

type stretch struct{ first, rows int }

// stretches are the sources' blocks of a frame, without their values.
func stretches(b []byte) (all []stretch) {
	for len(b) >= 16 {
		at := func(i int) int { return int(binary.LittleEndian.Uint32(b[4*i:])) }
		if at(0)&0xffff == 1 {
			all = append(all, stretch{at(1), at(2)})
		}
		b = b[min(len(b), 16+4*at(2)*at(3)):]
	}
	return all
}

// request asks for the figure so many times a second, whether or not answers come; without
// any it only waits. What an answer takes is counted from when it was due to be asked for.
func (l load) request(ctx context.Context) (s served) {
	if l.PerSecond == 0 {
		time.Sleep(time.Duration(l.Seconds * float64(time.Second)))
		return s
	}
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var (
		mu    sync.Mutex
		took  []float64
		all   sync.WaitGroup
		under = make(chan struct{}, 512)
	)
	begin, every := time.Now(), time.Second/time.Duration(l.PerSecond)
	for i := range int(l.Seconds * float64(l.PerSecond)) {
		due := begin.Add(time.Duration(i) * every)
		time.Sleep(time.Until(due))
		under <- struct{}{}
		all.Go(func() {
			defer func() { <-under }()
			ok := l.ask(ctx, &client)
			mu.Lock()
			defer mu.Unlock()
			if !ok {
				s.Failed++
				return
			}
			took = append(took, time.Since(due).Seconds())
		})
	}
	all.Wait()
	if s.Figures = len(took); s.Figures > 0 {
		slices.Sort(took)
		s.P50, s.P99, s.Most = took[len(took)/2], took[len(took)*99/100], took[len(took)-1]
	}
	return s
}

func (l load) ask(ctx context.Context, client *http.Client) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.Address+l.Figure, nil)
	if err != nil {
		return false
	}
	r.Header.Set("Accept-Encoding", "gzip") // as browsers do
	resp, err := client.Do(r)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err == nil && resp.StatusCode == http.StatusOK
}

// processorSeconds is what this process has used.
func processorSeconds() float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
