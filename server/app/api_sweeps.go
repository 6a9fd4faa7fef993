package app

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"unmixlab/server/lab"
	"unmixlab/server/sweep"
	"unmixlab/web/figure"
)

// shownSweep is a sweep as a view shows it, for the page's script and for programs.
type shownSweep struct {
	lab.SweepInfo
	View   sweep.View   `json:"view"`
	Panel  figure.Panel `json:"panel"`
	Points []shownPoint `json:"points"`
}

// shownPoint is a point with its number of the view's measure.
type shownPoint struct {
	Point   string        `json:"point"`
	State   sweep.State   `json:"state"`
	Batch   int           `json:"batch"`
	Value   figure.Number `json:"value"` // null where nothing is measured
	Learned bool          `json:"learned"`
	Error   string        `json:"error,omitempty"`
}

func showing(s lab.Sweep, v sweep.View) (shownSweep, error) {
	v = s.Settle(v)
	panel, err := s.Panel(v)
	shown := shownSweep{SweepInfo: s.Info, View: v, Panel: panel, Points: []shownPoint{}}
	for _, p := range s.Points {
		shown.Points = append(shown.Points, shownPoint{p.Hash, p.State, p.Batch, figure.Number(p.Value(v.Measure)), p.Learned, p.Error})
	}
	return shown, err
}

func (a *App) listSweeps(ctx context.Context, _ *struct{}) (*answer[[]lab.SweepInfo], error) {
	list, err := a.lab.Sweeps(ctx)
	return &answer[[]lab.SweepInfo]{list}, err
}

type sweepInput struct {
	RawBody []byte `contentType:"application/json" doc:"the sweep's file: name, base, grid, set, seeds, measure, learned, every"`
}

func (a *App) startSweep(ctx context.Context, in *sweepInput) (*answer[lab.SweepInfo], error) {
	s, err := a.lab.StartSweep(ctx, in.RawBody)
	return &answer[lab.SweepInfo]{s}, err
}

func (a *App) pauseSweep(ctx context.Context, in *IDPath) (*answer[lab.SweepInfo], error) {
	s, err := a.lab.PauseSweep(ctx, in.ID)
	return &answer[lab.SweepInfo]{s}, err
}

func (a *App) resumeSweep(ctx context.Context, in *IDPath) (*answer[lab.SweepInfo], error) {
	s, err := a.lab.ResumeSweep(ctx, in.ID)
	return &answer[lab.SweepInfo]{s}, err
}

func (a *App) sendSweep(ctx context.Context, in *IDPath) (*answer[lab.SweepInfo], error) {
	s, err := a.lab.SendSweep(ctx, in.ID)
	return &answer[lab.SweepInfo]{s}, err
}

func (a *App) retrySweep(ctx context.Context, in *IDPath) (*answer[lab.SweepInfo], error) {
	s, err := a.lab.RetrySweep(ctx, in.ID)
	return &answer[lab.SweepInfo]{s}, err
}

func (a *App) deleteSweep(_ context.Context, in *IDPath) (*struct{}, error) {
	return nil, a.lab.DeleteSweep(in.ID)
}

func (a *App) restoreSweep(ctx context.Context, in *IDPath) (*answer[lab.SweepInfo], error) {
	s, err := a.lab.RestoreSweep(ctx, in.ID)
	return &answer[lab.SweepInfo]{s}, err
}

type viewInput struct {
	IDPath
	Y   string `query:"y" maxLength:"200" doc:"the measure; the first after the loss when left out"`
	X   string `query:"x" maxLength:"40" doc:"a setting that the sweep changes, or seed; the first when left out"`
	By  string `query:"by" maxLength:"40" doc:"another setting, as lines"`
	Map string `query:"map" maxLength:"8" doc:"anything: both settings as a map"`
}

func (a *App) getSweep(ctx context.Context, in *viewInput) (*answer[shownSweep], error) {
	s, err := a.lab.FindSweep(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	shown, err := showing(s, sweep.View{Measure: in.Y, X: in.X, By: in.By, Map: in.Map != ""})
	return &answer[shownSweep]{shown}, err
}

// sweepCSV is everything that was measured, one value a line.
func (a *App) sweepCSV(w http.ResponseWriter, r *http.Request) error {
	s, err := a.lab.FindSweep(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", "unmixlab-"+s.Info.Name+".csv")
	s.WriteCSV(w) // a client that left needs no answer
	return nil
}

// sweepNPZ is what was measured at the end, for numpy.
func (a *App) sweepNPZ(w http.ResponseWriter, r *http.Request) error {
	s, err := a.lab.FindSweep(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	attach(w, "application/zip", "unmixlab-"+s.Info.Name+".npz")
	s.WriteNPZ(w) // a client that left needs no answer
	return nil
}
