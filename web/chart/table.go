package chart

import "strconv"

// Table is what a chart shows, as rows that can be read. A cell is a string, a
// Value or an int.
type Table struct {
	Caption string   `json:"caption"`
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	Note    string   `json:"note,omitempty"` // what was left out
}

// Columns makes a table from lists of numbers, one a column; shorter ones end in
// empty cells.
func Columns(caption string, names []string, columns ...[]float64) Table {
	t := Table{Caption: caption, Columns: names}
	rows := 0
	for _, c := range columns {
		rows = max(rows, len(c))
	}
	for i := range rows {
		row := make([]any, len(columns))
		for j, c := range columns {
			row[j] = ""
			if i < len(c) {
				row[j] = Value(c[i])
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Thinned keeps about n rows, evenly, and says so; the data files have them all.
func (t Table) Thinned(n int) Table {
	if len(t.Rows) <= n {
		return t
	}
	step := (len(t.Rows) + n - 1) / n
	var rows [][]any
	for i := 0; i < len(t.Rows); i += step {
		rows = append(rows, t.Rows[i])
	}
	t.Rows = rows
	t.Note = "Every " + ordinal(step) + " row; the data files have all of them."
	return t
}

func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}
