package modelfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nlpodyssey/gopickle/types"
)

// candidate is what may be the network of a file: a module of a published class, or a
// state_dict with the tensors of one.
type candidate struct {
	path   []string // keys and attributes that lead to it
	class  string   // "" for a state_dict whose class the file does not tell
	module bool     // saved whole
	values map[string]any
	looked int // at so many entries for settings
}

const (
	// maxDepth, maxLooked and maxFound bound the search for networks in what a file holds.
	maxDepth  = 8
	maxLooked = 1_000_000
	maxFound  = 4
	// anchor is a tensor that every published network has.
	anchor = "rec_net.weight_hh_l0"
)

// usual are the keys under which a checkpoint has its network, the surest first.
var usual = []string{"model_state_dict", "state_dict", "model", "net", "network", "module"}

// search looks for networks in what a file holds.
type search struct {
	found []candidate
	other *object      // a module of another class
	seen  map[any]bool // containers, each looked at once
}

// findNetwork gives the network of a file. Two that have an equal claim are an error.
func findNetwork(root any) (candidate, error) {
	s := search{seen: map[any]bool{}}
	s.visit(root, nil, nil)
	if len(s.found) == 0 {
		if s.other != nil {
			root = s.other
		}
		return candidate{}, noNetwork(root)
	}
	claim := func(c candidate) int { // modules tell more than state_dicts
		n := 2
		if len(c.path) == 0 || slices.Contains(usual, c.path[len(c.path)-1]) {
			n = 0
		}
		if !c.module {
			n++
		}
		return n
	}
	best := slices.MinFunc(s.found, func(a, b candidate) int { return claim(a) - claim(b) })
	for _, c := range s.found {
		if claim(c) == claim(best) && !slices.Equal(c.path, best.path) {
			return candidate{}, fmt.Errorf("it holds several networks (%s and %s): save one of them alone, %s",
				strings.Join(best.path, "."), strings.Join(c.path, "."), saveWhole)
		}
	}
	return best, nil
}

// noNetwork says what a file holds instead of a network.
func noNetwork(root any) error {
	classes := strings.Join(slices.Sorted(maps.Keys(published)), ", ")
	if o, ok := root.(*object); ok {
		return fmt.Errorf("it holds a %q, which is none of the published classes (%s): nothing of it was run. "+
			"If it has the weights of one, load them into it and save it whole, %s", o.named, classes, saveWhole)
	}
	return fmt.Errorf("it holds %s, not a network of the published classes (%s), saved whole: %s", inWords(root), classes, saveWhole)
}

// visit looks at a value and at what it contains; around are its containers, the
// nearest first.
func (s *search) visit(v any, path []string, around []any) {
	if !contains(v) || s.seen[v] || len(path) > maxDepth || len(s.found) >= maxFound {
		return
	}
	s.seen[v] = true
	if o, ok := v.(*object); ok && published[o.name] != nil {
		values := map[string]any{}
		addModule(values, "", o, 0)
		s.found = append(s.found, candidate{path: path, class: o.name, module: true, values: values})
		return
	}
	content := entries(v)
	prefixes := map[string]bool{}
	for _, e := range content {
		if prefix, ok := strings.CutSuffix(e.key, anchor); ok && tensorOf(e.value) != nil {
			prefixes[prefix] = true
		}
	}
	all := slices.Sorted(maps.Keys(prefixes))
	for _, prefix := range all[:min(len(all), maxFound)] {
		c := candidate{path: path, values: map[string]any{}}
		if len(prefixes) > 1 {
			c.path = append(slices.Clone(path), strings.TrimSuffix(prefix, "."))
		}
		c.addState(content, prefix)
		for _, container := range around {
			c.addSettings(container, 0)
		}
		s.found = append(s.found, c)
	}
	if len(prefixes) > 0 {
		return
	}
	if o, ok := v.(*object); ok && o.state["_modules"] != nil && !strings.HasPrefix(o.module, "torch.") && s.other == nil {
		s.other = o
	}
	around = append([]any{v}, around...)
	for _, e := range content {
		s.visit(e.value, append(slices.Clone(path), e.key), around)
	}
}

// contains tells whether a network may be inside of a value: no long list has one.
func contains(v any) bool {
	switch v := v.(type) {
	case *types.Dict, *types.OrderedDict, *object:
		return true
	case *types.List:
		return v.Len() <= 16
	case *types.Tuple:
		return v.Len() <= 16
	}
	return false
}

// addState takes a state_dict's entries, without the prefix that a wrapper such as
// DataParallel ("module.") puts before every name.
func (c *candidate) addState(content []keyed, prefix string) {
	for _, e := range content {
		name, ok := strings.CutPrefix(e.key, prefix)
		if !ok && tensorOf(e.value) != nil {
			continue // of another part
		}
		c.add(name, e.value)
	}
}

// addSettings takes what a checkpoint tells of its network beside the state_dict: the
// numbers, texts and arrays among its entries, and in dictionaries of settings.
func (c *candidate) addSettings(container any, depth int) {
	content := entries(container)
	if c.looked += len(content); c.looked > maxLooked || depth > 0 && isState(content) {
		return
	}
	for _, e := range content {
		switch v := e.value.(type) {
		case *types.Dict, *types.OrderedDict, *object:
			if depth < 2 {
				c.addSettings(v, depth+1)
			}
		default:
			if _, there := c.values[e.key]; !there {
				c.add(e.key, v)
			}
		}
	}
}

// isState tells whether a value contains what a state_dict does.
func isState(content []keyed) bool {
	return slices.ContainsFunc(content, func(e keyed) bool { return strings.HasSuffix(e.key, anchor) })
}

// add keeps a value; one that is the name of a published class, or the class itself,
// tells what the network is.
func (c *candidate) add(name string, v any) {
	c.values[name] = v
	class, _ := v.(string)
	if n, ok := v.(named); ok {
		class = n.name
	}
	if published[class] != nil && c.class == "" {
		c.class = class
	}
}

// addModule takes a module's attributes, parameters and buffers, and those of the
// modules in it under dotted names, as Python finds them.
func addModule(values map[string]any, prefix string, module *object, depth int) {
	for _, content := range []any{module, module.state["_parameters"], module.state["_buffers"]} {
		for _, e := range entries(content) {
			values[prefix+e.key] = e.value
		}
	}
	if depth > 1 {
		return
	}
	for _, e := range entries(module.state["_modules"]) {
		if inner, ok := e.value.(*object); ok {
			values[prefix+e.key] = inner
			addModule(values, prefix+e.key+".", inner, depth+1)
		}
	}
}

// keyed is an entry of a dictionary, an attribute or argument of an object, or a part of a list.
type keyed struct {
	key   string
	value any
}

// entries are what a value contains, by the keys that are texts; none for most values.
func entries(v any) (out []keyed) {
	switch v := v.(type) {
	case *types.OrderedDict:
		for at := v.List.Front(); at != nil; at = at.Next() {
			e := at.Value.(*types.OrderedDictEntry)
			if key, ok := e.Key.(string); ok {
				out = append(out, keyed{key, e.Value})
			}
		}
	case *types.Dict:
		for _, e := range *v {
			if key, ok := e.Key.(string); ok {
				out = append(out, keyed{key, e.Value})
			}
		}
	case *object:
		if v == nil {
			return nil
		}
		for i, argument := range v.args { // what it wraps, such as a compiled module
			out = append(out, keyed{fmt.Sprint(i), argument})
		}
		for _, key := range slices.Sorted(maps.Keys(v.state)) {
			out = append(out, keyed{key, v.state[key]})
		}
	case *types.List:
		for i, item := range *v {
			out = append(out, keyed{fmt.Sprint(i), item})
		}
	case *types.Tuple:
		for i, item := range *v {
			out = append(out, keyed{fmt.Sprint(i), item})
		}
	}
	return out
}

// tensorOf is a value as a tensor; nil where it is none.
func tensorOf(v any) *tensor {
	switch v := v.(type) {
	case *tensor:
		return v
	case *array:
		return v.tensor
	}
	return nil
}

// inWords says what a value of a file is.
func inWords(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing (None)"
	case bool:
		return "a truth value"
	case int, float64:
		return fmt.Sprintf("the number %v", v)
	case string:
		return fmt.Sprintf("the text %q", v[:min(len(v), 40)])
	case []byte, *types.ByteArray:
		return "bytes"
	case *types.List:
		return "a list"
	case *types.Tuple:
		return "a tuple"
	case *types.Dict, *types.OrderedDict:
		return "a dictionary without the tensors of one"
	case *object:
		return "a " + v.String()
	case named:
		return "the name " + v.String()
	}
	if t := tensorOf(v); t != nil {
		if t.problem != nil {
			return "a tensor that is not understood"
		}
		return fmt.Sprintf("a tensor of shape %v", t.shape)
	}
	return "something else"
}
