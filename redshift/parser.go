package redshift

// Limits that keep the parser's and DuckDB's stacks bounded.
const (
	maxDepth = 120  // nested parentheses, subqueries, CASEs …
	maxChain = 2000 // operators in a row at one level
)

// Parse parses a string of one or more statements separated by semicolons.
// Empty statements are skipped. An error is an *Error; its position counts
// characters of the whole string.
func (r LiteralRule) Parse(sql string) ([]Statement, error) { return r.ParseWithin(sql, 0) }

// ParseWithin is Parse for text of at most so many tokens: names, values and
// signs. What is made of a statement takes up to TokenBytes for each of them,
// whatever the text's length; so more are refused with 53200. 0: no limit.
func (r LiteralRule) ParseWithin(sql string, tokens int) ([]Statement, error) {
	list, err := lexWithin(sql, r, tokens)
	if err != nil {
		return nil, err
	}
	return r.parse(sql, list)
}

// TokenBytes is about how many bytes of memory a statement takes for each of its
// tokens until it is planned: in the tree, in what is translated from it, and in
// DuckDB's trees. Rows of VALUES take most.
const TokenBytes = 430

func (r LiteralRule) parse(sql string, tokens []token) ([]Statement, error) {
	p := &parser{src: sql, rule: r, tokens: tokens}
	var list []Statement
	for {
		for p.acceptOp(";") {
		}
		if p.tok().kind == tokEOF {
			return list, nil
		}
		stmt, err := p.placed()
		if err != nil {
			return nil, err
		}
		list = append(list, stmt)
		if p.tok().kind != tokEOF && !p.isOp(";") {
			return nil, p.unexpected()
		}
	}
}

// A parser walks over tokens. Methods that parse return an error at once;
// words are compared by value, never the source text.
type parser struct {
	src    string
	rule   LiteralRule
	tokens []token
	i      int
	depth  int

	databases []Ident // that names of the statement begin with

	// selectInto receives the target of SELECT … INTO; nil where INTO is wrong.
	selectInto *CreateTableAs
}

// placed parses one statement and records where its text is.
func (p *parser) placed() (Statement, error) {
	start := p.tok().pos
	p.databases = nil
	stmt, err := p.statement()
	if err != nil {
		return nil, err
	}
	stmt.(interface{ place(*parser, int, int) }).place(p, start, p.lastEnd())
	return stmt, nil
}

func (p *parser) tok() token { return p.tokens[p.i] }

func (p *parser) ahead(n int) token {
	if p.i+n < len(p.tokens) {
		return p.tokens[p.i+n]
	}
	return p.tokens[len(p.tokens)-1]
}

func (p *parser) advance() token {
	t := p.tokens[p.i]
	if t.kind != tokEOF {
		p.i++
	}
	return t
}

// lastEnd is the end of the token before the current one.
func (p *parser) lastEnd() int {
	if p.i == 0 {
		return 0
	}
	return p.tokens[p.i-1].end
}

func (p *parser) isOp(op string) bool {
	t := &p.tokens[p.i]
	return t.kind == tokOp && t.val == op
}

func (p *parser) acceptOp(op string) bool {
	if p.isOp(op) {
		p.i++
		return true
	}
	return false
}

func (p *parser) expectOp(op string) error {
	if p.acceptOp(op) {
		return nil
	}
	return p.unexpected()
}

// isWord tells whether the coming tokens are these words.
func (p *parser) isWord(list ...string) bool {
	for n, w := range list {
		if p.i+n >= len(p.tokens) {
			return false
		}
		if t := &p.tokens[p.i+n]; t.kind != tokWord || t.val != w {
			return false
		}
	}
	return true
}

func (p *parser) isAnyWord(list ...string) bool {
	for _, w := range list {
		if p.isWord(w) {
			return true
		}
	}
	return false
}

func (p *parser) accept(list ...string) bool {
	if p.isWord(list...) {
		p.i += len(list)
		return true
	}
	return false
}

func (p *parser) expect(list ...string) error {
	for _, w := range list {
		if !p.accept(w) {
			return p.unexpected()
		}
	}
	return nil
}

// unexpected is the syntax error at the current token.
func (p *parser) unexpected() error { return p.unexpectedAt(p.tok()) }

func (p *parser) unexpectedAt(t token) error {
	if t.kind == tokEOF {
		return errorAt(p.src, t.pos, codeSyntax, "syntax error at end of input")
	}
	return errorAt(p.src, t.pos, codeSyntax, "syntax error at or near \"%s\"", clip(p.src[t.pos:t.end]))
}

func (p *parser) unsupported(pos int, format string, args ...any) error {
	return errorAt(p.src, pos, codeUnsupported, format, args...)
}

// enter counts nesting; the caller defers leave.
func (p *parser) enter() error {
	p.depth++
	if p.depth > maxDepth {
		return errorAt(p.src, p.tok().pos, codeTooComplex, "statement is nested too deeply: more than %d levels", maxDepth)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// ident reads a name that is not a reserved word.
func (p *parser) ident() (Ident, error) {
	t := p.tok()
	switch {
	case t.kind == tokQuoted:
		p.i++
		return Ident{Text: t.val, Quoted: true, pos: t.pos}, nil
	case t.kind == tokWord && !reserved[t.val]:
		p.i++
		return Ident{Text: p.src[t.pos:t.end], pos: t.pos}, nil
	}
	return Ident{}, p.unexpected()
}

// label reads any name, reserved or not: after AS, after a dot.
func (p *parser) label() (Ident, error) {
	t := p.tok()
	if t.kind == tokWord {
		p.i++
		return Ident{Text: p.src[t.pos:t.end], pos: t.pos}, nil
	}
	return p.ident()
}

// name reads a qualified name.
func (p *parser) name() (Name, error) {
	first, err := p.ident()
	if err != nil {
		return Name{}, err
	}
	n := Name{Parts: []Ident{first}}
	for p.isOp(".") && len(n.Parts) < 3 {
		p.i++
		part, err := p.label()
		if err != nil {
			return Name{}, err
		}
		n.Parts = append(n.Parts, part)
	}
	if len(n.Parts) == 3 {
		p.databases = append(p.databases, n.Parts[0])
	}
	return n, nil
}

func (p *parser) names() ([]Name, error) { return list(p, p.name) }

// identList reads (a, b, …).
func (p *parser) identList() ([]Ident, error) {
	if err := p.expectOp("("); err != nil {
		return nil, err
	}
	ids, err := list(p, p.ident)
	if err != nil {
		return nil, err
	}
	return ids, p.expectOp(")")
}

// list reads one or more elements separated by commas.
func list[T any](p *parser, element func() (T, error)) ([]T, error) {
	var all []T
	for {
		one, err := element()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
		if !p.acceptOp(",") {
			return all, nil
		}
	}
}

// stringConst reads a string constant.
func (p *parser) stringConst() (string, error) {
	if t := p.tok(); t.kind == tokString {
		p.i++
		return t.val, nil
	}
	return "", p.unexpected()
}
