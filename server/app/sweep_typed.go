package app

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"unmixlab/server/sweep"
	"unmixlab/sim/spec"
)

// typedOf is a sweep as it could be typed, under a name of its own. Settings that go
// together have no place in the form and are left out.
func typedOf(s sweep.Sweep) url.Values {
	typed := url.Values{"name": {"my-" + s.Name}, "measure": {strings.Join(s.Measure, ", ")}, "learned": {s.Learned}}
	for _, f := range spec.Fields {
		if raw, ok := s.Base[f.Name]; ok {
			typed.Set("base", typed.Get("base")+f.Name+" = "+typedText(raw)+"\n")
		}
		if values, ok := s.Grid[f.Name]; ok {
			typed.Add("field", f.Name)
			typed.Add("values", typedTexts(values))
		}
	}
	if raw, ok := s.Base["preset"]; ok {
		typed.Set("preset", typedText(raw))
	}
	var seeds []string
	for _, seed := range s.Seeds {
		seeds = append(seeds, strconv.FormatUint(seed, 10))
	}
	typed.Set("seeds", strings.Join(seeds, ", "))
	if s.Every > 0 {
		typed.Set("every", strconv.Itoa(s.Every))
	}
	return typed
}

func typedTexts(values []json.RawMessage) string {
	var texts []string
	for _, v := range values {
		texts = append(texts, typedText(v))
	}
	return strings.Join(texts, ", ")
}

// typedText is a setting's JSON as it is typed: without quotes, a list without brackets.
func typedText(raw json.RawMessage) string {
	return strings.NewReplacer(`"`, "", "[", "", "]", "").Replace(string(raw))
}
