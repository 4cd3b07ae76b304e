package redshift

// fromItem parses a table with the joins that follow it.
func (p *parser) fromItem() (FromItem, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	left, err := p.table()
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		if n > maxDepth {
			return nil, errorAt(p.src, p.tok().pos, codeTooComplex, "statement is too complex: more than %d joins in a row", maxDepth)
		}
		j, err := p.join(left)
		if err != nil {
			return nil, err
		}
		if j == nil {
			return left, nil
		}
		left = j
	}
}

// join parses one JOIN after left, or returns nil.
func (p *parser) join(left FromItem) (FromItem, error) {
	j := &Join{pos: p.tok().pos, Left: left, Kind: "inner"}
	j.Natural = p.accept("natural")
	switch {
	case p.accept("cross", "join"):
		j.Kind = "cross"
		var err error
		j.Right, err = p.table()
		return j, err
	case p.accept("join"), p.accept("inner", "join"):
	case p.isAnyWord("left", "right", "full"):
		j.Kind = p.advance().val
		p.accept("outer")
		if err := p.expect("join"); err != nil {
			return nil, err
		}
	default:
		if j.Natural {
			return nil, p.unexpected()
		}
		return nil, nil
	}
	var err error
	if j.Right, err = p.table(); err != nil {
		return nil, err
	}
	// a JOIN b JOIN c ON … ON …: the inner join closes first
	for !j.Natural && p.isAnyWord("join", "inner", "left", "right", "full", "cross") {
		right, err := p.join(j.Right)
		if err != nil {
			return nil, err
		}
		j.Right = right
	}
	switch {
	case j.Natural:
	case p.accept("on"):
		j.On, err = p.expr()
	case p.accept("using"):
		j.Using, err = p.identList()
	default:
		err = p.unexpected()
	}
	return j, err
}

// table parses one element of FROM.
func (p *parser) table() (FromItem, error) {
	t := p.tok()
	lateral := p.accept("lateral")
	switch {
	case p.isOp("(") && p.startsQuery():
		if d, err := p.derived(t.pos, lateral); d != nil || err != nil {
			return d, err
		}
		return p.joinInParens()
	case p.isOp("("):
		return p.joinInParens()
	case p.accept("unpivot"):
		return p.unpivot(t.pos)
	}
	p.accept("only")
	x, err := p.tableName()
	if err != nil {
		return nil, err
	}
	switch x := x.(type) {
	case *Call:
		f := &TableFunc{Call: x, Ordinality: p.accept("with", "ordinality")}
		f.Alias, err = p.alias()
		return f, err
	case *Path:
		r := &TableRef{Path: x}
		p.acceptOp("*")
		if r.Alias, err = p.alias(); err != nil {
			return nil, err
		}
		if p.accept("at") {
			if r.At, err = p.ident(); err != nil {
				return nil, err
			}
		}
		if p.isAnyWord("pivot", "unpivot") && p.opensCall() {
			return nil, p.unsupported(p.tok().pos, "PIVOT and UNPIVOT of columns are not supported")
		}
		return r, nil
	}
	return nil, p.unexpectedAt(t)
}

// tableName parses a name, a path into SUPER, or a function call.
func (p *parser) tableName() (Expr, error) {
	x, err := p.nameOrCall()
	if err != nil {
		return nil, err
	}
	if path, ok := x.(*Path); ok && (p.isOp("[") || p.isOp(".")) {
		return p.steps(path)
	}
	return x, nil
}

// derived parses (query) alias. It returns nil when the parentheses hold a
// join that starts with a query, as in ((select …) a join b …).
func (p *parser) derived(pos int, lateral bool) (FromItem, error) {
	back := p.i
	p.i++
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	if !p.isOp(")") {
		p.i = back
		return nil, nil
	}
	p.i++
	d := &Derived{pos: pos, Lateral: lateral, Query: q}
	d.Alias, err = p.alias()
	return d, err
}

func (p *parser) joinInParens() (FromItem, error) {
	p.i++
	item, err := p.fromItem()
	if err != nil {
		return nil, err
	}
	if err := p.expectOp(")"); err != nil {
		return nil, err
	}
	if t := p.tok(); p.isWord("as") || t.kind == tokQuoted || t.kind == tokWord && !reserved[t.val] && !notAlias[t.val] {
		return nil, p.unsupported(t.pos, "an alias for a join in parentheses is not supported")
	}
	return item, nil
}

// alias parses [AS] name [(columns)].
func (p *parser) alias() (Alias, error) {
	var a Alias
	var err error
	switch t := p.tok(); {
	case p.accept("as"):
		a.Name, err = p.label()
	case t.kind == tokQuoted, t.kind == tokWord && !reserved[t.val] && !notAlias[t.val]:
		a.Name, err = p.ident()
	default:
		return a, nil
	}
	if err != nil || !p.isOp("(") {
		return a, err
	}
	p.i++
	// A column may carry a type, for functions that return records.
	a.Columns, err = list(p, func() (Ident, error) {
		id, err := p.ident()
		if err == nil && !p.isOp(",") && !p.isOp(")") {
			_, err = p.typeName()
		}
		return id, err
	})
	if err != nil {
		return a, err
	}
	return a, p.expectOp(")")
}

// unpivot parses UNPIVOT expr AS value AT attribute.
func (p *parser) unpivot(pos int) (FromItem, error) {
	u := &Unpivot{pos: pos}
	var err error
	if u.X, err = p.primary(); err != nil {
		return nil, err
	}
	a, err := p.alias()
	if err != nil {
		return nil, err
	}
	u.Value = a.Name
	if u.Value.empty() {
		return nil, p.unexpected()
	}
	if p.accept("at") {
		u.At, err = p.ident()
	}
	return u, err
}
