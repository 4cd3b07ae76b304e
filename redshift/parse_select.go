package redshift

// selectBlock parses what follows SELECT up to set operations and ORDER BY.
func (p *parser) selectBlock(pos int) (*Select, error) {
	s := &Select{pos: pos}
	if err := p.selectHead(s); err != nil {
		return nil, err
	}
	var err error
	// SELECT with an empty list is PostgreSQL's, not Redshift's.
	if s.Items, err = list(p, p.selectItem); err != nil {
		return nil, err
	}
	if p.isWord("into") {
		if err := p.into(); err != nil {
			return nil, err
		}
	}
	if p.accept("from") {
		if s.From, err = list(p, p.fromItem); err != nil {
			return nil, err
		}
	}
	if p.isWord("start", "with") || p.isWord("connect", "by") {
		return nil, p.unsupported(p.tok().pos, "CONNECT BY is not supported; use WITH RECURSIVE")
	}
	return s, p.selectTail(s)
}

// selectHead parses DISTINCT, ALL and TOP.
func (p *parser) selectHead(s *Select) error {
	if p.isWord("top") && (p.ahead(1).kind == tokNumber || p.ahead(1).kind == tokParam || p.opensCall() && p.ahead(2).kind == tokNumber) {
		if err := p.top(s); err != nil {
			return err
		}
	}
	switch {
	case p.accept("distinct"):
		s.Distinct = true
		if p.isWord("on") && p.opensCall() {
			p.i += 2
			var err error
			if s.DistinctOn, err = list(p, p.expr); err != nil {
				return err
			}
			if err := p.expectOp(")"); err != nil {
				return err
			}
		}
	case p.accept("all"):
	}
	if s.Top == nil && p.isWord("top") && (p.ahead(1).kind == tokNumber || p.ahead(1).kind == tokParam) {
		return p.top(s)
	}
	return nil
}

func (p *parser) top(s *Select) error {
	p.i++
	var err error
	s.Top, err = p.primary()
	return err
}

// into notes SELECT … INTO [TEMP] [TABLE] name for the statement around it.
func (p *parser) into() error {
	t := p.advance()
	if p.selectInto == nil || p.depth > 1 || p.selectInto.Name.Parts != nil {
		return p.unexpectedAt(t)
	}
	p.selectInto.Temp = p.accept("temp") || p.accept("temporary")
	p.accept("table")
	var err error
	p.selectInto.Name, err = p.name()
	return err
}

func (p *parser) selectItem() (SelectItem, error) {
	start := p.tok().pos
	x, err := p.expr()
	if err != nil {
		return SelectItem{}, err
	}
	item := SelectItem{Expr: x, text: [2]int{start, p.lastEnd()}}
	switch t := p.tok(); {
	case p.accept("as"):
		item.Alias, err = p.label()
	case t.kind == tokQuoted, t.kind == tokWord && !reserved[t.val] && !notAlias[t.val]:
		item.Alias, err = p.ident()
	}
	return item, err
}

// selectTail parses WHERE, GROUP BY, HAVING and QUALIFY.
func (p *parser) selectTail(s *Select) error {
	var err error
	if p.accept("where") {
		if s.Where, err = p.expr(); err != nil {
			return err
		}
	}
	if p.accept("group") {
		if err = p.expect("by"); err != nil {
			return err
		}
		if p.accept("all") {
			s.GroupAll = true
		} else if s.GroupBy, err = list(p, p.groupItem); err != nil {
			return err
		}
	}
	if p.accept("having") {
		if s.Having, err = p.expr(); err != nil {
			return err
		}
	}
	if p.accept("qualify") {
		if s.Qualify, err = p.expr(); err != nil {
			return err
		}
	}
	if p.isWord("window") {
		return p.unsupported(p.tok().pos, "the WINDOW clause is not supported by Redshift; write the window in OVER")
	}
	return nil
}

func (p *parser) groupItem() (GroupItem, error) {
	kind := ""
	switch {
	case p.isWord("rollup") && p.opensCall(), p.isWord("cube") && p.opensCall():
		kind = p.advance().val
	case p.isWord("grouping", "sets"):
		p.i += 2
		kind = "grouping sets"
	default:
		x, err := p.expr()
		return GroupItem{Expr: x}, err
	}
	if err := p.expectOp("("); err != nil {
		return GroupItem{}, err
	}
	sets, err := list(p, p.groupSet)
	if err != nil {
		return GroupItem{}, err
	}
	return GroupItem{Kind: kind, Sets: sets}, p.expectOp(")")
}

// groupSet parses (), (a, b) or a.
func (p *parser) groupSet() ([]Expr, error) {
	if p.isOp("(") && p.ahead(1).val == ")" && p.ahead(1).kind == tokOp {
		p.i += 2
		return nil, nil
	}
	x, err := p.expr()
	if row, ok := x.(*Row); ok {
		return row.Xs, err
	}
	return []Expr{x}, err
}
