package redshift

import "strings"

// isGuard tells tests that keep bad bytes and bad JSON from what reads them:
// IS_UTF8(x) AND IS_VALID_JSON(FROM_VARBYTE(x, 'utf-8')) AND …
func isGuard(x Expr) bool {
	c, ok := x.(*Call)
	if !ok {
		return false
	}
	switch lowerASCII(c.Name.Parts[len(c.Name.Parts)-1].Text) {
	case "is_utf8", "can_json_parse", "is_valid_json", "is_valid_json_array":
		return true
	}
	return false
}

// guarded writes a chain of AND so that its guards are tested first, in their
// order: DuckDB may test the sides of an AND in any order, but not the branches
// of a CASE. It returns "" when there is nothing to guard.
func guarded(conds []string, guards []bool) string {
	var b strings.Builder
	depth := 0
	rest := make([]string, 0, len(conds))
	for i, c := range conds {
		if !guards[i] {
			rest = append(rest, c)
		}
	}
	for i, c := range conds {
		switch {
		case !guards[i]:
		case len(rest) == 0 && i == len(conds)-1: // only guards: the last one is the rest
			rest = append(rest, c)
		default:
			b.WriteString("CASE WHEN " + c + " THEN ")
			depth++
		}
	}
	if depth == 0 {
		return ""
	}
	if len(rest) == 1 {
		b.WriteString(rest[0])
	} else {
		b.WriteString("(" + strings.Join(rest, " AND ") + ")")
	}
	b.WriteString(strings.Repeat(" ELSE false END", depth))
	return b.String()
}
