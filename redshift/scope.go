package redshift

// A field is one column of a source: its name for users, and in DuckDB.
type field struct {
	name string
	duck string
	typ  Type
}

// A sourceTable is one element of FROM.
type sourceTable struct {
	alias  string // as users name it, folded
	schema string // for schema.table.column; "" when aliased
	duck   string // its alias in DuckDB, unquoted
	fields []field
	elem   bool // the alias itself stands for a value: an unnested SUPER element

	// For a stream only: columns that * does not give, other names of its
	// columns, and the columns in use. Its columns have no qualifier in DuckDB.
	unlisted []field
	hidden   map[string]string
	used     map[string]bool

	// For records only: * gives the names as DuckDB has them; and when open,
	// names that are none of the fields are NULL.
	spelled, open bool
}

// unlistedField is a column that * does not give, or another name of one.
func (s *sourceTable) unlistedField(name string) *field {
	if len(s.hidden) == 0 && len(s.unlisted) == 0 {
		return nil
	}
	return s.field(name)
}

func (s *sourceTable) field(name string) *field {
	if other, ok := s.hidden[name]; ok {
		name = other
	}
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i]
		}
	}
	for i := range s.unlisted {
		if s.unlisted[i].name == name {
			return &s.unlisted[i]
		}
	}
	return nil
}

// shownName is what * calls a field.
func (s *sourceTable) shownName(f *field) string {
	if s.spelled {
		return f.duck
	}
	return f.name
}

func (s *sourceTable) ref(f *field) string { return quoteIdent(s.duck) + "." + quoteIdent(f.duck) }

// A scope is what names mean inside one SELECT; outer is the query around it.
type scope struct {
	outer   *scope
	ctes    map[string]*commonTable
	sources []*sourceTable
	shown   []shownColumn    // what names without a qualifier mean, in the order of *
	aliases map[string]value // earlier items of the SELECT list
}

// A commonTable is a name of WITH that can be used in FROM.
type commonTable struct {
	duck   string
	fields []field
}

func (sc *scope) cte(name string) *commonTable {
	for s := sc; s != nil; s = s.outer {
		if c := s.ctes[name]; c != nil {
			return c
		}
	}
	return nil
}

// freeAlias makes a DuckDB alias that no scope around uses.
func (sc *scope) freeAlias(name string) string {
	for n := 0; ; n++ {
		candidate := name
		if n > 0 {
			candidate = name + "#" + string(rune('a'+n-1))
		}
		if !sc.usesAlias(candidate) || n > 20 {
			return candidate
		}
	}
}

func (sc *scope) usesAlias(duck string) bool {
	for s := sc; s != nil; s = s.outer {
		for _, t := range s.sources {
			if t.duck == duck {
				return true
			}
		}
	}
	return false
}

// isDatabase tells the name of the session's database.
func (t *translator) isDatabase(id Ident) bool {
	return lowerASCII(id.Text) == lowerASCII(t.set.Database)
}

// find resolves the leading names of a path; used tells how many of them it
// took. Names closer in win; an unqualified column found twice is an error.
func (t *translator) find(sc *scope, steps []Step) (v value, used int, err error) {
	for s := sc; s != nil; s = s.outer {
		v, used, err = t.findIn(s, steps)
		if used > 0 || err != nil {
			t.traits.outer = t.traits.outer || s != sc && len(s.sources) > 0
			return v, used, err
		}
	}
	if len(steps) > 3 && steps[0].Index == nil && t.isDatabase(steps[0].Name) { // database.schema.table.column
		if v, used, err = t.find(sc, steps[1:]); used > 1 || err != nil {
			return v, used + 1, err
		}
	}
	return value{}, 0, nil
}

func (t *translator) findIn(sc *scope, steps []Step) (value, int, error) {
	first := steps[0].Name.Fold(t.set)
	if len(steps) > 1 && steps[1].Index == nil {
		second := steps[1].Name.Fold(t.set)
		for _, s := range sc.sources {
			if s.alias != first {
				continue
			}
			if f := s.field(second); f != nil && !s.elem {
				return t.column(s, f), 2, nil
			}
			if s.open { // a field that none of these records has, see missing
				return value{}, 0, nil
			}
		}
		if len(steps) > 2 && steps[2].Index == nil {
			if v, ok := t.qualifiedColumn(sc, first, second, steps[2].Name.Fold(t.set)); ok {
				return v, 3, nil
			}
		}
	}
	for _, s := range sc.sources { // an unnested element wins over columns of its name
		if s.elem && s.alias == first {
			return t.column(s, &s.fields[0]), 1, nil
		}
	}
	if v, ok := sc.aliases[first]; ok && sc.isOpen() {
		return v, 1, nil
	}
	var found *shownColumn
	for i := range sc.shown {
		if sc.shown[i].name != first {
			continue
		}
		if found != nil {
			return value{}, 0, t.fail(steps[0].Name.pos, codeAmbiguousColumn, "column reference \"%s\" is ambiguous", first)
		}
		found = &sc.shown[i]
	}
	if found != nil {
		return t.shownValue(*found), 1, nil
	}
	for _, s := range sc.sources { // columns of a stream that * does not give
		if f := s.unlistedField(first); f != nil {
			return t.column(s, f), 1, nil
		}
	}
	if v, ok := sc.aliases[first]; ok {
		return v, 1, nil
	}
	return value{}, 0, nil
}

// qualifiedColumn resolves schema.table.column.
func (t *translator) qualifiedColumn(sc *scope, schema, table, column string) (value, bool) {
	for _, s := range sc.sources {
		if s.schema == schema && s.alias == table {
			if f := s.field(column); f != nil {
				return t.column(s, f), true
			}
		}
	}
	return value{}, false
}

func (t *translator) column(s *sourceTable, f *field) value {
	if s.used != nil {
		s.used[f.name] = true
		return of(f.typ, quoteIdent(f.duck))
	}
	return of(f.typ, s.ref(f))
}
