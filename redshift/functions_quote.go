package redshift

// buildQuoteLiteral is QUOTE_LITERAL: the literal that the session would read as
// the text, so backslashes are doubled where they escape.
func buildQuoteLiteral(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	text := t.asText(a[0])
	if t.set.Literals == EscapeLiterals {
		text = `leat_replace(` + text + `, '\', '\\')`
	}
	return of(typeVarchar, "leat_quote_literal(", text, ")"), nil
}
