package redshift

// An extractor makes several walks into one document share one pass over it.
// Each function that walks has a form that takes several paths and gives a list
// of values; when all of a SELECT list's walks say the same paths, DuckDB
// computes it once. So the SELECT list is translated twice: once to see which
// paths there are, and once to write them as elements of lists.
type extractor struct {
	paths   map[string][]string // by function and document
	sharing bool
}

func newExtractor() *extractor { return &extractor{paths: make(map[string][]string)} }

// call is the SQL of function(doc, path).
func (e *extractor) call(function, doc, path string) string {
	plain := function + "(" + doc + ", " + quoteString(path) + ")"
	if e == nil {
		return plain
	}
	key := function + "(" + doc
	known := e.paths[key]
	n := indexOf(known, path)
	if !e.sharing {
		if n < 0 {
			e.paths[key] = append(known, path)
		}
		return plain
	}
	if n < 0 || len(known) < 2 {
		return plain
	}
	return function + "s(" + doc + ", " + quoteString(join(known)) + ")[" + itoa(n+1) + "]"
}

// worth tells whether there is anything to share.
func (e *extractor) worth() bool {
	for _, paths := range e.paths {
		if len(paths) > 1 {
			return true
		}
	}
	return false
}

func indexOf(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}
