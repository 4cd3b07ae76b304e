package redshift

import "strings"

// A LiteralRule says what a backslash means in a plain literal, '…'. In E'…' it
// always escapes, in $$…$$ never.
type LiteralRule int

const (
	// StandardLiterals takes a backslash for a character like any other: for
	// sessions with standard_conforming_strings on, and for what was defined
	// before there were rules, when this was the only one.
	StandardLiterals LiteralRule = iota
	// EscapeLiterals reads '…' like E'…', as Redshift does.
	EscapeLiterals
)

// Parse parses statements whose literals follow Redshift's rule; see
// LiteralRule.Parse.
func Parse(sql string) ([]Statement, error) { return EscapeLiterals.Parse(sql) }

// InRedshift writes source text of rule r so that it means the same under
// Redshift's rule: what is stored and shown as a definition is read by that.
// Text that has no tokens stays as it is.
func (r LiteralRule) InRedshift(sql string) string {
	if r == EscapeLiterals || strings.IndexByte(sql, '\\') < 0 {
		return sql
	}
	tokens, err := lex(sql, r)
	if err != nil {
		return sql
	}
	var b strings.Builder
	done := 0
	for _, t := range tokens {
		if t.kind != tokString || strings.IndexByte("'nN", sql[t.pos]) < 0 {
			continue
		}
		b.WriteString(sql[done:t.pos])
		b.WriteString(strings.ReplaceAll(sql[t.pos:t.end], `\`, `\\`))
		done = t.end
	}
	b.WriteString(sql[done:])
	return b.String()
}
