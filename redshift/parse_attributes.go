package redshift

import (
	"slices"
	"strconv"
)

// tableAttributes parses BACKUP, DISTSTYLE, DISTKEY, SORTKEY and ENCODE AUTO,
// in any order.
func (p *parser) tableAttributes(a *TableAttributes) error {
	for {
		more, err := p.tableAttribute(a)
		if err != nil || !more {
			return err
		}
	}
}

func (p *parser) tableAttribute(a *TableAttributes) (more bool, err error) {
	switch {
	case p.accept("backup"):
		a.Backup, err = p.oneOf("yes", "no")
	case p.accept("diststyle"):
		a.DistStyle, err = p.oneOf("auto", "even", "key", "all")
	case p.accept("distkey"):
		a.DistKey, err = p.keyColumns()
	case p.accept("encode", "auto"):
		a.Encode = "auto"
	case p.isAnyWord("compound", "interleaved") && (p.ahead(1).val == "sortkey"):
		a.SortStyle = p.advance().val
		p.i++
		a.SortKey, err = p.keyColumns()
	case p.accept("sortkey", "auto"):
		a.SortStyle = "auto"
	case p.accept("sortkey", "none"):
		a.SortStyle = "none"
	case p.accept("sortkey"):
		a.SortKey, err = p.keyColumns()
	default:
		return false, nil
	}
	return true, err
}

// keyColumns parses (a, b); a single column needs no parentheses.
func (p *parser) keyColumns() ([]Ident, error) {
	if !p.acceptOp("(") {
		id, err := p.keyColumn()
		return []Ident{id}, err
	}
	ids, err := list(p, p.keyColumn)
	if err != nil {
		return nil, err
	}
	return ids, p.expectOp(")")
}

// keyColumn parses a column by its name, or by its place in the query.
func (p *parser) keyColumn() (Ident, error) {
	t := p.tok()
	if t.kind != tokNumber {
		return p.ident()
	}
	n, err := strconv.Atoi(t.val)
	if err != nil || n < 1 {
		return Ident{}, p.unexpected()
	}
	p.i++
	return Ident{Text: t.val, Position: n, pos: t.pos}, nil
}

// Resolve gives the keys of a table that a query makes the names of its columns,
// and checks that the columns are there.
func (a TableAttributes) Resolve(columns []Column, set Settings) (TableAttributes, error) {
	var err error
	resolve := func(what string, ids []Ident) []Ident {
		out := make([]Ident, len(ids))
		for i, id := range ids {
			name := id.Fold(set)
			if id.Position > 0 && id.Position <= len(columns) {
				name = columns[id.Position-1].Name
			}
			if !slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name }) && err == nil {
				err = &Error{SQLSTATE: codeUndefinedColumn, Message: "column \"" + name + "\" named in " + what + " does not exist"}
				if id.Position > 0 {
					err = &Error{SQLSTATE: "42P10", Message: what + " position " + name + " is not in select list"}
				}
			}
			out[i] = Ident{Text: name, Quoted: true, pos: id.pos}
		}
		return out
	}
	a.DistKey, a.SortKey = resolve("DISTKEY", a.DistKey), resolve("SORTKEY", a.SortKey)
	return a, err
}

// oneOf parses one of some words.
func (p *parser) oneOf(choices ...string) (string, error) {
	for _, w := range choices {
		if p.accept(w) {
			return w, nil
		}
	}
	return "", p.unexpected()
}
