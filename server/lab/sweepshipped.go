package lab

import (
	"errors"
	"io/fs"
	"log/slog"

	"unmixlab/server/job"
	"unmixlab/server/sweep"
)

// readShipped reads the results of sweeps that came with the lab, by their names: files
// sweeps/NAME.json beside the models. One that cannot be read is left out, and the log
// says so.
func readShipped(from fs.FS) map[string]sweep.Results {
	all := map[string]sweep.Results{}
	if from == nil {
		return all
	}
	for _, p := range sweep.Papers {
		b, err := fs.ReadFile(from, "sweeps/"+p.Name+".json")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			all[p.Name], err = sweep.ReadResults(b)
		}
		if err != nil {
			delete(all, p.Name)
			slog.Error("a sweep that came with the lab cannot be read", "sweep", p.Name, "error", err)
		}
	}
	return all
}

// cameWithLab gives the sweep of that name which came with the lab.
func (s *sweeps) cameWithLab(name string) (Sweep, bool) {
	r, ok := s.shipped()[name]
	if !ok {
		return Sweep{}, false
	}
	info := SweepInfo{Name: name, State: job.Finished, Count: sweep.CountOf(r.Points), Learned: r.Sweep.Learned, Shipped: true}
	for _, p := range r.Points {
		if p.Ended.After(info.Changed) {
			info.Changed = p.Ended
		}
	}
	return Sweep{info, r}, true
}

// TrainedFor are the sweeps that came with the lab whose networks were trained for a figure.
func (l *Lab) TrainedFor(figure string) (papers []sweep.Paper) {
	for _, p := range sweep.Papers {
		if _, ok := l.sweeps.shipped()[p.Name]; ok && p.Figure == figure {
			papers = append(papers, p)
		}
	}
	return papers
}

// none is why there is no folder of a sweep.
func (s *sweeps) none(name string) error {
	if _, ok := s.cameWithLab(name); ok {
		return refuse(Conflict, "id", "%s came with the lab, as results without networks: start a sweep of your own to train them", name)
	}
	return refuse(NotFound, "id", "there is no sweep %s", name)
}
