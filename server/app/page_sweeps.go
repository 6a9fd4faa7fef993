package app

import (
	"context"
	"net/http"

	"unmixlab/server/job"
	"unmixlab/server/lab"
	"unmixlab/server/sweep"
	"unmixlab/web"
)

// sweepsView is the page of all sweeps.
type sweepsView struct {
	Sweeps  []sweepRow
	Papers  []paperRow // that came with the lab
	Deleted []string   // that can be restored
	Problem string     // of a restoration that was refused
}

// sweepRow is a sweep in a table and the head of its own page.
type sweepRow struct {
	lab.SweepInfo
	Text               string // what the state means, in a sentence
	Done, Failed, Left int    // points
	Eta                string
}

// paperRow is a sweep that came with the lab.
type paperRow struct {
	lab.SweepInfo
	Title, About   string
	Met, Questions int
}

// sweepTexts say what a sweep's state means.
var sweepTexts = map[job.State]string{
	job.Running:     "Its networks train now: one a core, here or on workers.",
	job.Paused:      "Rests; Go on does what is missing, and repeats nothing.",
	job.Interrupted: "The lab ended while it was being done; Go on does what is missing, from the last checkpoints.",
	job.Finished:    "Everything is done.",
	job.Failed:      "Ended with an error: nothing that was done is lost.",
}

func newSweepRow(s lab.SweepInfo) sweepRow {
	row := sweepRow{SweepInfo: s, Text: sweepTexts[s.State], Done: s.Count.By[sweep.Done], Failed: s.Count.By[sweep.Failed]}
	row.Left = s.Count.Points - row.Done - row.Failed
	if row.Left > 0 {
		row.Eta = web.Duration(s.Seconds)
	}
	return row
}

func (a *App) sweepsPage(w http.ResponseWriter, r *http.Request) error {
	return a.showSweeps(w, r, http.StatusOK, "")
}

func (a *App) showSweeps(w http.ResponseWriter, r *http.Request, status int, problem string) error {
	list, err := a.lab.Sweeps(r.Context())
	if err != nil {
		return err
	}
	view := sweepsView{Problem: problem}
	if view.Deleted, err = a.lab.DeletedSweeps(); err != nil {
		return err
	}
	for _, s := range list {
		if !s.Shipped {
			view.Sweeps = append(view.Sweeps, newSweepRow(s))
			continue
		}
		row, err := a.paperRow(r.Context(), s)
		if err != nil {
			return err
		}
		view.Papers = append(view.Papers, row)
	}
	return a.render(w, r, status, web.View{Name: "sweeps", Data: view})
}

func (a *App) paperRow(ctx context.Context, info lab.SweepInfo) (paperRow, error) {
	s, err := a.lab.FindSweep(ctx, info.Name)
	p, _ := sweep.PaperNamed(info.Name)
	row := paperRow{SweepInfo: info, Title: p.Title, About: p.About}
	for _, answer := range p.Answers(s.Results) {
		row.Questions++
		if answer.Met {
			row.Met++
		}
	}
	return row, err
}

// sweepsForm brings a deleted sweep back.
func (a *App) sweepsForm(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return invalid("body", "cannot be read as a form: %v", err)
	}
	s, err := a.lab.RestoreSweep(r.Context(), r.PostForm.Get("restore"))
	if err != nil {
		p := ProblemOf(err)
		return a.showSweeps(w, r, p.Status, p.Detail)
	}
	redirect(w, r, "/sweeps/"+s.Name, http.StatusSeeOther)
	return nil
}
