package redshift

// statement parses one statement by its first word.
func (p *parser) statement() (Statement, error) {
	t := p.tok()
	if p.isWord("with") {
		return p.withStatement()
	}
	if p.startsQuery() {
		return p.queryStatement()
	}
	if t.kind != tokWord {
		return nil, p.unexpected()
	}
	switch t.val {
	case "insert":
		return p.insert()
	case "update":
		return p.update()
	case "delete":
		return p.delete()
	case "truncate":
		return p.truncate()
	case "create":
		return p.create()
	case "drop":
		return p.drop()
	case "alter":
		return p.alter()
	case "refresh":
		return p.refresh()
	case "begin", "start", "commit", "end", "rollback", "abort":
		return p.transaction()
	case "set", "reset", "show", "discard":
		return p.session()
	case "explain":
		return p.explain()
	case "analyze", "analyse":
		return p.analyze()
	case "vacuum":
		return p.vacuum()
	case "grant", "revoke":
		return p.grant()
	case "comment":
		return p.comment()
	case "prepare", "execute", "deallocate":
		return p.prepared()
	}
	if what, ok := unsupportedStatements[t.val]; ok {
		return p.refuse(what.name, what.hint)
	}
	return nil, p.unexpected()
}

type refusal struct{ name, hint string }

// unsupportedStatements are Redshift's statements that Leat names and refuses.
var unsupportedStatements = map[string]refusal{
	"copy":      {"COPY", ""},
	"unload":    {"UNLOAD", ""},
	"call":      {"CALL", ""},
	"declare":   {"DECLARE CURSOR", "read the rows of the query itself: they are streamed"},
	"fetch":     {"FETCH", "read the rows of the query itself: they are streamed"},
	"close":     {"CLOSE", "read the rows of the query itself: they are streamed"},
	"merge":     {"MERGE", "use DELETE … USING and INSERT in one transaction"},
	"lock":      {"LOCK", ""},
	"savepoint": {"SAVEPOINT", "Redshift has no savepoints either"},
	"release":   {"RELEASE SAVEPOINT", "Redshift has no savepoints either"},
	"cancel":    {"CANCEL", "cancel through the client's own means"},
	"use":       {"USE", "there is one database"},
	"attach":    {"ATTACH", ""},
	"detach":    {"DETACH", ""},
	"listen":    {"LISTEN", ""},
	"unlisten":  {"UNLISTEN", ""},
	"notify":    {"NOTIFY", ""},
	"do":        {"DO", ""},
	"cluster":   {"CLUSTER", ""},
	"reindex":   {"REINDEX", ""},
	"insights":  {"INSIGHTS", ""},
}

// refuse passes over the rest of a statement that is refused when it is run.
func (p *parser) refuse(what, hint string) (Statement, error) {
	for p.tok().kind != tokEOF && !p.isOp(";") {
		p.i++
	}
	return &Unsupported{What: what, Hint: hint}, nil
}

// withStatement parses a statement that begins with WITH.
func (p *parser) withStatement() (Statement, error) {
	start := p.i
	w, err := p.with()
	if err != nil {
		return nil, err
	}
	switch {
	case p.isWord("delete"):
		s, err := p.delete()
		if d, ok := s.(*Delete); ok {
			d.With = w
		}
		return s, err
	case p.isWord("update"):
		s, err := p.update()
		if u, ok := s.(*Update); ok {
			u.With = w
		}
		return s, err
	}
	p.i = start
	return p.queryStatement()
}

// queryStatement parses a query, or SELECT … INTO.
func (p *parser) queryStatement() (Statement, error) {
	into := &CreateTableAs{}
	p.selectInto = into
	q, err := p.query()
	p.selectInto = nil
	if err != nil {
		return nil, err
	}
	if into.Name.Parts != nil {
		into.Query = q
		return into, nil
	}
	return q, nil
}

func (p *parser) explain() (Statement, error) {
	p.i++
	e := &Explain{}
	if p.isOp("(") && !p.startsQuery() {
		p.i++
		for !p.acceptOp(")") {
			t := p.advance()
			switch {
			case t.kind == tokEOF:
				return nil, p.unexpected()
			case t.val == "analyze":
				e.Analyze = true
			case t.val == "verbose":
				e.Verbose = true
			}
		}
	}
	if p.accept("analyze") {
		e.Analyze = true
	}
	if p.accept("verbose") {
		e.Verbose = true
	}
	var err error
	e.Statement, err = p.nested()
	return e, err
}

// nested parses the statement inside EXPLAIN or PREPARE.
func (p *parser) nested() (Statement, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	return p.placed()
}

func (p *parser) prepared() (Statement, error) {
	var err error
	switch p.advance().val {
	case "execute":
		e := &Execute{}
		if e.Name, err = p.ident(); err != nil {
			return nil, err
		}
		if p.acceptOp("(") {
			if e.Args, err = list(p, p.expr); err != nil {
				return nil, err
			}
			err = p.expectOp(")")
		}
		return e, err
	case "deallocate":
		d := &Deallocate{}
		p.accept("prepare")
		if !p.accept("all") {
			d.Name, err = p.ident()
		}
		return d, err
	}
	s := &Prepare{}
	if s.Name, err = p.ident(); err != nil {
		return nil, err
	}
	if p.acceptOp("(") {
		if s.Types, err = list(p, p.typeName); err != nil {
			return nil, err
		}
		if err = p.expectOp(")"); err != nil {
			return nil, err
		}
	}
	if err = p.expect("as"); err != nil {
		return nil, err
	}
	s.Statement, err = p.nested()
	return s, err
}

// analyze parses ANALYZE [COMPRESSION] [table [(columns)]] [PREDICATE COLUMNS …].
func (p *parser) analyze() (Statement, error) {
	p.i++
	a := &Analyze{}
	if p.accept("compression") {
		return p.refuse("ANALYZE COMPRESSION", "")
	}
	p.accept("verbose")
	n, err := p.optionalName()
	if err != nil {
		return nil, err
	}
	a.Name = n
	if n != nil && p.isOp("(") {
		if _, err := p.identList(); err != nil {
			return nil, err
		}
	}
	if !p.accept("predicate", "columns") {
		p.accept("all", "columns")
	}
	return a, nil
}

func (p *parser) vacuum() (Statement, error) {
	p.i++
	v := &Vacuum{}
	for _, kind := range []string{"full", "sort", "delete", "reindex", "recluster"} {
		if p.accept(kind) {
			v.Kind = kind
			if kind == "sort" || kind == "delete" {
				p.accept("only")
			}
			break
		}
	}
	var err error
	if v.Name, err = p.optionalName(); err != nil {
		return nil, err
	}
	if p.accept("to") {
		p.advance()
		if err = p.expect("percent"); err != nil {
			return nil, err
		}
	}
	p.accept("boost")
	return v, nil
}

func (p *parser) optionalName() (*Name, error) {
	if t := p.tok(); t.kind == tokEOF || t.kind == tokOp || p.isAnyWord("to", "boost", "predicate", "all") {
		return nil, nil
	}
	n, err := p.name()
	return &n, err
}
