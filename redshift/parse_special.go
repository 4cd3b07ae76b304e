package redshift

// special parses the forms of SQL that start with a word and are no plain
// function calls. It returns nil when the word is a plain name here.
func (p *parser) special(t token) (Expr, error) {
	switch t.val {
	case "null":
		p.i++
		return &Literal{at(t.pos), LiteralNull, ""}, nil
	case "true", "false":
		p.i++
		return &Literal{at(t.pos), LiteralBool, t.val}, nil
	case "case":
		return p.caseExpr(t)
	case "cast":
		return p.castCall(t)
	case "convert":
		return p.convertCall(t)
	case "exists":
		return p.exists(t)
	case "array":
		return p.arrayOf(t)
	case "interval":
		return p.interval(t)
	case "extract":
		return p.extract(t)
	case "position":
		return p.position(t)
	case "substring":
		return p.substring(t)
	case "trim":
		return p.trim(t)
	case "overlay":
		return p.overlay(t)
	case "approximate":
		return p.approximate(t)
	case "row":
		return p.row(t)
	case "timestamp", "time":
		return p.timestampLiteral(t)
	case "default":
		p.i++
		return &Default{at(t.pos)}, nil
	case "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "sysdate",
		"current_user", "current_user_id", "session_user", "user":
		return p.noParens(t)
	}
	return nil, nil
}

// noParens parses a function that is called without parentheses; () and a
// precision are let pass.
func (p *parser) noParens(t token) (Expr, error) {
	p.i++
	if p.isOp("(") {
		p.i++
		if p.tok().kind == tokNumber {
			p.i++
		}
		if err := p.expectOp(")"); err != nil {
			return nil, err
		}
	}
	return &Call{at: at(t.pos), Name: Name{Parts: []Ident{{Text: t.val, pos: t.pos}}}, NoParens: true}, nil
}

func (p *parser) opensCall() bool {
	n := p.ahead(1)
	return n.kind == tokOp && n.val == "("
}

func (p *parser) caseExpr(t token) (Expr, error) {
	p.i++
	c := &Case{at: at(t.pos)}
	var err error
	if !p.isWord("when") {
		if c.Operand, err = p.expr(); err != nil {
			return nil, err
		}
	}
	for p.accept("when") {
		var w When
		if w.Cond, err = p.expr(); err != nil {
			return nil, err
		}
		if err = p.expect("then"); err != nil {
			return nil, err
		}
		if w.Result, err = p.expr(); err != nil {
			return nil, err
		}
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		return nil, p.unexpected()
	}
	if p.accept("else") {
		if c.Else, err = p.expr(); err != nil {
			return nil, err
		}
	}
	return c, p.expect("end")
}

func (p *parser) castCall(t token) (Expr, error) {
	p.i++
	if err := p.expectOp("("); err != nil {
		return nil, err
	}
	x, err := p.expr()
	if err != nil {
		return nil, err
	}
	if err := p.expect("as"); err != nil {
		return nil, err
	}
	typ, bytea, err := p.castType()
	if err != nil {
		return nil, err
	}
	return &Cast{at(t.pos), x, typ, bytea}, p.expectOp(")")
}

// convertCall parses CONVERT(type, expr).
func (p *parser) convertCall(t token) (Expr, error) {
	if !p.opensCall() {
		return nil, nil
	}
	p.i += 2
	typ, bytea, err := p.castType()
	if err != nil {
		return nil, err
	}
	if err := p.expectOp(","); err != nil {
		return nil, err
	}
	x, err := p.expr()
	if err != nil {
		return nil, err
	}
	return &Cast{at(t.pos), x, typ, bytea}, p.expectOp(")")
}

func (p *parser) exists(t token) (Expr, error) {
	if !p.opensCall() {
		return nil, nil
	}
	p.i += 2
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	return &Exists{at(t.pos), q}, p.expectOp(")")
}

func (p *parser) arrayOf(t token) (Expr, error) {
	n := p.ahead(1)
	if n.kind != tokOp || n.val != "[" && n.val != "(" {
		return nil, nil
	}
	if n.val == "(" {
		p.i += 2
		if !p.startsQuery() { // ARRAY(a, b): Redshift's function that makes a SUPER array
			p.i--
			return p.call(Name{Parts: []Ident{{Text: "array", pos: t.pos}}})
		}
		q, err := p.query()
		if err != nil {
			return nil, err
		}
		return &ArrayOf{at: at(t.pos), Query: q}, p.expectOp(")")
	}
	p.i += 2
	a := &ArrayOf{at: at(t.pos)}
	if p.acceptOp("]") {
		return a, nil
	}
	var err error
	if a.Xs, err = list(p, p.expr); err != nil {
		return nil, err
	}
	return a, p.expectOp("]")
}

func (p *parser) row(t token) (Expr, error) {
	if !p.opensCall() {
		return nil, nil
	}
	p.i += 2
	xs, err := list(p, p.expr)
	if err != nil {
		return nil, err
	}
	return &Row{at(t.pos), xs}, p.expectOp(")")
}

// interval parses INTERVAL 'text' [unit [TO unit]].
func (p *parser) interval(t token) (Expr, error) {
	s := p.ahead(1)
	if s.kind != tokString && s.kind != tokNumber {
		return nil, nil
	}
	p.i += 2
	unit := p.intervalUnit()
	return &IntervalLiteral{at(t.pos), s.val, unit}, nil
}

func (p *parser) intervalUnit() string {
	unit := ""
	if t := p.tok(); t.kind == tokWord && intervalUnits[t.val] != "" {
		unit = t.val
		p.i++
		if n := p.ahead(1); p.isWord("to") && n.kind == tokWord && intervalUnits[n.val] != "" {
			unit += " to " + n.val
			p.i += 2
		}
	}
	return unit
}

func (p *parser) timestampLiteral(t token) (Expr, error) {
	if !p.isWord(t.val, "with", "time", "zone") && !p.isWord(t.val, "without", "time", "zone") {
		return nil, nil
	}
	typ, err := p.typeName()
	if err != nil {
		return nil, err
	}
	s, err := p.stringConst()
	return &TypedLiteral{at(t.pos), typ, s}, err
}
