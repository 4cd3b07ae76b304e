package redshift

import (
	"slices"
	"strings"
)

// A RecordQuery is the translation of a query over the records of a delivery
// stream, in parts, as StreamQuery is for views.
type RecordQuery struct {
	Columns []StreamColumn
	Where   string // DuckDB boolean expression or ""
}

// Records is what a query over records can be about: one relation, whose
// columns are the records' fields. Expressions qualify them with the relation's
// Name, in the columns' own spelling.
type Records struct {
	Relation
	// Open says that records may have fields beyond Columns: a name that is
	// none of them is NULL, not an error.
	Open bool
}

// TranslateRecords translates a query that makes at most one row of each
// record. What needs more than one record (aggregates, joins, DISTINCT, ORDER
// BY …), and what gives another result when it is repeated, is refused by name.
func TranslateRecords(q *Query, records Records, set Settings) (*RecordQuery, error) {
	t := newTranslator(q.full, recordCatalog{records.Relation}, set)
	t.place = "the query of a delivery stream"
	sel, err := t.streamSelect(q)
	if err != nil {
		return nil, err
	}
	ref := sel.From[0].(*TableRef)
	if _, _, err := t.relation(ref.Path); err != nil {
		return nil, err
	}
	sc := t.recordScope(records, ref)
	if err := t.streamRules(sel, sc); err != nil {
		return nil, err
	}
	p := &selectPlan{t: t}
	if err := t.items(p, sel, sc); err != nil {
		return nil, err
	}
	if records.Open {
		dropShadowed(p)
	}
	out := &RecordQuery{}
	if out.Columns, err = t.streamColumns(p, sel); err != nil {
		return nil, err
	}
	if sel.Where != nil {
		if out.Where, err = t.condition(sel.Where, sc); err != nil {
			return nil, err
		}
	}
	if len(t.params) > 0 {
		return nil, t.fail(q.start, "42P02", "the query of a delivery stream cannot have parameters")
	}
	return out, nil
}

// dropShadowed drops columns that * gives and that an item with the same name
// replaces: a record may bring any field, and must not make the query wrong.
func dropShadowed(p *selectPlan) {
	named := make(map[string]bool)
	for _, it := range p.items {
		if it.item != nil {
			named[strings.ToLower(it.name)] = true
		}
	}
	p.items = slices.DeleteFunc(p.items, func(it outItem) bool { return it.item == nil && named[strings.ToLower(it.name)] })
}

// Star tells whether the query's SELECT list has a *.
func (q *Query) Star() bool {
	switch b := q.Body.(type) {
	case *Query:
		return b.Star()
	case *Select:
		return slices.ContainsFunc(b.Items, func(it SelectItem) bool { _, star := it.Expr.(*Star); return star })
	}
	return false
}

// recordCatalog knows the records and nothing else.
type recordCatalog struct{ relation Relation }

func (c recordCatalog) Relation(schema, name string) (*Relation, bool) {
	return &c.relation, schema == "" && name == c.relation.Name
}

// recordScope puts the records' fields in scope, by names folded as the
// settings say; what * gives keeps the fields' own spelling.
func (t *translator) recordScope(records Records, ref *TableRef) *scope {
	src := &sourceTable{alias: records.Name, duck: records.Name, spelled: true, open: records.Open}
	if !ref.Alias.Name.empty() {
		src.alias = ref.Alias.Name.Fold(t.set)
	}
	for _, c := range records.Columns {
		name := c.Name
		if !t.set.CaseSensitiveIdentifier {
			name = strings.ToLower(name)
		}
		src.fields = append(src.fields, field{name, c.Name, c.Type})
	}
	return sourceScope(src)
}

// isOpen tells whether the names that are no fields are NULL.
func (sc *scope) isOpen() bool {
	return slices.ContainsFunc(sc.sources, func(s *sourceTable) bool { return s.open })
}

// isNamed tells whether records, or another source, go by a name.
func (sc *scope) isNamed(alias string) bool {
	return slices.ContainsFunc(sc.sources, func(s *sourceTable) bool { return s.alias == alias })
}

// readsField tells whether an expression over records names a field.
//
// What a name means must not depend on the fields that other records have: so in
// a query over open records the name of an earlier item means that item, and not
// the field of that name, unless the item reads the field: then it means the
// field, as in SELECT lower(city) AS city, city AS original.
func (t *translator) readsField(x Expr, name string, sc *scope) bool {
	reads := false
	walkExpr(x, func(x Expr) bool {
		if p, ok := x.(*Path); ok && p.Base == nil {
			field := p.Steps[0]
			if len(p.Steps) > 1 && p.Steps[1].Index == nil && sc.isNamed(field.Name.Fold(t.set)) {
				field = p.Steps[1]
			}
			reads = reads || field.Name.Fold(t.set) == name
		}
		return true
	})
	return reads
}

// missing resolves a name that is no column, where the columns are not all
// known: it is NULL. used tells how many names of the path it took.
func (t *translator) missing(p *Path, sc *scope) (v value, used int) {
	for _, s := range sc.sources {
		if !s.open {
			continue
		}
		used = 1
		if len(p.Steps) > 1 && p.Steps[1].Index == nil && p.Steps[0].Name.Fold(t.set) == s.alias {
			used = 2
		}
		if used < len(p.Steps) {
			return of(typeSuper, "CAST(NULL AS JSON)"), used
		}
		return value{sql: "NULL", typ: typeUnknown, null: true}, used
	}
	return value{}, 0
}
