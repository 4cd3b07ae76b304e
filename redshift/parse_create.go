package redshift

// create parses CREATE by what is created.
func (p *parser) create() (Statement, error) {
	p.i++
	replace := p.accept("or", "replace")
	switch {
	case p.isAnyWord("temp", "temporary", "local"):
		p.accept("local")
		if !p.accept("temp") {
			p.accept("temporary")
		}
		if err := p.expect("table"); err != nil {
			return nil, err
		}
		return p.createTable(true)
	case p.accept("table"):
		return p.createTable(false)
	case p.accept("view"):
		return p.createView(replace)
	case p.accept("materialized", "view"):
		return p.createMaterializedView()
	case p.accept("external", "schema"):
		return p.createExternalSchema()
	case p.accept("schema"):
		return p.createSchema()
	case p.accept("user"):
		return p.createUser(false)
	case p.isAnyWord("group", "role"):
		return p.createGroup()
	}
	for _, what := range unsupportedObjects {
		if p.isWord(what...) {
			return p.refuse("CREATE "+upperWords(what), "")
		}
	}
	return nil, p.unexpected()
}

// unsupportedObjects are what Redshift can create, alter or drop and Leat refuses by name.
var unsupportedObjects = [][]string{
	{"procedure"}, {"function"}, {"external", "function"}, {"external", "table"}, {"external", "view"},
	{"external", "model"}, {"model"}, {"database"}, {"library"}, {"datashare"}, {"identity", "provider"},
	{"masking", "policy"}, {"rls", "policy"}, {"index"}, {"sequence"}, {"trigger"}, {"type"}, {"domain"},
	{"extension"}, {"default", "privileges"}, {"system"}, {"usage", "limit"},
}

func upperWords(list []string) string {
	var b []byte
	for i, w := range list {
		if i > 0 {
			b = append(b, ' ')
		}
		for j := 0; j < len(w); j++ {
			b = append(b, w[j]-'a'+'A')
		}
	}
	return string(b)
}

func (p *parser) ifNotExists() bool { return p.accept("if", "not", "exists") }

func (p *parser) createSchema() (Statement, error) {
	s := &CreateSchema{IfNotExists: p.ifNotExists()}
	var err error
	if !p.isWord("authorization") {
		if s.Name, err = p.ident(); err != nil {
			return nil, err
		}
	}
	if p.accept("authorization") {
		if s.Authorization, err = p.ident(); err != nil {
			return nil, err
		}
		if s.Name.empty() {
			s.Name = s.Authorization
		}
	}
	if p.accept("quota") {
		s.Quota, err = p.quota()
	}
	return s, err
}

// quota parses n MB|GB|TB or UNLIMITED.
func (p *parser) quota() (string, error) {
	if p.accept("unlimited") {
		return "unlimited", nil
	}
	n := p.advance()
	if n.kind != tokNumber {
		return "", p.unexpectedAt(n)
	}
	unit := ""
	if p.isAnyWord("mb", "gb", "tb") {
		unit = " " + p.advance().val
	}
	return n.val + unit, nil
}

func (p *parser) createView(replace bool) (Statement, error) {
	v := &CreateView{OrReplace: replace}
	var err error
	if v.Name, err = p.name(); err != nil {
		return nil, err
	}
	if p.isOp("(") {
		if v.Columns, err = p.identList(); err != nil {
			return nil, err
		}
	}
	if err = p.expect("as"); err != nil {
		return nil, err
	}
	if v.Query, err = p.query(); err != nil {
		return nil, err
	}
	v.QueryText = v.Query.Definition()
	if p.isWord("with") {
		err = p.expect("with", "no", "schema", "binding")
		v.NoSchemaBinding = true
	}
	return v, err
}

func (p *parser) createUser(alter bool) (Statement, error) {
	u := &CreateUser{Alter: alter}
	var err error
	if u.Name, err = p.ident(); err != nil {
		return nil, err
	}
	p.accept("with")
	for p.tok().kind != tokEOF && !p.isOp(";") {
		switch {
		case p.accept("password", "disable"):
			u.Disable = true
		case p.accept("password"):
			if u.Password, err = p.stringConst(); err != nil {
				return nil, err
			}
		case p.tok().kind == tokWord || p.tok().kind == tokNumber || p.tok().kind == tokString:
			u.Options = append(u.Options, p.advance().val)
		case p.acceptOp(","):
		default:
			if _, err = p.ident(); err != nil {
				return nil, err
			}
		}
	}
	return u, nil
}

func (p *parser) createGroup() (Statement, error) {
	g := &CreateGroup{Kind: p.advance().val}
	var err error
	if g.Name, err = p.ident(); err != nil {
		return nil, err
	}
	if p.accept("with", "user") || p.accept("user") {
		g.Users, err = list(p, p.ident)
	}
	return g, err
}
