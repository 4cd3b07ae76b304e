package redshift

import "strconv"

// primary parses what operators stand between, with the steps that follow it.
func (p *parser) primary() (Expr, error) {
	x, err := p.atom()
	if err != nil {
		return nil, err
	}
	if p.isOp("[") || p.isOp(".") {
		if _, ok := x.(*Star); ok {
			return x, nil
		}
		return p.steps(x)
	}
	return x, nil
}

func (p *parser) atom() (Expr, error) {
	t := p.tok()
	switch t.kind {
	case tokString:
		p.i++
		return &Literal{at(t.pos), LiteralString, t.val}, nil
	case tokNumber:
		p.i++
		return &Literal{at(t.pos), LiteralNumber, t.val}, nil
	case tokParam:
		n, err := strconv.Atoi(t.val)
		if err != nil || n < 1 || n > 65535 {
			return nil, errorAt(p.src, t.pos, "42P02", "there is no parameter $%s", t.val)
		}
		p.i++
		return &Param{at(t.pos), n}, nil
	case tokOp:
		switch t.val {
		case "(":
			return p.parenthesised()
		case "*":
			p.i++
			return &Star{at: at(t.pos)}, nil
		}
	case tokQuoted:
		return p.nameOrCall()
	case tokWord:
		return p.word(t)
	}
	return nil, p.unexpected()
}

// parenthesised parses (expr), (query), or a row.
func (p *parser) parenthesised() (Expr, error) {
	open := p.advance()
	if p.startsQuery() {
		q, err := p.query()
		if err != nil {
			return nil, err
		}
		return &Subquery{at(open.pos), q}, p.expectOp(")")
	}
	xs, err := list(p, p.expr)
	if err != nil {
		return nil, err
	}
	if err := p.expectOp(")"); err != nil {
		return nil, err
	}
	if len(xs) > 1 {
		return &Row{at(open.pos), xs}, nil
	}
	if path, ok := xs[0].(*Path); ok && (p.isOp(".") || p.isOp("[")) {
		return &Path{at(open.pos), path, nil}, nil
	}
	return xs[0], nil
}

// word parses an expression that starts with a word.
func (p *parser) word(t token) (Expr, error) {
	if x, err := p.special(t); x != nil || err != nil {
		return x, err
	}
	return p.nameOrCall()
}

// nameOrCall parses a column, a path, qualifier.* or a function call.
func (p *parser) nameOrCall() (Expr, error) {
	t := p.tok()
	next := p.ahead(1)
	callee := next.kind == tokOp && next.val == "("
	if t.kind == tokWord && reserved[t.val] && !(callable[t.val] && callee) {
		return nil, p.unexpected()
	}
	first, err := p.label()
	if err != nil {
		return nil, err
	}
	// type 'constant'
	if s := p.tok(); s.kind == tokString && t.kind == tokWord {
		if typ, ok := literalTypes[t.val]; ok {
			p.i++
			return &TypedLiteral{at(t.pos), typ, s.val}, nil
		}
	}
	path := &Path{at: at(t.pos), Steps: []Step{{Name: first}}}
	for p.isOp(".") {
		if n := p.ahead(1); n.kind == tokOp && n.val == "*" {
			p.i += 2
			q := Name{}
			for _, s := range path.Steps {
				q.Parts = append(q.Parts, s.Name)
			}
			return &Star{at(t.pos), &q}, nil
		}
		p.i++
		part, err := p.label()
		if err != nil {
			return nil, err
		}
		if path.Steps = append(path.Steps, Step{Name: part}); len(path.Steps) > maxDepth {
			return nil, p.pathTooLong()
		}
	}
	if p.isOp("(") && len(path.Steps) <= 3 {
		var n Name
		for _, s := range path.Steps {
			n.Parts = append(n.Parts, s.Name)
		}
		return p.call(n)
	}
	return path, nil
}

var literalTypes = map[string]Type{
	"date": typeDate, "time": typeTime, "timetz": typeTimetz, "timestamp": typeTimestamp, "timestamptz": typeTimestamptz,
	"bool": typeBoolean, "boolean": typeBoolean, "integer": typeInteger, "int": typeInteger, "bigint": typeBigint,
	"float8": typeDouble, "text": typeVarchar, "varchar": typeVarchar, "numeric": {Name: "numeric"},
}

// steps parses .name and [index] after an expression.
func (p *parser) steps(x Expr) (Expr, error) {
	path, ok := x.(*Path)
	if !ok {
		path = &Path{at: at(x.exprPos()), Base: x}
	}
	for {
		switch {
		case p.acceptOp("."):
			part, err := p.label()
			if err != nil {
				return nil, err
			}
			path.Steps = append(path.Steps, Step{Name: part})
		case p.acceptOp("["):
			index, err := p.expr()
			if err != nil {
				return nil, err
			}
			if err := p.expectOp("]"); err != nil {
				return nil, err
			}
			path.Steps = append(path.Steps, Step{Index: index})
		default:
			return path, nil
		}
		if len(path.Steps) > maxDepth {
			return nil, p.pathTooLong()
		}
	}
}

func (p *parser) pathTooLong() error {
	return errorAt(p.src, p.tok().pos, codeTooComplex, "path has more than %d steps", maxDepth)
}
