package redshift

import "strconv"

// createTable parses what follows CREATE [TEMP] TABLE.
func (p *parser) createTable(temp bool) (Statement, error) {
	exists := p.ifNotExists()
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	if len(name.Parts) == 1 && name.Parts[0].Text[0] == '#' {
		temp = true
	}
	if p.isOp("(") && !p.columnNamesOnly() {
		t := &CreateTable{Name: name, Temp: temp, IfNotExists: exists}
		p.i++
		if _, err := list(p, func() (struct{}, error) { return struct{}{}, p.tableElement(t) }); err != nil {
			return nil, err
		}
		if err := p.expectOp(")"); err != nil {
			return nil, err
		}
		return t, p.tableAttributes(&t.Attributes)
	}
	t := &CreateTableAs{Name: name, Temp: temp, IfNotExists: exists}
	if p.isOp("(") {
		if t.Columns, err = p.identList(); err != nil {
			return nil, err
		}
	}
	if err := p.tableAttributes(&t.Attributes); err != nil {
		return nil, err
	}
	if err := p.expect("as"); err != nil {
		return nil, err
	}
	t.Query, err = p.query()
	return t, err
}

// columnNamesOnly tells CREATE TABLE t (a, b) AS … from a list of definitions.
func (p *parser) columnNamesOnly() bool {
	n := p.ahead(2)
	return n.kind == tokOp && (n.val == "," || n.val == ")")
}

func (p *parser) tableElement(t *CreateTable) error {
	switch {
	case p.isWord("like"):
		p.i++
		var l LikeClause
		var err error
		if l.Table, err = p.name(); err != nil {
			return err
		}
		if p.accept("including", "defaults") {
			l.Defaults = true
		} else {
			p.accept("excluding", "defaults")
		}
		t.Like = append(t.Like, l)
		return nil
	case p.isAnyWord("constraint", "primary", "unique", "foreign"):
		c, err := p.tableConstraint()
		t.Constraints = append(t.Constraints, c)
		return err
	case p.isWord("check"):
		return p.unsupported(p.tok().pos, "CHECK constraints are not supported by Redshift")
	}
	c, err := p.columnDef()
	t.Columns = append(t.Columns, c)
	return err
}

func (p *parser) tableConstraint() (c TableConstraint, err error) {
	if p.accept("constraint") {
		if c.Name, err = p.ident(); err != nil {
			return c, err
		}
	}
	switch {
	case p.accept("primary", "key"):
		c.Kind = "primary key"
	case p.accept("unique"):
		c.Kind = "unique"
	case p.accept("foreign", "key"):
		c.Kind = "foreign key"
	default:
		return c, p.unexpected()
	}
	if c.Columns, err = p.identList(); err != nil || c.Kind != "foreign key" {
		return c, err
	}
	if err = p.expect("references"); err != nil {
		return c, err
	}
	n, err := p.name()
	if err != nil {
		return c, err
	}
	c.References = &n
	if p.isOp("(") {
		c.RefColumns, err = p.identList()
	}
	return c, err
}

func (p *parser) columnDef() (c ColumnDef, err error) {
	if c.Name, err = p.ident(); err != nil {
		return c, err
	}
	if c.Type, err = p.columnType(); err != nil {
		return c, err
	}
	for {
		more, err := p.columnOption(&c)
		if err != nil || !more {
			return c, err
		}
	}
}

// columnType parses the type of a column: here a length that is not written
// has a default, in expressions it has not.
func (p *parser) columnType() (Type, error) {
	typ, err := p.typeName()
	if typ.Length == 0 {
		switch typ.Name {
		case "varchar":
			typ.Length = 256
		case "varbyte":
			typ.Length = 64000
		}
	}
	return typ, err
}

// columnOption parses one attribute or constraint of a column.
func (p *parser) columnOption(c *ColumnDef) (more bool, err error) {
	switch {
	case p.accept("default"):
		start := p.tok().pos
		c.Default, err = p.exprAbove(bindNot)
		c.DefaultText = p.src[start:max(start, p.lastEnd())]
	case p.accept("identity"):
		c.Identity, err = p.identity(false)
	case p.accept("generated"):
		always := p.accept("always")
		if !always {
			if err = p.expect("by", "default"); err != nil {
				return false, err
			}
		}
		if err = p.expect("as", "identity"); err == nil {
			c.Identity, err = p.identity(!always)
		}
	case p.accept("not", "null"):
		c.NotNull = true
	case p.accept("null"):
	case p.accept("primary", "key"):
		c.PrimaryKey, c.NotNull = true, true
	case p.accept("unique"):
		c.Unique = true
	case p.accept("references"):
		var n Name
		if n, err = p.name(); err != nil {
			return false, err
		}
		c.References = &n
		if p.isOp("(") {
			_, err = p.identList()
		}
	case p.accept("encode"):
		c.Encode, err = p.encoding()
	case p.accept("distkey"):
		c.DistKey = true
	case p.accept("sortkey"):
		c.SortKey = true
	case p.accept("collate"):
		var n Name
		n, err = p.name()
		c.Collate = n.String()
		if c.Collate == "case_insensitive" || c.Collate == "ci" {
			return false, p.unsupported(n.pos(), "COLLATE CASE_INSENSITIVE is not supported")
		}
	case p.isWord("constraint"):
		p.i++
		_, err = p.ident()
	case p.isWord("check"):
		return false, p.unsupported(p.tok().pos, "CHECK constraints are not supported by Redshift")
	default:
		return false, nil
	}
	return true, err
}

// encoding parses the name of a column encoding.
func (p *parser) encoding() (string, error) {
	t := p.advance()
	if t.kind != tokWord || !encodings[t.val] {
		return "", p.unexpectedAt(t)
	}
	return t.val, nil
}

var encodings = words(`auto raw az64 bytedict delta delta32k lzo mostly8 mostly16 mostly32 runlength
	text255 text32k zstd none`)

// identity parses (seed, step).
func (p *parser) identity(byDefault bool) (*Identity, error) {
	id := &Identity{Seed: 1, Step: 1, ByDefault: byDefault}
	if !p.acceptOp("(") {
		return id, nil
	}
	var err error
	if id.Seed, err = p.signedInt(); err != nil {
		return nil, err
	}
	if err = p.expectOp(","); err != nil {
		return nil, err
	}
	if id.Step, err = p.signedInt(); err != nil {
		return nil, err
	}
	return id, p.expectOp(")")
}

func (p *parser) signedInt() (int64, error) {
	sign := ""
	if p.acceptOp("-") {
		sign = "-"
	}
	t := p.tok()
	n, err := strconv.ParseInt(sign+t.val, 10, 64)
	if t.kind != tokNumber || err != nil {
		return 0, p.unexpected()
	}
	p.i++
	return n, nil
}
