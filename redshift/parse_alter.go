package redshift

// alter parses ALTER by what is altered.
func (p *parser) alter() (Statement, error) {
	p.i++
	switch {
	case p.accept("table"):
		return p.alterTable()
	case p.isWord("view"), p.isWord("materialized", "view") && p.renames():
		p.accept("materialized")
		p.i++
		return p.alterView()
	case p.accept("materialized", "view"):
		return p.alterMaterializedView()
	case p.accept("external", "schema"):
		return p.alterExternalSchema()
	case p.accept("schema"):
		return p.alterSchema()
	case p.accept("user"):
		return p.createUser(true)
	case p.isAnyWord("group", "role"):
		return p.refuse("ALTER "+upperWords([]string{p.tok().val}), "")
	}
	for _, what := range unsupportedObjects {
		if p.isWord(what...) {
			return p.refuse("ALTER "+upperWords(what), "")
		}
	}
	return nil, p.unexpected()
}

func (p *parser) alterSchema() (Statement, error) {
	s := &AlterSchema{}
	var err error
	if s.Name, err = p.ident(); err != nil {
		return nil, err
	}
	switch {
	case p.accept("rename", "to"):
		s.Rename, err = p.ident()
	case p.accept("owner", "to"):
		s.Owner, err = p.label()
	case p.accept("quota"):
		s.Quota, err = p.quota()
	default:
		err = p.unexpected()
	}
	return s, err
}

func (p *parser) alterTable() (Statement, error) {
	s := &AlterTable{}
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	if p.isWord("append", "from") {
		return p.refuse("ALTER TABLE APPEND", "use INSERT … SELECT and DELETE in one transaction")
	}
	if p.isWord("row", "level") || p.isWord("set") || p.isAnyWord("attach", "detach") {
		return p.refuse("ALTER TABLE "+upperWords([]string{p.tok().val}), "")
	}
	s.Action, err = p.alterAction()
	if err != nil {
		return nil, err
	}
	if p.isOp(",") {
		return nil, p.unsupported(p.tok().pos, "several actions in one ALTER TABLE are not supported")
	}
	return s, nil
}

// renames tells ALTER MATERIALIZED VIEW … RENAME.
func (p *parser) renames() bool {
	back, databases := p.i, p.databases
	defer func() { p.i, p.databases = back, databases }()
	p.i += 2
	_, err := p.name()
	return err == nil && p.isWord("rename")
}

// alterView parses the name and action of ALTER VIEW: what Redshift does with
// views by ALTER TABLE.
func (p *parser) alterView() (Statement, error) {
	s := &AlterTable{}
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	if !p.isWord("rename", "to") && !p.isWord("owner", "to") {
		return p.refuse("ALTER VIEW "+upperWords([]string{p.tok().val}), "")
	}
	s.Action, err = p.alterAction()
	return s, err
}

func (p *parser) alterAction() (AlterAction, error) {
	switch {
	case p.accept("add"):
		if p.isAnyWord("constraint", "primary", "unique", "foreign") {
			c, err := p.tableConstraint()
			return &AlterAddConstraint{c}, err
		}
		p.accept("column")
		c, err := p.columnDef()
		return &AlterAddColumn{c}, err
	case p.accept("drop", "constraint"):
		id, err := p.ident()
		return &AlterDropConstraint{id, p.cascade()}, err
	case p.accept("drop"):
		p.accept("column")
		id, err := p.ident()
		return &AlterDropColumn{id, p.cascade()}, err
	case p.accept("rename", "to"):
		id, err := p.ident()
		return &AlterRename{id}, err
	case p.accept("rename"):
		p.accept("column")
		from, err := p.ident()
		if err != nil {
			return nil, err
		}
		if err = p.expect("to"); err != nil {
			return nil, err
		}
		to, err := p.ident()
		return &AlterRenameColumn{from, to}, err
	case p.accept("owner", "to"):
		id, err := p.label()
		return &AlterOwner{id}, err
	case p.accept("alter"):
		return p.alterColumn()
	}
	return nil, p.unexpected()
}

// alterColumn parses what follows ALTER TABLE t ALTER.
func (p *parser) alterColumn() (AlterAction, error) {
	a := &AlterAttributes{}
	more, err := p.tableAttribute(&a.Attributes)
	if err != nil || more {
		return a, err
	}
	p.accept("column")
	id, err := p.ident()
	if err != nil {
		return nil, err
	}
	switch {
	case p.accept("type"):
		typ, err := p.columnType()
		return &AlterColumnType{id, typ}, err
	case p.accept("encode"):
		a.Column = id
		a.Encode, err = p.encoding()
		return a, err
	}
	return nil, p.unexpected()
}

// cascade parses [CASCADE | RESTRICT].
func (p *parser) cascade() bool {
	if p.accept("cascade") {
		return true
	}
	p.accept("restrict")
	return false
}

// drop parses DROP of objects.
func (p *parser) drop() (Statement, error) {
	p.i++
	d := &Drop{}
	for _, kind := range [][]string{{"table"}, {"view"}, {"materialized", "view"}, {"schema"}, {"user"}, {"group"}, {"role"}} {
		if !p.accept(kind...) {
			continue
		}
		d.Kind = kind[0]
		if len(kind) > 1 {
			d.Kind = "materialized view"
		}
		d.IfExists = p.accept("if", "exists")
		var err error
		if d.Names, err = p.names(); err != nil {
			return nil, err
		}
		if p.accept("drop", "external", "database") {
			d.External = true
		}
		d.Cascade = p.cascade()
		return d, nil
	}
	for _, what := range unsupportedObjects {
		if p.isWord(what...) {
			return p.refuse("DROP "+upperWords(what), "")
		}
	}
	return nil, p.unexpected()
}
