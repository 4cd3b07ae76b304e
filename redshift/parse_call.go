package redshift

func callOf(pos int, name string, args ...Expr) *Call {
	return &Call{at: at(pos), Name: Name{Parts: []Ident{{Text: name, pos: pos}}}, Args: args}
}

// call parses the arguments of a function and what follows them.
func (p *parser) call(name Name) (Expr, error) {
	c := &Call{at: at(name.pos()), Name: name}
	if err := p.expectOp("("); err != nil {
		return nil, err
	}
	switch {
	case p.acceptOp(")"):
		return p.callTail(c)
	case p.isOp("*") && p.ahead(1).val == ")":
		p.i++
		c.Star = true
	default:
		if p.accept("distinct") {
			c.Distinct = true
		} else {
			p.accept("all")
		}
		if isDatePartCall(name) {
			p.bareDatePart(c)
		}
		var err error
		rest, err := list(p, p.argument)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, rest...)
		if p.accept("order") {
			if c.OrderBy, err = p.orderList(); err != nil {
				return nil, err
			}
		}
		if p.accept("ignore", "nulls") {
			c.IgnoreNulls = true
		} else {
			p.accept("respect", "nulls")
		}
	}
	if err := p.expectOp(")"); err != nil {
		return nil, err
	}
	return p.callTail(c)
}

// argument parses one argument; a query needs no second parentheses.
func (p *parser) argument() (Expr, error) {
	if p.startsQuery() && !p.isOp("(") {
		pos := p.tok().pos
		q, err := p.query()
		return &Subquery{at(pos), q}, err
	}
	p.accept("variadic")
	return p.expr()
}

// isDatePartCall tells functions whose first argument may be a bare word,
// as in datediff(days, a, b).
func isDatePartCall(name Name) bool {
	switch lowerASCII(name.Parts[len(name.Parts)-1].Text) {
	case "dateadd", "date_add", "datediff", "date_diff", "date_part", "datepart", "pgdate_part", "date_trunc", "last_day":
		return true
	}
	return false
}

// bareDatePart turns a bare unit before the first comma into a string.
func (p *parser) bareDatePart(c *Call) {
	t, n := p.tok(), p.ahead(1)
	if (t.kind == tokWord || t.kind == tokQuoted) && n.kind == tokOp && n.val == "," && dateParts[lowerASCII(t.val)] != "" {
		p.i += 2
		c.Args = append(c.Args, &Literal{at(t.pos), LiteralString, t.val})
	}
}

// callTail parses WITHIN GROUP, IGNORE NULLS and OVER.
func (p *parser) callTail(c *Call) (Expr, error) {
	var err error
	if p.accept("within", "group") {
		if err = p.expectOp("("); err != nil {
			return nil, err
		}
		if err = p.expect("order"); err != nil {
			return nil, err
		}
		if c.Within, err = p.orderList(); err != nil {
			return nil, err
		}
		if err = p.expectOp(")"); err != nil {
			return nil, err
		}
	}
	if p.isWord("filter") && p.opensCall() {
		return nil, p.unsupported(p.tok().pos, "FILTER is not supported by Redshift; use an aggregate over CASE")
	}
	if p.accept("ignore", "nulls") {
		c.IgnoreNulls = true
	} else {
		p.accept("respect", "nulls")
	}
	if p.accept("over") {
		if c.Over, err = p.window(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (p *parser) window() (*Window, error) {
	w := &Window{}
	if err := p.expectOp("("); err != nil {
		return nil, err
	}
	var err error
	if p.accept("partition", "by") {
		if w.PartitionBy, err = list(p, p.expr); err != nil {
			return nil, err
		}
	}
	if p.accept("order") {
		if w.OrderBy, err = p.orderList(); err != nil {
			return nil, err
		}
	}
	if p.isAnyWord("rows", "range") {
		if w.Frame, err = p.frame(); err != nil {
			return nil, err
		}
	}
	return w, p.expectOp(")")
}

func (p *parser) frame() (*Frame, error) {
	f := &Frame{Unit: p.advance().val}
	var err error
	if !p.accept("between") {
		f.Start, err = p.bound()
		return f, err
	}
	if f.Start, err = p.bound(); err != nil {
		return nil, err
	}
	if err = p.expect("and"); err != nil {
		return nil, err
	}
	f.End, err = p.bound()
	return f, err
}

func (p *parser) bound() (Bound, error) {
	switch {
	case p.accept("unbounded", "preceding"):
		return Bound{Kind: "unbounded preceding"}, nil
	case p.accept("unbounded", "following"):
		return Bound{Kind: "unbounded following"}, nil
	case p.accept("current", "row"):
		return Bound{Kind: "current row"}, nil
	}
	x, err := p.exprAbove(bindMatch)
	if err != nil {
		return Bound{}, err
	}
	if p.accept("preceding") {
		return Bound{"preceding", x}, nil
	}
	return Bound{"following", x}, p.expect("following")
}

// extract parses EXTRACT(part FROM x).
func (p *parser) extract(t token) (Expr, error) {
	if !p.opensCall() {
		return nil, nil
	}
	p.i += 2
	part := p.advance()
	if part.kind != tokWord && part.kind != tokString && part.kind != tokQuoted {
		return nil, p.unexpectedAt(part)
	}
	if err := p.expect("from"); err != nil {
		return nil, err
	}
	x, err := p.expr()
	if err != nil {
		return nil, err
	}
	return callOf(t.pos, "extract", &Literal{at(part.pos), LiteralString, part.val}, x), p.expectOp(")")
}

// position parses POSITION(x IN y).
func (p *parser) position(t token) (Expr, error) {
	if !p.opensCall() {
		return nil, nil
	}
	p.i += 2
	x, err := p.exprAbove(bindMatch)
	if err != nil {
		return nil, err
	}
	if err := p.expect("in"); err != nil {
		return nil, err
	}
	y, err := p.expr()
	if err != nil {
		return nil, err
	}
	return callOf(t.pos, "strpos", y, x), p.expectOp(")")
}

// substring parses SUBSTRING(x, from, for) and SUBSTRING(x FROM a FOR b).
func (p *parser) substring(t token) (Expr, error) {
	if !p.opensCall() {
		return nil, nil
	}
	p.i += 2
	x, err := p.expr()
	if err != nil {
		return nil, err
	}
	args := []Expr{x}
	for p.acceptOp(",") || p.accept("from") || p.accept("for") {
		if len(args) == 1 && p.tokens[p.i-1].val == "for" {
			args = append(args, &Literal{at(t.pos), LiteralNumber, "1"})
		}
		y, err := p.expr()
		if err != nil {
			return nil, err
		}
		args = append(args, y)
	}
	return callOf(t.pos, "substring", args...), p.expectOp(")")
}

// trim parses TRIM([LEADING|TRAILING|BOTH] [chars] [FROM] x) and TRIM(x, chars).
func (p *parser) trim(t token) (Expr, error) {
	if !p.opensCall() {
		return nil, nil
	}
	p.i += 2
	name := "btrim"
	switch {
	case p.accept("leading"):
		name = "ltrim"
	case p.accept("trailing"):
		name = "rtrim"
	case p.accept("both"):
	}
	if p.accept("from") {
		x, err := p.expr()
		if err != nil {
			return nil, err
		}
		return callOf(t.pos, name, x), p.expectOp(")")
	}
	x, err := p.expr()
	if err != nil {
		return nil, err
	}
	args := []Expr{x}
	switch {
	case p.accept("from"):
		y, err := p.expr()
		if err != nil {
			return nil, err
		}
		args = []Expr{y, x}
	case p.acceptOp(","):
		y, err := p.expr()
		if err != nil {
			return nil, err
		}
		args = append(args, y)
	}
	return callOf(t.pos, name, args...), p.expectOp(")")
}

// overlay is PostgreSQL's; Redshift refuses it too.
func (p *parser) overlay(t token) (Expr, error) {
	if !p.opensCall() {
		return nil, nil
	}
	return nil, p.unsupported(t.pos, "OVERLAY is not supported")
}

// approximate parses APPROXIMATE aggregate(…).
func (p *parser) approximate(t token) (Expr, error) {
	if n := p.ahead(1); n.kind != tokWord || n.val != "count" && n.val != "percentile_disc" {
		return nil, nil
	}
	p.i++
	x, err := p.nameOrCall()
	if err != nil {
		return nil, err
	}
	c, ok := x.(*Call)
	if !ok {
		return nil, p.unexpectedAt(t)
	}
	c.Approximate = true
	return c, nil
}
