package lab

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"unmixlab/server/job"
	"unmixlab/sim/spec"
	"unmixlab/sim/train"
)

// Bounds of an archive that is read, in bytes unpacked.
const (
	MostArchive    = 1 << 30 // of the file as it comes
	mostUnpacked   = 2 << 30
	mostEntries    = 2 + mostMilestones + 100
	mostFigure     = 64 << 20
	mostAbout      = 1 << 20
	mostCurve      = 128 << 20
	mostCheckpoint = 256 << 20
	mostSound      = 64 << 20
)

// archiveNames are the names that files of an archive may have, and how large they may be.
var archiveNames = []struct {
	name *regexp.Regexp
	most uint64
}{
	{regexp.MustCompile(`^run\.json$`), mostAbout},
	{regexp.MustCompile(`^(metrics|measures)\.csv$`), mostCurve},
	{regexp.MustCompile(`^checkpoint(\.before)?\.safetensors$`), mostCheckpoint},
	{regexp.MustCompile(`^checkpoints/[1-9][0-9]{0,6}\.safetensors$`), mostCheckpoint},
	{regexp.MustCompile(`^sounds/[0-9a-f]{12}\.f32$`), mostSound},
	{regexp.MustCompile(`^figures/[a-z0-9-]{1,32}\.(json|csv|txt)$`), mostFigure}, // made again, not read
}

// runArchive is a run's archive that was looked at and may be read.
type runArchive struct {
	files    map[string]*zip.File
	about    aboutRun
	metrics  []train.Progress
	measures []Measure
}

// openArchive looks at all of an archive but its checkpoints and sounds. What is no
// archive of a run, or is not sound, is an error that says why.
func openArchive(r io.ReaderAt, size int64) (*runArchive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("it is no zip that can be read: %w", err)
	}
	a := &runArchive{}
	if a.files, err = checkEntries(z.File); err != nil {
		return nil, err
	}
	if err := a.readAbout(); err != nil {
		return nil, err
	}
	if err := a.table(metricsFile, []string{"batch", "loss", "grad_norm", "seconds"}, func(batch int, v []float64) {
		a.metrics = append(a.metrics, train.Progress{Batch: batch, Loss: v[0], GradNorm: v[1], Seconds: zeroIfNone(v[2])})
	}); err != nil {
		return nil, err
	}
	return a, a.table(measuresFile, measureColumns, func(batch int, v []float64) {
		a.measures = append(a.measures, Measure{Batch: batch, LateError: v[0], ClarityX: v[1], ClarityY: v[2], Angle: v[3], Seconds: zeroIfNone(v[4])})
	})
}

// checkEntries refuses files that are too many or too large, or whose names are not those
// of an archive's, or come twice.
func checkEntries(entries []*zip.File) (map[string]*zip.File, error) {
	if len(entries) > mostEntries {
		return nil, fmt.Errorf("it has %d files, more than the %d of any run's", len(entries), mostEntries)
	}
	files, sum := map[string]*zip.File{}, uint64(0)
	for _, f := range entries {
		if slices.Contains([]string{"checkpoints/", "sounds/", figuresDir}, f.Name) { // as other programs pack them
			continue
		}
		i := slices.IndexFunc(archiveNames, func(n struct {
			name *regexp.Regexp
			most uint64
		}) bool {
			return n.name.MatchString(f.Name)
		})
		switch {
		case i < 0:
			return nil, fmt.Errorf("it has a file %.80q, which is none of a run's", f.Name)
		case files[f.Name] != nil:
			return nil, fmt.Errorf("it has two files %s", f.Name)
		case f.UncompressedSize64 > archiveNames[i].most || sum+f.UncompressedSize64 > mostUnpacked:
			return nil, fmt.Errorf("%s would be %d bytes, too large", f.Name, f.UncompressedSize64)
		}
		files[f.Name] = f
		sum += f.UncompressedSize64
	}
	return files, nil
}

// read unpacks a file; of one that holds more than it says no more than that is read.
func (a *runArchive) read(name string) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("it has no %s", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err == nil && uint64(len(b)) != f.UncompressedSize64 {
		err = fmt.Errorf("is not as long as it says")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

// runName is what a run's id looks like that the lab made.
var runName = regexp.MustCompile(`^[a-z0-9]{8}$`)

func (a *runArchive) readAbout() error {
	b, err := a.read(aboutFile)
	if err != nil {
		return err
	}
	about := &a.about
	if err := json.Unmarshal(b, about); err != nil {
		return fmt.Errorf("%s: %w", aboutFile, err)
	}
	if about.Format != archiveFormat {
		return fmt.Errorf("%s: its format is %.80q, %s is expected", aboutFile, about.Format, archiveFormat)
	}
	if about.Spec, err = spec.Parse(about.RawSpec); err == nil {
		err = about.Spec.Validate()
	}
	if err != nil {
		return fmt.Errorf("%s: its settings: %w", aboutFile, err)
	}
	labels := Labels{Name: about.Name, Note: about.Note, Tags: about.Tags}
	if err := cleanLabels(&labels); err != nil {
		return fmt.Errorf("%s: %w", aboutFile, err)
	}
	about.Name, about.Note, about.Tags = labels.Name, labels.Note, labels.Tags
	return about.check()
}

// check refuses what a run cannot be, and has one that was under way rest.
func (about *aboutRun) check() error {
	switch {
	case !slices.Contains(job.States, about.State):
		return fmt.Errorf("%s: no run is %.40q", aboutFile, about.State)
	case about.Batches != about.Spec.Batches || about.Batch < 0 || about.Batch > about.Batches:
		return fmt.Errorf("%s: it cannot be at batch %d of %d", aboutFile, about.Batch, about.Batches)
	case about.ParentBatch < 0 || about.ParentBatch > about.Batch || about.Parent != "" && !runName.MatchString(about.Parent):
		return fmt.Errorf("%s: it cannot come from batch %d of %.40q", aboutFile, about.ParentBatch, about.Parent)
	case checkMilestones(about.Milestones, about.Batches) != nil:
		return fmt.Errorf("%s: too many checkpoints of it would stay", aboutFile)
	case !(about.Seconds >= 0 && about.Seconds < 1e6) || !plausible(about.Created) || !plausible(about.Updated):
		return fmt.Errorf("%s: its times are impossible", aboutFile)
	}
	for _, text := range []*string{&about.Title, &about.Kernel, &about.Error, &about.Notice} {
		*text = oneLine(*text)
	}
	if about.State.Active() || about.State == job.Interrupted {
		about.State = job.Paused // it goes on once it is resumed
	}
	return nil
}

func plausible(t time.Time) bool { return t.Year() >= 1970 && t.Year() < 3000 }

// longestText is how many letters of a title or a message are kept.
const longestText = 1000

// oneLine is a text without what cannot be printed, not too long.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if !printable(string(r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if r := []rune(text); len(r) > longestText {
		text = string(r[:longestText])
	}
	return text
}

// table reads a file of numbers by batch, the batches rising from 1; it may be missing.
func (a *runArchive) table(name string, columns []string, row func(batch int, values []float64)) error {
	if a.files[name] == nil {
		return nil
	}
	b, err := a.read(name)
	if err != nil {
		return err
	}
	in := csv.NewReader(bytes.NewReader(b))
	in.FieldsPerRecord, in.ReuseRecord = len(columns), true
	head, err := in.Read()
	if err != nil || !slices.Equal(head, columns) {
		return fmt.Errorf("%s: its columns are %.80q, must be %s", name, head, strings.Join(columns, ","))
	}
	last := 0
	values := make([]float64, len(columns)-1)
	for {
		cells, err := in.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		batch, err := strconv.Atoi(cells[0])
		if err != nil || batch <= last || batch > a.about.Batches {
			return fmt.Errorf("%s: batch %.20q follows %d", name, cells[0], last)
		}
		last = batch
		for i := range values {
			if values[i], err = numberIn(cells[i+1]); err != nil {
				return fmt.Errorf("%s: batch %d: %w", name, batch, err)
			}
		}
		row(batch, values)
	}
}

// numberIn reads what cell wrote: NaN where a cell is empty.
func numberIn(text string) (float64, error) {
	if text == "" {
		return math.NaN(), nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%.20q is no number", text)
	}
	return x, nil
}

func zeroIfNone(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return x
}
