package redshift

import "strings"

// transaction parses BEGIN, START, COMMIT, END, ROLLBACK and ABORT.
func (p *parser) transaction() (Statement, error) {
	switch word := p.advance().val; word {
	case "begin", "start":
		if !p.accept("transaction") {
			if word == "start" {
				return nil, p.unexpected()
			}
			p.accept("work")
		}
		b := &Begin{}
		return b, p.transactionModes(b)
	case "commit", "end":
		if !p.accept("work") {
			p.accept("transaction")
		}
		return &Commit{}, nil
	default:
		if !p.accept("work") {
			p.accept("transaction")
		}
		if p.isWord("to") {
			return p.refuse("ROLLBACK TO SAVEPOINT", "Redshift has no savepoints either")
		}
		return &Rollback{}, nil
	}
}

// transactionModes parses ISOLATION LEVEL …, READ ONLY, READ WRITE.
func (p *parser) transactionModes(b *Begin) error {
	for {
		switch {
		case p.accept("isolation", "level"):
			switch {
			case p.accept("serializable"):
				b.Isolation = "serializable"
			case p.accept("repeatable", "read"):
				b.Isolation = "repeatable read"
			case p.accept("snapshot"):
				b.Isolation = "snapshot"
			case p.accept("read", "committed"):
				b.Isolation = "read committed"
			case p.accept("read", "uncommitted"):
				b.Isolation = "read uncommitted"
			default:
				return p.unexpected()
			}
		case p.accept("read", "only"):
			b.ReadOnly, b.ReadWrite = true, false
		case p.accept("read", "write"):
			b.ReadOnly, b.ReadWrite = false, true
		case p.accept("not", "deferrable"), p.accept("deferrable"):
		case p.acceptOp(","):
		default:
			return nil
		}
	}
}

// session parses SET, RESET, SHOW and DISCARD.
func (p *parser) session() (Statement, error) {
	switch p.advance().val {
	case "set":
		return p.set()
	case "reset":
		if p.accept("all") {
			return &Reset{}, nil
		}
		if p.accept("session", "authorization") {
			return &Reset{Name: "session_authorization"}, nil
		}
		name, err := p.settingName()
		return &Reset{Name: name}, err
	case "discard":
		return &Discard{}, p.expect("all")
	}
	return p.show()
}

func (p *parser) show() (Statement, error) {
	if p.accept("all") {
		return &Show{}, nil
	}
	for _, what := range []string{"model", "tables", "schemas", "columns", "databases", "external", "table", "view", "procedure", "datashares", "grants", "parameters"} {
		if n := p.ahead(1); p.isWord(what) && (n.kind == tokWord || n.kind == tokQuoted || what[len(what)-1] == 's') {
			return p.refuse("SHOW "+upperWords([]string{what}), "")
		}
	}
	if p.accept("time", "zone") {
		return &Show{Name: "timezone"}, nil
	}
	if p.accept("transaction", "isolation", "level") {
		return &Show{Name: "transaction_isolation"}, nil
	}
	if p.accept("session", "authorization") || p.accept("session_authorization") {
		return &Show{Name: "session_authorization"}, nil
	}
	name, err := p.settingName()
	return &Show{Name: name}, err
}

// settingName parses a name with dots.
func (p *parser) settingName() (string, error) {
	n, err := p.name()
	p.databases = nil
	return n.String(), err
}

func (p *parser) set() (Statement, error) {
	s := &Set{}
	switch {
	case p.isWord("session", "characteristics"), p.isWord("transaction") && !p.assigns():
		var b Begin
		s.Name = "transaction"
		if p.accept("session") {
			s.Name = "session characteristics"
			if err := p.expect("characteristics", "as"); err != nil {
				return nil, err
			}
		}
		if err := p.expect("transaction"); err != nil {
			return nil, err
		}
		if err := p.transactionModes(&b); err != nil {
			return nil, err
		}
		if b.Isolation != "" {
			s.Values = append(s.Values, "isolation level "+b.Isolation)
		}
		if b.ReadOnly {
			s.Values = append(s.Values, "read only")
		}
		if b.ReadWrite {
			s.Values = append(s.Values, "read write")
		}
		return s, nil
	case p.accept("session", "authorization"):
		s.Name = "session_authorization"
		return s, p.setValues(s)
	case p.accept("local"):
		s.Local = true
	default:
		if n := p.ahead(1); p.isWord("session") && n.kind == tokWord && n.val != "to" {
			p.i++
		}
	}
	if p.accept("time", "zone") {
		s.Name = "timezone"
		if p.accept("interval") {
			zone, err := p.intervalZone()
			s.Values = []string{zone}
			return s, err
		}
		return s, p.setValues(s)
	}
	if p.accept("names") {
		s.Name = "client_encoding"
		return s, p.setValues(s)
	}
	var err error
	if s.Name, err = p.settingName(); err != nil {
		return nil, err
	}
	if !p.accept("to") {
		if err := p.expectOp("="); err != nil {
			return nil, err
		}
	}
	return s, p.setValues(s)
}

// assigns tells whether a name is followed by TO or =.
func (p *parser) assigns() bool {
	n := p.ahead(1)
	return n.kind == tokWord && n.val == "to" || n.kind == tokOp && n.val == "="
}

// setValues parses DEFAULT or a list of words, strings and numbers.
func (p *parser) setValues(s *Set) error {
	if p.accept("default") {
		s.Default = true
		return nil
	}
	var err error
	s.Values, err = list(p, func() (string, error) {
		sign := ""
		if p.acceptOp("-") {
			sign = "-"
		}
		t := p.tok()
		switch t.kind {
		case tokString, tokNumber:
			p.i++
			if t.kind == tokNumber && p.isAnyWord("ms", "s", "min", "h", "d") {
				t.val += p.advance().val
			}
			return sign + t.val, nil
		case tokWord, tokQuoted:
			p.i++
			if t.kind == tokWord {
				return t.val, nil
			}
			return t.val, nil
		}
		return "", p.unexpected()
	})
	if s.Name == "timezone" && len(s.Values) == 1 && strings.EqualFold(s.Values[0], "local") {
		s.Default, s.Values = true, nil
	}
	return err
}
