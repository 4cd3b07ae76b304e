package redshift

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
	if p.isOp("(") {
		return p.identList()
	}
	id, err := p.ident()
	return []Ident{id}, err
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
