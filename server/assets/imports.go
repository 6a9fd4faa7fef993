package assets

import (
	"path"
	"regexp"
	"slices"
)

// imported finds the modules that a script imports, by their relative names.
var imported = regexp.MustCompile(`(?m)^(?:import|export)\b[^;]*?"(\.\.?/[^"]+\.js)";`)

// Imports are the modules that a script such as "js/run.js" imports, and those that these
// import, each once: what a browser would find out one after the other.
func (f *Files) Imports(script string) []string {
	if f.disk == nil {
		if known, ok := f.imports.Load(script); ok {
			return known.([]string)
		}
	}
	var all []string
	todo := []string{script}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		one, err := f.find(name)
		if err != nil {
			continue // the browser will say so
		}
		for _, m := range imported.FindAllSubmatch(one.plain, -1) {
			next := path.Join(path.Dir(name), string(m[1]))
			if next != script && !slices.Contains(all, next) {
				all, todo = append(all, next), append(todo, next)
			}
		}
	}
	f.imports.Store(script, all)
	return all
}
