package lab

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"unmixlab/server/store"
	"unmixlab/sim/spec"
)

// Labels are what whoever keeps a run writes on it: a name, a note, tags.
type Labels = store.Labels

// How much may be written on a run, in letters.
const (
	LongestName = 80
	LongestNote = 4000
	LongestTag  = 30
	MostTags    = 20
)

// LabelRun writes a name, a note and tags on a run. Tags are kept in small letters, each
// once; what is too long, or no tag, is refused by its field.
func (l *Lab) LabelRun(ctx context.Context, id string, labels Labels) (RunInfo, error) {
	if err := cleanLabels(&labels); err != nil {
		return RunInfo{}, err
	}
	if _, err := l.FindRun(ctx, id); err != nil {
		return RunInfo{}, err
	}
	if err := l.store.SetLabels(ctx, id, labels); err != nil {
		return RunInfo{}, err
	}
	l.tell(id)
	return l.FindRun(ctx, id)
}

// cleanLabels puts labels into the form in which they are kept, or refuses them.
func cleanLabels(l *Labels) error {
	l.Name, l.Note, l.Tags = strings.TrimSpace(l.Name), strings.TrimSpace(l.Note), cleanTags(l.Tags)
	if errs := checkLabels(*l); len(errs) > 0 {
		return errs
	}
	return nil
}

// TagRuns adds a tag to several runs.
func (l *Lab) TagRuns(ctx context.Context, ids []string, tag string) error {
	for _, id := range ids {
		run, err := l.FindRun(ctx, id)
		if err != nil {
			return err
		}
		if _, err := l.LabelRun(ctx, id, Labels{Name: run.Name, Note: run.Note, Tags: append(slices.Clone(run.Tags), tag)}); err != nil {
			return err
		}
	}
	return nil
}

// SplitTags are the tags in a text, as a form has them: parted by blanks or commas.
func SplitTags(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
}

func cleanTags(tags []string) []string {
	clean := []string{}
	for _, tag := range tags {
		tag = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(tag), "#"))
		if tag != "" && !slices.Contains(clean, tag) {
			clean = append(clean, tag)
		}
	}
	return clean
}

func checkLabels(l Labels) spec.Errors {
	var errs spec.Errors
	bad := func(field, message string) { errs = append(errs, spec.FieldError{Field: field, Message: message}) }
	switch {
	case utf8.RuneCountInString(l.Name) > LongestName:
		bad("name", "has more than 80 letters")
	case !printable(l.Name):
		bad("name", "must be one line of letters that can be printed")
	}
	switch {
	case utf8.RuneCountInString(l.Note) > LongestNote:
		bad("note", "has more than 4,000 letters")
	case !printable(strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(l.Note)):
		bad("note", "must be text that can be printed")
	}
	if len(l.Tags) > MostTags {
		bad("tags", "are more than 20")
	}
	for _, tag := range l.Tags {
		if utf8.RuneCountInString(tag) > LongestTag || !isTag(tag) {
			bad("tags", "must be words of at most 30 letters, digits, dots, dashes or underlines")
			break
		}
	}
	return errs
}

func printable(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// isTag tells whether a tag is such that it can be searched for: tag=word.
func isTag(tag string) bool {
	return strings.IndexFunc(tag, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
	}) < 0
}
