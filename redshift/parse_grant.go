package redshift

// grant parses GRANT and REVOKE of privileges and of roles.
func (p *parser) grant() (Statement, error) {
	g := &Grant{Revoke: p.advance().val == "revoke"}
	if g.Revoke {
		g.Option = p.accept("grant", "option", "for") || p.accept("admin", "option", "for")
	}
	var err error
	if g.Privileges, err = list(p, p.privilege); err != nil {
		return nil, err
	}
	if p.accept("on") {
		if err = p.grantObjects(g); err != nil {
			return nil, err
		}
	}
	to := "to"
	if g.Revoke {
		to = "from"
	}
	if err = p.expect(to); err != nil {
		return nil, err
	}
	if g.Grantees, err = list(p, p.grantee); err != nil {
		return nil, err
	}
	switch {
	case p.accept("with", "grant", "option"), p.accept("with", "admin", "option"):
		g.Option = true
	default:
		p.cascade()
	}
	return g, nil
}

func (p *parser) privilege() (string, error) {
	t := p.tok()
	if t.kind != tokWord && t.kind != tokQuoted {
		return "", p.unexpected()
	}
	p.i++
	switch {
	case t.val == "all":
		p.accept("privileges")
	case t.val == "role" && p.tok().kind == tokWord:
		return p.advance().val, nil
	case t.val == "create" && p.accept("model"):
		return "create model", nil
	}
	if p.isOp("(") { // a list of columns
		if _, err := p.identList(); err != nil {
			return "", err
		}
	}
	return t.val, nil
}

// grantObjects parses what ON names.
func (p *parser) grantObjects(g *Grant) error {
	g.Object = "table"
	var err error
	for _, kind := range []string{"tables", "functions", "procedures"} {
		if p.accept("all", kind, "in", "schema") {
			g.Object = "all " + kind + " in schema"
			g.Names, err = p.names()
			return err
		}
	}
	for _, kind := range []string{"schema", "database", "function", "procedure", "language", "table", "model", "datashare"} {
		if n := p.ahead(1); p.isWord(kind) && (n.kind == tokQuoted || n.kind == tokWord && n.val != "to" && n.val != "from") {
			p.i++
			g.Object = kind
			break
		}
	}
	g.Names, err = list(p, func() (Name, error) {
		n, err := p.name()
		if err == nil && p.isOp("(") && (g.Object == "function" || g.Object == "procedure") {
			for !p.acceptOp(")") {
				if p.advance().kind == tokEOF {
					return n, p.unexpected()
				}
			}
		}
		return n, err
	})
	return err
}

func (p *parser) grantee() (g Grantee, err error) {
	g.Kind = "user"
	if n := p.ahead(1); p.isAnyWord("group", "role", "user") && (n.kind == tokWord || n.kind == tokQuoted) {
		g.Kind = p.advance().val
	}
	if p.accept("public") {
		g.Kind = "public"
		return g, nil
	}
	g.Name, err = p.label()
	return g, err
}

// comment parses COMMENT ON object name IS text.
func (p *parser) comment() (Statement, error) {
	if err := p.expect("comment", "on"); err != nil {
		return nil, err
	}
	c := &Comment{}
	for _, kind := range []string{"table", "column", "view", "schema", "database", "constraint", "materialized"} {
		if p.accept(kind) {
			c.Object = kind
			break
		}
	}
	if c.Object == "" {
		return nil, p.unexpected()
	}
	if c.Object == "materialized" {
		c.Object = "materialized view"
		if err := p.expect("view"); err != nil {
			return nil, err
		}
	}
	var err error
	if c.Name, err = p.name(); err != nil {
		return nil, err
	}
	if c.Object == "column" { // has one name more than its table
		p.databases = nil
		if p.acceptOp(".") {
			p.databases = append(p.databases, c.Name.Parts[0])
			column, err := p.label()
			if err != nil {
				return nil, err
			}
			c.Name.Parts = append(c.Name.Parts, column)
		}
	}
	if c.Object == "constraint" && p.accept("on") {
		if _, err = p.name(); err != nil {
			return nil, err
		}
	}
	if err = p.expect("is"); err != nil {
		return nil, err
	}
	if p.accept("null") {
		c.Null = true
		return c, nil
	}
	c.Value, err = p.stringConst()
	return c, err
}
