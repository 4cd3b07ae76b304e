package redshift

// startsQuery tells whether a query begins here, behind any parentheses.
func (p *parser) startsQuery() bool {
	for n := 0; ; n++ {
		t := p.ahead(n)
		if t.kind == tokOp && t.val == "(" {
			continue
		}
		return t.kind == tokWord && (t.val == "select" || t.val == "with" ||
			t.val == "values" && p.ahead(n+1).kind == tokOp && p.ahead(n+1).val == "(")
	}
}

// query parses a whole query: WITH, body, ORDER BY, LIMIT, OFFSET.
func (p *parser) query() (*Query, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	start := p.tok().pos
	q := &Query{}
	var err error
	if p.isWord("with") {
		if q.With, err = p.with(); err != nil {
			return nil, err
		}
	}
	if q.Body, err = p.setOperations(0); err != nil {
		return nil, err
	}
	if p.accept("order") {
		if q.OrderBy, err = p.orderList(); err != nil {
			return nil, err
		}
	}
	if err = p.limits(q); err != nil {
		return nil, err
	}
	if p.isWord("for") && (p.ahead(1).val == "update" || p.ahead(1).val == "share") {
		return nil, p.unsupported(p.tok().pos, "SELECT FOR UPDATE and FOR SHARE are not supported")
	}
	q.place(p, start, p.lastEnd())
	return q, nil
}

func (p *parser) limits(q *Query) error {
	for {
		var err error
		switch {
		case q.Limit == nil && p.accept("limit"):
			if p.accept("all") {
				continue
			}
			q.Limit, err = p.expr()
		case q.Offset == nil && p.accept("offset"):
			q.Offset, err = p.expr()
			if !p.accept("rows") {
				p.accept("row")
			}
		case q.Limit == nil && (p.accept("fetch", "first") || p.accept("fetch", "next")):
			q.Limit = &Literal{at(p.tok().pos), LiteralNumber, "1"}
			if !p.isAnyWord("row", "rows") {
				q.Limit, err = p.primary()
			}
			if !p.accept("rows", "only") && !p.accept("row", "only") && err == nil {
				err = p.unexpected()
			}
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (p *parser) with() (*With, error) {
	p.i++
	w := &With{Recursive: p.accept("recursive")}
	var err error
	w.Tables, err = list(p, func() (t CommonTable, err error) {
		if t.Name, err = p.ident(); err != nil {
			return t, err
		}
		if p.isOp("(") {
			if t.Columns, err = p.identList(); err != nil {
				return t, err
			}
		}
		if err = p.expect("as"); err != nil {
			return t, err
		}
		if err = p.expectOp("("); err != nil {
			return t, err
		}
		if t.Query, err = p.query(); err != nil {
			return t, err
		}
		return t, p.expectOp(")")
	})
	return w, err
}

// setOperations parses a chain of UNION, EXCEPT and, tighter, INTERSECT.
func (p *parser) setOperations(least int) (QueryBody, error) {
	left, err := p.queryBody()
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		t := p.tok()
		op, power := "", 1
		switch {
		case t.kind != tokWord:
		case t.val == "union", t.val == "except":
			op = t.val
		case t.val == "minus":
			op = "except"
		case t.val == "intersect":
			op, power = t.val, 2
		}
		if op == "" || power <= least {
			return left, nil
		}
		if n > maxDepth {
			return nil, errorAt(p.src, t.pos, codeTooComplex, "statement is too complex: more than %d set operations in a row", maxDepth)
		}
		p.i++
		s := &SetOperation{pos: t.pos, Op: op, Left: left, All: p.accept("all")}
		if !s.All {
			p.accept("distinct")
		}
		if s.Right, err = p.setOperations(power); err != nil {
			return nil, err
		}
		left = s
	}
}

func (p *parser) queryBody() (QueryBody, error) {
	t := p.tok()
	switch {
	case p.isOp("("):
		p.i++
		q, err := p.query()
		if err != nil {
			return nil, err
		}
		return q, p.expectOp(")")
	case p.accept("values"):
		v := &Values{pos: t.pos}
		var err error
		v.Rows, err = list(p, func() ([]Expr, error) {
			if err := p.expectOp("("); err != nil {
				return nil, err
			}
			row, err := list(p, p.expr)
			if err != nil {
				return nil, err
			}
			return row, p.expectOp(")")
		})
		return v, err
	case p.accept("select"):
		return p.selectBlock(t.pos)
	}
	return nil, p.unexpected()
}

func (p *parser) orderList() ([]OrderItem, error) {
	if err := p.expect("by"); err != nil {
		return nil, err
	}
	return list(p, func() (o OrderItem, err error) {
		if o.Expr, err = p.expr(); err != nil {
			return o, err
		}
		if !p.accept("asc") {
			o.Desc = p.accept("desc")
		}
		switch {
		case p.accept("nulls", "first"):
			o.Nulls = "first"
		case p.accept("nulls", "last"):
			o.Nulls = "last"
		}
		return o, nil
	})
}
