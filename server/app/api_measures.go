package app

import (
	"context"
	"encoding/csv"
	"math"
	"net/http"
	"strconv"
	"strings"

	"unmixlab/server/lab"
)

type measuresBody struct {
	Batch     []int   `json:"batch"`
	LateError numbers `json:"late_error" doc:"mean distance of outputs from sources over the late halves of contexts"`
	ClarityX  numbers `json:"clarity_x" doc:"signal clarity of the stimuli; two sources only"`
	ClarityY  numbers `json:"clarity_y" doc:"of the outputs"`
	Angle     numbers `json:"angle" doc:"degrees between the planes of the population's activity in two contexts; where there is a population"`
}

func (a *App) getMeasures(ctx context.Context, in *IDPath) (*answer[measuresBody], error) {
	measures, err := a.lab.Measures(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body := measuresBody{Batch: []int{}}
	for _, m := range measures {
		body.Batch = append(body.Batch, m.Batch)
		body.LateError = append(body.LateError, m.LateError)
		body.ClarityX = append(body.ClarityX, m.ClarityX)
		body.ClarityY = append(body.ClarityY, m.ClarityY)
		body.Angle = append(body.Angle, m.Angle)
	}
	return &answer[measuresBody]{body}, nil
}

type curveInput struct {
	IDPath
	Over   int `query:"over" minimum:"1" maximum:"100000" default:"50" doc:"batches, each one's own and those before it, of which the loss is the mean"`
	Points int `query:"points" minimum:"2" maximum:"100000" default:"1500" doc:"about as many at most"`
}

type curveBody struct {
	Batch []int   `json:"batch" doc:"multiples of one number, and the last"`
	Loss  numbers `json:"loss"`
}

func (a *App) getCurve(ctx context.Context, in *curveInput) (*answer[curveBody], error) {
	points, err := a.lab.Smoothed(ctx, in.ID, in.Over, in.Points)
	if err != nil {
		return nil, err
	}
	body := curveBody{Batch: []int{}}
	for _, p := range points {
		body.Batch = append(body.Batch, p.Batch)
		body.Loss = append(body.Loss, p.Loss)
	}
	return &answer[curveBody]{body}, nil
}

// compareCSV is the table of runs that are compared: what differs are columns.
func (a *App) compareCSV(w http.ResponseWriter, r *http.Request) error {
	all, err := a.lab.Runs(r.Context())
	if err != nil {
		return err
	}
	page, err := a.comparison(r.Context(), all, r.URL.Query()["id"])
	if err != nil {
		return err
	}
	specs := map[string]lab.RunInfo{}
	for _, run := range all {
		specs[run.ID] = run
	}
	attach(w, "text/csv; charset=utf-8", "unmixlab-compared.csv")
	out := csv.NewWriter(w)
	head := []string{"id", "name", "state", "batch", "batches", "loss", "late_error", "clarity", "angle", "seconds_per_batch"}
	for _, f := range page.Differ {
		head = append(head, f.Name)
	}
	out.Write(head)
	for _, run := range page.Runs {
		row := []string{run.ID, plainCell(run.Name), string(run.State), strconv.Itoa(run.Batch), strconv.Itoa(run.Batches),
			numberCell(run.Recent), numberCell(run.Late()), numberCell(run.Clarity()), numberCell(run.Angle()), numberCell(run.SecondsPerBatch)}
		for _, f := range page.Differ {
			row = append(row, lab.SettingCell(specs[run.ID].Spec, f))
		}
		out.Write(row)
	}
	out.Flush() // a client that left needs no answer
	return nil
}

func numberCell(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// plainCell keeps a table's program from taking a name for a formula.
func plainCell(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
