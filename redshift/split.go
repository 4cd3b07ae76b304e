package redshift

// Split cuts text behind each semicolon that ends a statement: those inside
// constants, quoted names and comments do not. Rest is what follows the last
// one, which a person at a prompt has only begun to type. Split does not parse;
// statements of nothing but blanks and comments are left out.
func Split(text string) (statements []string, rest string) {
	l := lexer{src: text}
	start, empty := 0, true
	for {
		if l.skipSpace() != nil || l.at >= len(text) {
			return statements, text[start:]
		}
		before := l.at
		if l.next() != nil {
			if l.at >= len(text) {
				return statements, text[start:] // a constant, name or comment without its end
			}
			l.at = max(l.at, before+1) // what no token begins with: the parser will say so
			empty = false
			continue
		}
		switch last := l.tokens[len(l.tokens)-1]; {
		case last.kind != tokOp || last.val != ";":
			empty = false
		case empty:
			start = l.at
		default:
			statements = append(statements, text[start:l.at])
			start, empty = l.at, true
		}
		l.tokens = l.tokens[:0]
	}
}
