package app

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"unmixlab/server/lab"
	"unmixlab/sim/spec"
	"unmixlab/web"
)

// runsOnAPage is how many runs the page of runs has before its script fetches others.
const runsOnAPage = 50

// runsView is the page of runs: those of a search, of which it has a stretch.
type runsView struct {
	Queue    []runRow // that wait for their turn
	AtOnce   string   // how many train at once, in a sentence
	Rows     []runRow
	Blank    runRow // from which the script makes rows
	Any      bool   // whether there are runs at all, found or not
	Found    int
	Query    string
	Sort     string
	Columns  []runColumn
	Settings []spec.Field // by which can be sorted as well
	Problem  string       // of the search, or of what was to be done
	Deleted  []string     // ids of runs deleted just now, to undo it
	Bin      bool         // whether these are the deleted ones
	Earlier  string       // address of the stretch before, or ""
	Later    string
}

// runColumn is a column of the table, with the address that sorts by it.
type runColumn struct {
	Name, Label string
	Class       string
	Sorted      string // ascending, descending or ""
	Address     string
}

func (a *App) runsPage(w http.ResponseWriter, r *http.Request) error {
	return a.showRuns(w, r, http.StatusOK, "")
}

func (a *App) showRuns(w http.ResponseWriter, r *http.Request, status int, problem string) error {
	q := r.URL.Query()
	search := lab.Search{Query: q.Get("q"), Sort: q.Get("sort")}
	found, err := a.lab.FindRuns(r.Context(), search)
	if refusal := lab.Refusal(err); refusal != nil && refusal.Kind == lab.Invalid {
		problem, err = refusal.Message, nil
	}
	if err != nil {
		return err
	}
	counts, err := a.lab.RunCounts(r.Context())
	if err != nil {
		return err
	}
	queue, err := a.lab.Queue(r.Context())
	if err != nil {
		return err
	}
	from, _ := strconv.Atoi(q.Get("from"))
	from = max(0, min(from, len(found)-1))
	v := runsView{
		Queue: rowsOf(queue.Queued), AtOnce: atOnce(a.lab.AtOnce()),
		Rows: rowsOf(found[from:min(len(found), from+runsOnAPage)]), Any: len(counts) > 0 || len(found) > 0, Found: len(found),
		Query: search.Query, Sort: search.Sort, Columns: runColumns(search), Settings: sortable(), Problem: problem,
		Deleted: a.undoable(r.Context(), q["deleted"]), Bin: len(found) > 0 && found[0].Deleted != nil,
	}
	if from > 0 {
		v.Earlier = listAddress(search, max(0, from-runsOnAPage))
	}
	if from+runsOnAPage < len(found) {
		v.Later = listAddress(search, from+runsOnAPage)
	}
	return a.render(w, r, status, web.View{Name: "runs", Data: v})
}

// atOnce says how many runs train at once.
func atOnce(runs int, resume bool) string {
	first := "One run trains at a time and uses every core; others wait in the queue."
	if runs > 1 {
		first = fmt.Sprintf("Up to %d runs train at once, as far as they have room in memory; others wait in the queue.", runs)
	}
	if resume {
		return first + " Runs that the lab’s end interrupts go on by themselves when it starts again."
	}
	return first + " A run that was interrupted goes on from its last checkpoint once it is resumed."
}

// undoable are those of the ids that are of deleted runs.
func (a *App) undoable(ctx context.Context, ids []string) []string {
	if len(ids) == 0 {
		return nil
	}
	deleted, err := a.lab.DeletedRuns(ctx)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(ids, func(id string) bool {
		return !slices.ContainsFunc(deleted, func(r lab.RunInfo) bool { return r.ID == id })
	})
}

// runColumns are the columns of the table as a search has sorted them; the address of
// one by which it is sorted already turns it round.
func runColumns(s lab.Search) []runColumn {
	columns := []runColumn{
		{Name: "name", Label: "Run"}, {Name: "state", Label: "State"}, {Name: "progress", Label: "Batches"},
		{Name: "loss", Label: "Loss", Class: "num"}, {Name: "left", Label: "Left", Class: "num"}, {Name: "started", Label: "Started"},
	}
	by := cmp.Or(s.Sort, "-started")
	for i := range columns {
		c := &columns[i]
		next := c.Name
		switch by {
		case c.Name:
			c.Sorted, next = "ascending", "-"+c.Name
		case "-" + c.Name:
			c.Sorted = "descending"
		}
		c.Address = listAddress(lab.Search{Query: s.Query, Sort: next}, 0)
	}
	return columns
}

// sortable are the settings by which runs can be sorted besides the columns.
func sortable() []spec.Field {
	return slices.DeleteFunc(slices.Clone(spec.Fields), func(f spec.Field) bool {
		return f.Kind != spec.Int && f.Kind != spec.Float && f.Kind != spec.Choice
	})
}

func listAddress(s lab.Search, from int) string {
	q := url.Values{}
	if s.Query != "" {
		q.Set("q", s.Query)
	}
	if s.Sort != "" {
		q.Set("sort", s.Sort)
	}
	if from > 0 {
		q.Set("from", strconv.Itoa(from))
	}
	if len(q) == 0 {
		return "/runs"
	}
	return "/runs?" + q.Encode()
}

func rowsOf(runs []lab.RunInfo) []runRow {
	rows := make([]runRow, len(runs))
	for i, run := range runs {
		rows[i] = newRunRow(run)
	}
	return rows
}

// undoneInAddress is how many deleted runs an address names, for a page without scripts
// to offer that they come back; more are found by state=deleted.
const undoneInAddress = 50

// runsForm does something with the runs that were chosen.
func (a *App) runsForm(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return invalid("body", "cannot be read as a form: %v", err)
	}
	for way, by := range map[string]int{"sooner": -1, "later": 1} {
		if id := r.PostForm.Get(way); id != "" {
			if err := a.moveRun(r.Context(), id, by); err != nil {
				return err
			}
			redirect(w, r, "/runs", http.StatusSeeOther)
			return nil
		}
	}
	return a.chosenForm(w, r)
}

// chosenForm is runsForm for the runs of the table.
func (a *App) chosenForm(w http.ResponseWriter, r *http.Request) error {
	ids, next := r.PostForm["id"], url.Values{}
	var err error
	switch action := r.PostForm.Get("action"); action {
	case "compare":
		redirect(w, r, "/runs/compare?"+url.Values{"id": ids}.Encode(), http.StatusSeeOther)
		return nil
	case "delete":
		if err = a.lab.DeleteRuns(r.Context(), ids); len(ids) <= undoneInAddress {
			next["deleted"] = ids
		}
	case "restore":
		err = a.lab.RestoreRuns(r.Context(), ids)
	case "purge":
		err = a.lab.PurgeRuns(r.Context(), ids)
	case "tag":
		for _, tag := range lab.SplitTags(r.PostForm.Get("tag")) {
			err = cmp.Or(err, a.lab.TagRuns(r.Context(), ids, tag))
		}
	default:
		err = invalid("body.action", "%q is nothing that can be done with runs", action)
	}
	if err != nil {
		p := ProblemOf(err)
		return a.showRuns(w, r, p.Status, p.Detail)
	}
	if len(next) == 0 {
		redirect(w, r, "/runs", http.StatusSeeOther)
	} else {
		redirect(w, r, "/runs?"+next.Encode(), http.StatusSeeOther)
	}
	return nil
}
