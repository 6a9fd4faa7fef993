package lab

import (
	"context"
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"unmixlab/server/store"
	"unmixlab/sim/analysis"
	"unmixlab/sim/train"
)

// Metrics are what a run's batches gave, with running means; of more than points
// batches (0: no limit) it thins the curve so that its peaks, its first, its last and
// all batches that are multiples of every stay.
func (l *Lab) Metrics(ctx context.Context, id string, points int) (batches []train.Progress, every int, err error) {
	if _, err := l.FindRun(ctx, id); err != nil {
		return nil, 1, err
	}
	if batches, err = l.store.Metrics(ctx, id, points); err != nil || len(batches) == 0 {
		return nil, 1, err
	}
	return batches, store.Every(batches[len(batches)-1].Batch, points), nil
}

// LastBatches are what a run's last n batches gave.
func (l *Lab) LastBatches(ctx context.Context, id string, n int) ([]train.Progress, error) {
	return l.store.LastMetrics(ctx, id, n)
}

// MeanLoss is a run's mean loss over its last n batches, or over as many as it has.
func (l *Lab) MeanLoss(ctx context.Context, id string, n int) (mean float64, over int, err error) {
	last, err := l.LastBatches(ctx, id, n)
	losses := make([]float64, len(last))
	for i, p := range last {
		losses[i] = p.Loss
	}
	return analysis.Describe(losses).Mean, len(losses), err
}

// WriteCSV writes batches as a table; what is no number is an empty cell.
func WriteCSV(w io.Writer, batches []train.Progress) error {
	out := csv.NewWriter(w)
	out.Write([]string{"batch", "loss", "grad_norm", "seconds"})
	for _, p := range batches {
		out.Write([]string{strconv.Itoa(p.Batch), cell(p.Loss), cell(p.GradNorm), cell(p.Seconds)})
	}
	out.Flush()
	return out.Error()
}

func cell(x float64) string {
	if finite(x) == nil {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// finite is a pointer to x, nil for what JSON cannot say.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
