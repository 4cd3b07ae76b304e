package redshift

// Binding powers, lowest first, as PostgreSQL has them.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindIs
	bindCompare
	bindMatch // IN, BETWEEN, LIKE, ILIKE, SIMILAR TO
	bindOther // ||, &, ~, …
	bindAdd
	bindMultiply
	bindPower
	bindZone // AT TIME ZONE
	bindUnary
	bindCast
)

// expr parses a whole expression.
func (p *parser) expr() (Expr, error) { return p.exprAbove(0) }

// exprAbove parses an expression of operators that bind more tightly than least.
func (p *parser) exprAbove(least int) (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	x, err := p.prefix()
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		if n > maxChain {
			return nil, errorAt(p.src, p.tok().pos, codeTooComplex, "statement is too complex: more than %d operators in a row", maxChain)
		}
		next, err := p.infix(x, least)
		if err != nil {
			return nil, err
		}
		if next == nil {
			return x, nil
		}
		x = next
	}
}

func (p *parser) prefix() (Expr, error) {
	t := p.tok()
	switch {
	case t.kind == tokWord && t.val == "not":
		p.i++
		x, err := p.exprAbove(bindNot - 1)
		return &Unary{at(t.pos), "not", x}, err
	case t.kind == tokOp && (t.val == "-" || t.val == "+" || t.val == "~" || t.val == "@" || t.val == "|/"):
		p.i++
		x, err := p.exprAbove(bindUnary)
		if err != nil {
			return nil, err
		}
		if lit, ok := x.(*Literal); ok && lit.Kind == LiteralNumber && t.val == "-" && lit.Text[0] != '-' {
			return &Literal{at(t.pos), LiteralNumber, "-" + lit.Text}, nil
		}
		return &Unary{at(t.pos), t.val, x}, nil
	}
	return p.primary()
}

// infix parses one operator after x, or returns nil when none binds here.
func (p *parser) infix(x Expr, least int) (Expr, error) {
	t := p.tok()
	switch t.kind {
	case tokOp:
		return p.infixOp(x, t, least)
	case tokWord:
		return p.infixWord(x, t, least)
	}
	return nil, nil
}

func binding(op string) int {
	switch op {
	case "=", "<", ">", "<=", ">=", "<>", "!=":
		return bindCompare
	case "+", "-":
		return bindAdd
	case "*", "/", "%":
		return bindMultiply
	case "^":
		return bindPower
	case "||", "&", "|", "#", "<<", ">>", "~", "~*", "!~", "!~*", "~~", "!~~", "~~*", "!~~*", "->", "->>", "&&", "@>", "<@":
		return bindOther
	}
	return 0
}

func (p *parser) infixOp(x Expr, t token, least int) (Expr, error) {
	if t.val == "::" {
		if bindCast <= least {
			return nil, nil
		}
		p.i++
		typ, bytea, err := p.castType()
		return &Cast{at(t.pos), x, typ, bytea}, err
	}
	power := binding(t.val)
	if power == 0 || power <= least {
		return nil, nil
	}
	p.i++
	return p.operation(x, t.val, t.pos, power)
}

// operation parses the right side of a binary operator.
func (p *parser) operation(x Expr, op string, pos, power int) (Expr, error) {
	if op == "!=" {
		op = "<>"
	}
	if p.isAnyWord("any", "some", "all") && p.ahead(1).kind == tokOp && p.ahead(1).val == "(" {
		return p.quantified(x, op, pos)
	}
	r, err := p.exprAbove(power)
	if err != nil {
		return nil, err
	}
	switch op {
	case "~", "~*":
		return &Like{at: at(pos), X: x, Pattern: r, Op: op}, nil
	case "!~", "!~*":
		return &Like{at: at(pos), X: x, Pattern: r, Op: op[1:], Not: true}, nil
	case "~~", "!~~":
		return &Like{at: at(pos), X: x, Pattern: r, Op: "like", Not: op == "!~~"}, nil
	case "~~*", "!~~*":
		return &Like{at: at(pos), X: x, Pattern: r, Op: "ilike", Not: op == "!~~*"}, nil
	}
	return &Binary{at(pos), op, x, r}, nil
}

func (p *parser) quantified(x Expr, op string, pos int) (Expr, error) {
	q := &Quantified{at: at(pos), X: x, Op: op, All: p.advance().val == "all"}
	p.i++ // the parenthesis
	var err error
	if p.startsQuery() {
		q.Query, err = p.query()
	} else {
		q.Array, err = p.expr()
	}
	if err != nil {
		return nil, err
	}
	return q, p.expectOp(")")
}

func (p *parser) infixWord(x Expr, t token, least int) (Expr, error) {
	switch t.val {
	case "and", "or":
		return p.logic(x, t, least)
	case "is", "isnull", "notnull":
		if bindIs <= least {
			return nil, nil
		}
		p.i++
		return p.isTest(x, t)
	case "at":
		if bindZone <= least || !p.isWord("at", "time", "zone") {
			return nil, nil
		}
		p.i += 3
		zone, err := p.exprAbove(bindZone)
		return &AtTimeZone{at(t.pos), x, zone}, err
	case "collate":
		if bindCast <= least {
			return nil, nil
		}
		p.i++
		_, err := p.name() // the only collation of data is the default, by bytes
		return x, err
	case "operator":
		return p.namedOperator(x, t, least)
	case "not":
		if bindMatch <= least {
			return nil, nil
		}
		switch n := p.ahead(1); {
		case n.kind != tokWord:
		case n.val == "in", n.val == "between", n.val == "like", n.val == "ilike", n.val == "similar":
			p.i++
			return p.match(x, p.tok(), true)
		}
		return nil, nil
	case "in", "between", "like", "ilike", "similar":
		if bindMatch <= least {
			return nil, nil
		}
		return p.match(x, t, false)
	}
	return nil, nil
}

// logic gathers a chain of AND or of OR in one node, however long it is.
func (p *parser) logic(x Expr, t token, least int) (Expr, error) {
	power := bindAnd
	if t.val == "or" {
		power = bindOr
	}
	if power <= least {
		return nil, nil
	}
	chain := &Logic{at: at(x.exprPos()), Op: t.val, Xs: []Expr{x}}
	for p.accept(t.val) {
		r, err := p.exprAbove(power)
		if err != nil {
			return nil, err
		}
		chain.Xs = append(chain.Xs, r)
	}
	return chain, nil
}

// namedOperator parses OPERATOR(schema.op), as psql writes its patterns.
func (p *parser) namedOperator(x Expr, t token, least int) (Expr, error) {
	if bindOther <= least || p.ahead(1).val != "(" {
		return nil, nil
	}
	p.i += 2
	if p.tok().kind == tokWord {
		p.i++
		if err := p.expectOp("."); err != nil {
			return nil, err
		}
	}
	op := p.advance()
	if op.kind != tokOp || binding(op.val) == 0 {
		return nil, p.unexpectedAt(op)
	}
	if err := p.expectOp(")"); err != nil {
		return nil, err
	}
	return p.operation(x, op.val, t.pos, bindOther)
}

func (p *parser) isTest(x Expr, t token) (Expr, error) {
	if t.val != "is" {
		return &Is{at(t.pos), x, "null", t.val == "notnull"}, nil
	}
	not := p.accept("not")
	if p.accept("distinct", "from") {
		r, err := p.exprAbove(bindIs)
		return &DistinctFrom{at(t.pos), x, r, not}, err
	}
	for _, what := range []string{"null", "true", "false", "unknown"} {
		if p.accept(what) {
			return &Is{at(t.pos), x, what, not}, nil
		}
	}
	return nil, p.unexpected()
}

func (p *parser) match(x Expr, t token, not bool) (Expr, error) {
	p.i++
	switch t.val {
	case "in":
		return p.inList(x, t, not)
	case "between":
		b := &Between{at: at(t.pos), X: x, Not: not, Symmetric: p.accept("symmetric")}
		var err error
		if b.Low, err = p.exprAbove(bindMatch); err != nil {
			return nil, err
		}
		if err = p.expect("and"); err != nil {
			return nil, err
		}
		b.High, err = p.exprAbove(bindMatch)
		return b, err
	}
	l := &Like{at: at(t.pos), X: x, Op: t.val, Not: not}
	if t.val == "similar" {
		if err := p.expect("to"); err != nil {
			return nil, err
		}
	}
	var err error
	if l.Pattern, err = p.exprAbove(bindMatch); err != nil {
		return nil, err
	}
	if p.accept("escape") {
		l.Escape, err = p.exprAbove(bindMatch)
	}
	return l, err
}

func (p *parser) inList(x Expr, t token, not bool) (Expr, error) {
	in := &In{at: at(t.pos), X: x, Not: not}
	if err := p.expectOp("("); err != nil {
		return nil, err
	}
	var err error
	if p.startsQuery() {
		in.Query, err = p.query()
	} else {
		in.List, err = list(p, p.expr)
	}
	if err != nil {
		return nil, err
	}
	return in, p.expectOp(")")
}
