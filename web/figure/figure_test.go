package figure

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sbinet/npyio"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

// numbersOf are the names that pages and tests rely on.
var numbersOf = map[string]string{
	"fig1": "clarity_x clarity_y late_error peak_error late_weight_error",
	"fig3": "clarity_y modulation_within_sd modulation_between_sd effective_weight_correlation effective_weight_error",
	"fig4": "clarity_units_z_mean clarity_units_z_max readout_weight_correlation decoding_r2_x decoding_r2_z decoding_r2_y",
	"fig5": "angle_frozen_mean angle_restored_mean angle_same_side_mean angle_other_side_mean distance_angle_r angle_return_mean " +
		"error_intact error_frozen error_restored variance_explained_3pc",
	"fig6": "clarity_y clarity_units_zL_mean clarity_units_zH_mean decoding_r2_zL decoding_r2_zH angle_frozen_mean angle_restored_mean",
	"fig7": "grid_contexts r2_linear r2_quadratic r2_inverse r2_linear_population r2_linear_stimuli",
}

func TestEveryFigureOfEveryModelIsWhole(t *testing.T) {
	t.Parallel()
	for _, e := range Figures {
		t.Run(e.ID, func(t *testing.T) {
			t.Parallel()
			made := 0
			for name, f := range untrained() {
				if why := e.Applies(f.Network.Spec); why == "" {
					made++
					wholeFigure(t, e.ID+" of "+name, compute(t, e.ID, f, small))
				} else if _, err := anew(t, e.ID, f, small); err == nil {
					t.Errorf("%s of %s is made although %s", e.ID, name, why)
				}
			}
			if made == 0 {
				t.Errorf("%s applies to no model", e.ID)
			}
		})
	}
}

func wholeFigure(t *testing.T, name string, fig *Figure) {
	t.Helper()
	for _, n := range strings.Fields(numbersOf[fig.Figure]) {
		if _, ok := fig.Numbers[n]; !ok {
			t.Errorf("%s has no number %s", name, n)
		}
	}
	if len(fig.Numbers) != len(fig.Readings) {
		t.Errorf("%s: %d numbers but %d readings", name, len(fig.Numbers), len(fig.Readings))
	}
	wholePanels(t, name, fig)
}

func wholePanels(t *testing.T, name string, fig *Figure) {
	t.Helper()
	seen := map[string]bool{}
	for _, p := range fig.Panels {
		if p.ID == "" || seen[p.ID] {
			t.Errorf("%s: panel id %q is empty or twice there", name, p.ID)
		}
		seen[p.ID] = true
		if p.Title == "" || p.See == "" {
			t.Errorf("%s: panel %s lacks a title or what to see", name, p.ID)
		}
		if p.Why != "" {
			continue
		}
		var option map[string]any
		if err := json.Unmarshal(p.Option, &option); err != nil || option["series"] == nil {
			t.Errorf("%s: panel %s has no chart: %v", name, p.ID, err)
		}
		if _, deep := option["grid3D"]; deep && len(p.Flat) == 0 {
			t.Errorf("%s: panel %s needs WebGL and has no stand-in", name, p.ID)
		}
		if p.N == "" || len(p.Table.Rows) == 0 || len(p.Table.Columns) == 0 || len(p.data) == 0 {
			t.Errorf("%s: panel %s lacks its n, its table or its data", name, p.ID)
		}
		for _, row := range p.Table.Rows {
			if len(row) != len(p.Table.Columns) {
				t.Errorf("%s: panel %s: a row of %d cells under %d columns", name, p.ID, len(row), len(p.Table.Columns))
				break
			}
		}
	}
}

func TestTheSameRequestGivesTheSameFigure(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"fig1", "fig1-s1", "fig5", "fig7"} {
		f := untrained()["spatial"]
		again, err := anew(t, id, f, small)
		if err != nil {
			t.Fatal(err)
		}
		first, _ := json.Marshal(compute(t, id, f, small))
		second, _ := json.Marshal(again)
		other, _ := json.Marshal(compute(t, id, f, small+"&seed=2"))
		if !bytes.Equal(first, second) {
			t.Errorf("%s differs from one time to the next", id)
		}
		if bytes.Equal(first, other) {
			t.Errorf("%s does not depend on the seed", id)
		}
	}
}

func TestRequestsNameTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	f := untrained()["modulation"]
	for query, field := range map[string]string{
		"contexts=1": "contexts", "contexts=abc": "contexts", "samples=5": "samples", "samples=10.5": "samples",
		"noise=-1": "noise", "noise=NaN": "noise", "seed=-3": "seed", "contexts=200&samples=10000": "samples",
	} {
		q, _ := url.ParseQuery(query)
		_, err := NewRequest("m", f, nil, q)
		var errs spec.Errors
		if !errors.As(err, &errs) || len(errs) != 1 || errs[0].Field != field {
			t.Errorf("%s: %v, want an error on %s", query, err, field)
		}
	}
	e, _ := Named("fig4")
	for _, query := range []string{"trained=-1", "trained=6&contexts=6"} {
		_, err := e.Compute(context.Background(), request(t, "m", untrained()["spatial"], query))
		var errs spec.Errors
		if !errors.As(err, &errs) || errs[0].Field != "trained" {
			t.Errorf("%s: %v, want an error on trained", query, err)
		}
	}
}

func TestDefaultsAreThePapers(t *testing.T) {
	t.Parallel()
	r := request(t, "m", fresh(spec.Modulation, func(s *spec.Spec) { s.Noise = 0.02 }), "")
	if r.Contexts != 20 || r.Samples != 1000 || r.Noise != 0.02 || r.Seed != 1 {
		t.Errorf("defaults are %d contexts, %d samples, noise %g, seed %d", r.Contexts, r.Samples, r.Noise, r.Seed)
	}
}

func TestCancelledFiguresEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, e := range Figures {
		f := untrained()["spatial"]
		if e.Applies(f.Network.Spec) != "" {
			continue
		}
		if _, err := e.Compute(ctx, request(t, "m", f, small)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s of a cancelled request: %v", e.ID, err)
		}
	}
}

func TestFilesHoldWhatIsPlotted(t *testing.T) {
	t.Parallel()
	fig := compute(t, "fig1", untrained()["modulation"], small)
	var b bytes.Buffer
	if err := fig.WriteNPZ(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	clarity := readNPY(t, z, "d-clarity/y.npy")
	if len(clarity) != 6 {
		t.Errorf("clarity of %d contexts in the file, want 6", len(clarity))
	}
	number := readNPY(t, z, "numbers/clarity_y.npy")
	if len(number) != 1 || number[0] != float64(fig.Numbers["clarity_y"]) {
		t.Errorf("the file says clarity %v, the figure %v", number, fig.Numbers["clarity_y"])
	}
	for _, name := range []string{"model", "weights", "seed", "parameters", "version", "commit", "array", "unit"} {
		if _, err := z.Open("about/" + name + ".npy"); err != nil {
			t.Errorf("the file does not say its %s: %v", name, err)
		}
	}
	b.Reset()
	if err := fig.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var found []float64
	for _, r := range rows {
		if r[0] == "d-clarity" && r[1] == "y" {
			v, _ := strconv.ParseFloat(r[4], 64)
			found = append(found, v)
		}
	}
	if !slices.EqualFunc(found, clarity, func(a, b float64) bool { return math.Abs(a-b) < 1e-7 }) {
		t.Errorf("csv has %v, npz %v", found, clarity)
	}
}

func TestHeatMapsKeepTheirShapeInFiles(t *testing.T) {
	t.Parallel()
	fig := compute(t, "fig4", untrained()["spatial"], small)
	var b bytes.Buffer
	if err := fig.WriteNPZ(&b); err != nil {
		t.Fatal(err)
	}
	z, _ := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	f, err := z.Open("c/clarity.npy")
	if err != nil {
		t.Fatal(err)
	}
	r, err := npyio.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Header.Descr.Shape, []int{6, 100}) {
		t.Errorf("clarity of units has shape %v, want 6 contexts × 100 units", r.Header.Descr.Shape)
	}
}

func readNPY(t *testing.T, z *zip.Reader, name string) []float64 {
	t.Helper()
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(f)
	var v []float64
	if err := npyio.Read(bytes.NewReader(b), &v); err != nil {
		var one float64
		if err := npyio.Read(bytes.NewReader(b), &one); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return []float64{one}
	}
	return v
}

func TestIdealFeedbackTurnsThePlaneAndTheContextDoesNot(t *testing.T) {
	t.Parallel()
	f := shipped(t)[modelfile.IdealID]
	fig := compute(t, "fig5", f, "noise=0")
	check(t, "ideal", fig, "angle_frozen_mean", 0, 1e-3)
	check(t, "ideal", fig, "angle_return_mean", 0, 1e-3)
	check(t, "ideal", fig, "angle_restored_mean", 30, 65)
	check(t, "ideal", fig, "error_restored", 0, 1e-4)
	three := compute(t, "fig3", f, "noise=0")
	check(t, "ideal", three, "effective_weight_error", 0, 1e-4)
	check(t, "ideal", compute(t, "fig7", f, ""), "r2_inverse", 0.9999, 1)
}

// AC-1.1: the default sources, two chords, do not correlate over all their samples.
func TestDefaultSourcesDoNotCorrelate(t *testing.T) {
	t.Parallel()
	fig := compute(t, "fig1-s2", untrained()["modulation"], small)
	check(t, "chords", fig, "source_correlation", -1e-6, 1e-6)
}

func TestOnlyNetworksLikeThePublishedAreComparedWithThem(t *testing.T) {
	t.Parallel()
	compared := func(f *modelfile.File, query string) bool {
		for _, r := range compute(t, "fig3", f, query).Readings {
			if r.Checkpoint != nil {
				return true
			}
		}
		return false
	}
	three := fresh(spec.Spatial, func(s *spec.Spec) { s.Feedback = 3 })
	if !compared(untrained()["spatial"], "contexts=2") {
		t.Error("a network with the published settings is compared with nothing")
	}
	if compared(three, "contexts=2") {
		t.Error("a network with three signals is compared with the published ones of four")
	}
	if compared(untrained()["spatial"], "contexts=2&noise=0.3") {
		t.Error("a test under noise is compared with one without")
	}
}
