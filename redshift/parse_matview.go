package redshift

import "strings"

// createMaterializedView parses what follows CREATE MATERIALIZED VIEW.
func (p *parser) createMaterializedView() (Statement, error) {
	v := &CreateMaterializedView{IfNotExists: p.ifNotExists()}
	var err error
	if v.Name, err = p.name(); err != nil {
		return nil, err
	}
	if p.isOp("(") {
		if v.Columns, err = p.identList(); err != nil {
			return nil, err
		}
	}
	for !p.isWord("as") {
		if p.accept("auto", "refresh") {
			yes, err := p.oneOf("yes", "no")
			if err != nil {
				return nil, err
			}
			v.AutoRefresh = yes == "yes"
			continue
		}
		more, err := p.tableAttribute(&v.Attributes)
		if err != nil {
			return nil, err
		}
		if !more {
			return nil, p.unexpected()
		}
	}
	p.i++
	if v.Query, err = p.query(); err != nil {
		return nil, err
	}
	v.QueryText = v.Query.Definition()
	return v, nil
}

// Options are the attributes that were given, by their keyword.
func (a TableAttributes) Options() map[string]string {
	m := make(map[string]string)
	add := func(key, value string) {
		if value != "" {
			m[key] = value
		}
	}
	add("BACKUP", a.Backup)
	add("DISTSTYLE", a.DistStyle)
	add("DISTKEY", joinIdents(a.DistKey))
	add("SORTKEY", joinIdents(a.SortKey))
	add("SORTSTYLE", a.SortStyle)
	return m
}

func joinIdents(ids []Ident) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = lowerASCII(id.Text)
	}
	return strings.Join(names, ",")
}

func (p *parser) refresh() (Statement, error) {
	if err := p.expect("refresh", "materialized", "view"); err != nil {
		return nil, err
	}
	r := &RefreshMaterializedView{}
	var err error
	if r.Name, err = p.name(); err != nil {
		return nil, err
	}
	r.Cascade = p.accept("cascade")
	if !r.Cascade {
		p.accept("restrict")
	}
	return r, nil
}

// alterMaterializedView parses what follows ALTER MATERIALIZED VIEW.
func (p *parser) alterMaterializedView() (Statement, error) {
	v := &AlterMaterializedView{}
	var err error
	if v.Name, err = p.name(); err != nil {
		return nil, err
	}
	switch {
	case p.accept("auto", "refresh"):
		yes, err := p.oneOf("yes", "no")
		on := yes == "yes"
		v.AutoRefresh = &on
		return v, err
	case p.accept("owner", "to"):
		v.Owner, err = p.label()
		return v, err
	case p.accept("row", "level", "security"):
		return p.refuse("ROW LEVEL SECURITY", "")
	}
	p.accept("alter")
	more, err := p.tableAttribute(&v.Attributes)
	if err == nil && !more {
		err = p.unexpected()
	}
	return v, err
}
