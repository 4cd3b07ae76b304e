package redshift

func (p *parser) insert() (Statement, error) {
	p.i++
	if err := p.expect("into"); err != nil {
		return nil, err
	}
	s := &Insert{}
	var err error
	if s.Target, err = p.name(); err != nil {
		return nil, err
	}
	if p.isOp("(") && !p.startsQuery() {
		if s.Columns, err = p.identList(); err != nil {
			return nil, err
		}
	}
	if p.accept("default", "values") {
		return s, p.noReturning()
	}
	if s.Query, err = p.query(); err != nil {
		return nil, err
	}
	return s, p.noReturning()
}

// noReturning refuses RETURNING and ON CONFLICT, which PostgreSQL has and
// Redshift has not.
func (p *parser) noReturning() error {
	if p.isWord("returning") {
		return p.unsupported(p.tok().pos, "RETURNING is not supported by Redshift")
	}
	if p.isWord("on", "conflict") {
		return p.unsupported(p.tok().pos, "ON CONFLICT is not supported by Redshift")
	}
	return nil
}

func (p *parser) update() (Statement, error) {
	p.i++
	s := &Update{}
	var err error
	p.accept("only")
	if s.Target, err = p.name(); err != nil {
		return nil, err
	}
	if s.Alias, err = p.targetAlias(); err != nil {
		return nil, err
	}
	if err = p.expect("set"); err != nil {
		return nil, err
	}
	if s.Set, err = list(p, p.assignment); err != nil {
		return nil, err
	}
	if p.accept("from") {
		if s.From, err = list(p, p.fromItem); err != nil {
			return nil, err
		}
	}
	if p.accept("where") {
		if s.Where, err = p.expr(); err != nil {
			return nil, err
		}
	}
	return s, p.noReturning()
}

func (p *parser) assignment() (a Assignment, err error) {
	if a.Column, err = p.ident(); err != nil {
		return a, err
	}
	// table.column = … names the target's own column
	if p.acceptOp(".") {
		if a.Column, err = p.label(); err != nil {
			return a, err
		}
	}
	if err = p.expectOp("="); err != nil {
		return a, err
	}
	a.Value, err = p.expr()
	return a, err
}

func (p *parser) targetAlias() (Ident, error) {
	if p.accept("as") {
		return p.ident()
	}
	if t := p.tok(); t.kind == tokQuoted || t.kind == tokWord && !reserved[t.val] && t.val != "set" {
		return p.ident()
	}
	return Ident{}, nil
}

func (p *parser) delete() (Statement, error) {
	p.i++
	p.accept("from")
	p.accept("only")
	s := &Delete{}
	var err error
	if s.Target, err = p.name(); err != nil {
		return nil, err
	}
	if s.Alias, err = p.targetAlias(); err != nil {
		return nil, err
	}
	if p.accept("using") {
		if s.Using, err = list(p, p.fromItem); err != nil {
			return nil, err
		}
	}
	if p.accept("where") {
		if s.Where, err = p.expr(); err != nil {
			return nil, err
		}
	}
	return s, p.noReturning()
}

func (p *parser) truncate() (Statement, error) {
	p.i++
	p.accept("table")
	s := &Truncate{}
	var err error
	s.Names, err = p.names()
	return s, err
}
