package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// benchCommand measures how fast the lab is: batches, or whole networks.
type benchCommand struct {
	Speed    speedCommand    `cmd:"" default:"withargs" help:"Measure batches, playing and the machine's own peak (the default)."`
	Quality  qualityCommand  `cmd:"" help:"Train networks and measure how long they take to be good."`
	Criteria criteriaCommand `cmd:"" help:"Set networks beside one another and the paper's acceptance criteria."`
}

// publishedBatch is what a batch of modulation takes in the published PyTorch code,
// in seconds, on two cores of the reference machine.
const publishedBatch = 0.770

// machine names processor, cores and system.
func machine(cores int) string {
	name := runtime.GOARCH
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				name = strings.TrimSpace(v)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s, %s", name, cores, runtime.GOOS, runtime.Version())
}
