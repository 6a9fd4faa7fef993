package store

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// milestone is what follows the name of a newest checkpoint in that of one that stays,
// before its batch.
const milestone = ".at-"

// MilestonePath is the file of the checkpoint of a batch that stays.
func (s *Store) MilestonePath(id string, batch int) string {
	return fmt.Sprintf("%s%s%d", s.CheckpointPath(id), milestone, batch)
}

// SaveMilestone keeps a run's checkpoint of a batch for as long as the run is there.
func (s *Store) SaveMilestone(id string, batch int, write func(io.Writer) error) error {
	return WriteFile(s.MilestonePath(id, batch), write)
}

// Milestones are the batches of whose ends checkpoints were kept, in their order.
func (s *Store) Milestones(id string) []int {
	var batches []int
	files, _ := os.ReadDir(filepath.Join(s.dir, "checkpoints"))
	for _, f := range files {
		rest, ok := strings.CutPrefix(f.Name(), id+checkpointExtension+milestone)
		if batch, err := strconv.Atoi(rest); ok && err == nil && batch > 0 {
			batches = append(batches, batch)
		}
	}
	slices.Sort(batches)
	return batches
}
