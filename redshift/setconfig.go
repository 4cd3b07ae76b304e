package redshift

// A ConfigCall is SELECT set_config(name, value, local), which sessions run as
// SET.
type ConfigCall struct {
	Column      string // of the result, which is the value
	Name, Value string
	Local       bool
}

// SetConfig recognizes a query that is one call of set_config with constants.
// Anywhere else the function does not exist.
func SetConfig(q *Query) (ConfigCall, bool) {
	s, ok := q.Body.(*Select)
	if !ok || len(s.Items) != 1 || len(s.From) > 0 || s.Where != nil || q.With != nil || s.GroupBy != nil || s.Having != nil {
		return ConfigCall{}, false
	}
	call, ok := s.Items[0].Expr.(*Call)
	if !ok || len(call.Args) != 3 || call.Name.String() != "set_config" && call.Name.String() != "pg_catalog.set_config" {
		return ConfigCall{}, false
	}
	c := ConfigCall{Column: "set_config"}
	if alias := s.Items[0].Alias; !alias.empty() {
		c.Column = lowerASCII(alias.Text)
	}
	for i, arg := range call.Args {
		lit, ok := arg.(*Literal)
		switch {
		case !ok || i < 2 && lit.Kind != LiteralString || i == 2 && lit.Kind != LiteralBool:
			return ConfigCall{}, false
		case i == 0:
			c.Name = lit.Text
		case i == 1:
			c.Value = lit.Text
		default:
			c.Local = lit.Text == "true"
		}
	}
	return c, true
}
