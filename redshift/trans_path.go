package redshift

import "strconv"

// path translates a chain of names and indexes: the leading names are a column,
// the rest steps into it.
func (t *translator) path(p *Path, sc *scope) (value, error) {
	if p.Base != nil {
		base, err := t.expr(p.Base, sc)
		if err != nil {
			return value{}, err
		}
		return t.walk(base, p.Steps, p.exprPos(), sc)
	}
	if sc == nil {
		return value{}, t.fail(p.exprPos(), codeUndefinedColumn, "column \"%s\" does not exist", p.Steps[0].Name.Fold(t.set))
	}
	base, used, err := t.find(sc, p.Steps)
	if err != nil {
		return value{}, err
	}
	base = t.groupedValue(base)
	if used == 0 {
		if base, used = t.missing(p, sc); used == 0 {
			return value{}, t.noColumn(p, sc)
		}
	}
	return t.walk(base, p.Steps[used:], p.exprPos(), sc)
}

// noColumn is the error for a name that is no column; a missing table is
// named as such.
func (t *translator) noColumn(p *Path, sc *scope) error {
	first := p.Steps[0].Name.Fold(t.set)
	if len(p.Steps) == 1 || p.Steps[1].Index != nil {
		return t.fail(p.exprPos(), codeUndefinedColumn, "column \"%s\" does not exist", first)
	}
	second := p.Steps[1].Name.Fold(t.set)
	for s := sc; s != nil; s = s.outer {
		for _, src := range s.sources {
			if src.alias == first {
				return t.fail(p.exprPos(), codeUndefinedColumn, "column %s.%s does not exist", first, second)
			}
		}
	}
	if len(p.Steps) > 2 && p.Steps[2].Index == nil {
		return t.fail(p.exprPos(), codeUndefinedTable, "relation \"%s.%s\" does not exist", first, second)
	}
	return t.fail(p.exprPos(), codeUndefinedTable, "missing FROM-clause entry for table \"%s\"", first)
}

// walk goes into a value by steps.
func (t *translator) walk(v value, steps []Step, pos int, sc *scope) (value, error) {
	if len(steps) == 0 {
		return v, nil
	}
	if !v.isSuper() {
		return t.walkOther(v, steps, pos, sc)
	}
	for _, s := range steps {
		var err error
		if v, err = t.step(v, s, sc); err != nil {
			return value{}, err
		}
	}
	return v, nil
}

// step goes one step into SUPER.
func (t *translator) step(v value, s Step, sc *scope) (value, error) {
	if v.doc == "" {
		v = value{typ: typeSuper, doc: v.sql, ext: t.ext}
	}
	next := jsonStep{}
	switch x := s.Index.(type) {
	case nil:
		next.key = s.Name.foldStep(t.set)
	case *Literal:
		switch x.Kind {
		case LiteralNumber:
			n, err := strconv.Atoi(x.Text)
			if err != nil || n < 0 || n > 1<<30 { // out of every range
				return of(typeSuper, "CAST(NULL AS JSON)"), nil
			}
			next.index, next.isIdx = n, true
		case LiteralString: // c['key'] is exact, whatever the settings
			next.key = x.Text
		default:
			return value{}, t.fail(x.exprPos(), codeDatatypeMismatch, "array subscript must have type integer")
		}
	default:
		i, err := t.expr(x, sc)
		if err != nil {
			return value{}, err
		}
		if !i.typ.isInteger() && !i.isSuper() && i.param == 0 {
			return value{}, t.fail(x.exprPos(), codeDatatypeMismatch, "array subscript must have type integer")
		}
		index := t.as(i, typeBigint)
		return of(typeSuper, "leat_json_element(", v.out(), ", ", index, ")"), nil
	}
	// A copy, because other values may share the array behind it.
	v.steps = append(v.steps[:len(v.steps):len(v.steps)], next)
	return t.groupedValue(v), nil
}

// walkOther handles steps into what is no SUPER: elements of catalog arrays
// and fields of a record.
func (t *translator) walkOther(v value, steps []Step, pos int, sc *scope) (value, error) {
	name := v.typ.Name
	if elem, ok := elementTypes[name]; ok && len(steps) == 1 && steps[0].Index != nil {
		i, err := t.expr(steps[0].Index, sc)
		if err != nil {
			return value{}, err
		}
		if name == "int2vector" || name == "oidvector" { // these count from 0
			return of(elem, v.out(), "[", i.out(), " + 1]"), nil
		}
		return of(elem, v.out(), "[", i.out(), "]"), nil
	}
	if steps[0].Index != nil {
		return value{}, t.fail(pos, codeDatatypeMismatch, "cannot subscript type %s because it is not an array", v.typ)
	}
	step := steps[0].Name
	return value{}, t.fail(step.pos, codeUndefinedColumn, "column \"%s\" does not exist: a value of type %s has no attributes", step.Fold(t.set), v.typ)
}

var elementTypes = map[string]Type{
	"varchar[]": typeVarchar, "text[]": typeVarchar, "name[]": typeVarchar, "oid[]": {Name: "oid"}, "integer[]": typeInteger, "bigint[]": typeBigint,
	"boolean[]": typeBoolean, "real[]": {Name: "real"}, "double precision[]": typeDouble, "numeric[]": {Name: "numeric", Precision: 38, Scale: 18},
	"date[]": {Name: "date"}, "timestamp[]": {Name: "timestamp"}, "timestamptz[]": {Name: "timestamptz"},
	"smallint[]": typeSmallint, "int2vector": typeSmallint, "oidvector": {Name: "oid"}, `"char"[]`: typeVarchar, "aclitem[]": typeVarchar,
}
