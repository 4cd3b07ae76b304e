package redshift

// isPath tells whether a name in FROM is a path into SUPER of an element of
// FROM before it: its first name is an alias there, and it goes on.
func (t *translator) isPath(r *TableRef, sc *scope) bool {
	steps := r.Path.Steps
	first := steps[0].Name.Fold(t.set)
	for s := sc; s != nil; s = s.outer {
		for _, src := range s.sources {
			if src.alias == first && (len(steps) > 1 || src.elem) {
				return true
			}
		}
	}
	return false
}

// unnest translates path AS v [AT i]: one row for each element of the array at
// path. What is no array gives no rows, as Redshift's lax mode has it.
func (t *translator) unnest(r *TableRef, sc *scope) (string, error) {
	list, err := t.arrayAt(r.Path, sc)
	if err != nil {
		return "", err
	}
	s := &sourceTable{alias: r.Alias.Name.Fold(t.set), elem: true}
	if r.Alias.Name.empty() {
		s.alias = t.defaultName(r.Path)
	}
	inner := "SELECT unnest(" + list + ") AS v"
	s.fields = []field{{s.alias, "v", typeSuper}}
	if !r.At.empty() {
		inner += ", CAST(generate_subscripts(" + list + ", 1) - 1 AS BIGINT) AS i"
		s.fields = append(s.fields, field{r.At.Fold(t.set), "i", typeBigint})
	}
	if err := t.add(sc, s, r.Path.exprPos()); err != nil {
		return "", err
	}
	return "LATERAL (" + inner + ") AS " + quoteIdent(s.duck), nil
}

// arrayAt is the list of the elements of the array at a path; what is no array
// has none.
func (t *translator) arrayAt(p *Path, sc *scope) (string, error) {
	v, err := t.path(p, sc)
	if err != nil {
		return "", err
	}
	if !v.isSuper() {
		return "", t.fail(p.exprPos(), codeDatatypeMismatch, "cannot unnest a value of type %s: only SUPER arrays can be unnested", v.typ)
	}
	return "leat_json_elements(" + v.out() + ")", nil
}

// unpivot translates UNPIVOT object AS v AT k: one row for each attribute.
func (t *translator) unpivot(u *Unpivot, sc *scope) (string, error) {
	object, err := t.objectAt(u, sc)
	if err != nil {
		return "", err
	}
	s := &sourceTable{alias: u.Value.Fold(t.set), elem: true}
	s.fields = []field{{s.alias, "value", typeSuper}}
	if !u.At.empty() {
		s.fields = append(s.fields, field{u.At.Fold(t.set), "key", typeVarchar})
	}
	if err := t.add(sc, s, u.pos); err != nil {
		return "", err
	}
	return "LATERAL (SELECT unnest(leat_json_keys(d)) AS key, unnest(leat_json_values(d)) AS value FROM (SELECT " + object + " AS d) AS q) AS " + quoteIdent(s.duck), nil
}

func (t *translator) objectAt(u *Unpivot, sc *scope) (string, error) {
	v, err := t.expr(u.X, sc)
	if err != nil {
		return "", err
	}
	if !v.isSuper() {
		return "", t.fail(u.pos, codeDatatypeMismatch, "cannot unpivot a value of type %s: only SUPER objects can be unpivoted", v.typ)
	}
	return v.out(), nil
}

// unpivotOver is unpivot over a piece of FROM; see unnestOver.
func (t *translator) unpivotOver(u *Unpivot, over string, sc *scope, from mark) (string, error) {
	object, err := t.objectAt(u, sc)
	if err != nil {
		return "", err
	}
	lists := []expansion{{list: "leat_json_values(" + object + ")", one: "v"}}
	s := &sourceTable{alias: u.Value.Fold(t.set), elem: true}
	s.fields = []field{{s.alias, "v", typeSuper}}
	if !u.At.empty() {
		lists = append(lists, expansion{list: "leat_json_keys(" + object + ")", one: "k"})
		s.fields = append(s.fields, field{u.At.Fold(t.set), "k", typeVarchar})
	}
	return t.expand(lists, s, over, sc, from, false, u.pos)
}

// tableFunc translates the few functions that may stand in FROM.
func (t *translator) tableFunc(f *TableFunc, sc *scope) (string, error) {
	name := lowerASCII(f.Call.Name.Parts[len(f.Call.Name.Parts)-1].Text)
	args, err := t.valueList(f.Call.Args, sc)
	if err != nil {
		return "", err
	}
	def, ok := tableFunctions[name]
	if name == "unnest" && len(args) == 1 {
		def, ok = unnestArray(args[0])
	}
	if !ok {
		if def, err = t.oneRow(f.Call, name, sc); err != nil {
			return "", err
		}
		args = nil
	}
	if len(args) < def.least || len(args) > def.most {
		return "", t.noFunction(f.Call, args)
	}
	s := &sourceTable{alias: name}
	sql := def.sql(t, args)
	for _, c := range def.columns {
		s.fields = append(s.fields, field{c.Name, c.Name, c.Type})
	}
	if f.Ordinality {
		return "", t.unsupported(f.Call.exprPos(), "WITH ORDINALITY is not supported")
	}
	// A function of one column is that column under the alias itself.
	if len(def.columns) == 1 && !f.Alias.Name.empty() && len(f.Alias.Columns) == 0 {
		s.fields[0].name = f.Alias.Name.Fold(t.set)
	}
	return t.named(sql, s, f.Alias, sc, f.Call.exprPos())
}

// oneRow is a function of one value in FROM: a table of one row, with the
// function's name for its column.
func (t *translator) oneRow(c *Call, name string, sc *scope) (tableFunction, error) {
	if _, aggregate := aggregates[name]; aggregate || c.Over != nil {
		return tableFunction{}, t.fail(c.exprPos(), codeGrouping, "aggregate and window functions cannot be used in FROM")
	}
	v, err := t.expr(c, sc)
	if err != nil {
		return tableFunction{}, err
	}
	sql := "(SELECT " + v.out() + " AS " + quoteIdent(name) + ")"
	return tableFunction{0, 0, []Column{{name, v.typ}}, func(*translator, []value) string { return sql }}, nil
}

// unnestArray makes rows of an array of the catalogs.
func unnestArray(v value) (tableFunction, bool) {
	elem, ok := elementTypes[v.typ.Name]
	return tableFunction{1, 1, []Column{{"unnest", elem}}, func(t *translator, a []value) string {
		return "(SELECT unnest(" + a[0].out() + ") AS \"unnest\")"
	}}, ok
}

type tableFunction struct {
	least, most int
	columns     []Column
	sql         func(t *translator, args []value) string
}

var tableFunctions = map[string]tableFunction{
	"generate_series": {2, 3, []Column{{"generate_series", typeBigint}}, func(t *translator, a []value) string {
		step := "1"
		if len(a) == 3 {
			step = t.as(a[2], typeBigint)
		}
		return "(SELECT unnest(generate_series(" + t.as(a[0], typeBigint) + ", " + t.as(a[1], typeBigint) + ", " + step + ")) AS generate_series)"
	}},
	// of the catalogs' arrays; SUPER arrays are unnested by paths
	"unnest": {1, 1, []Column{{"unnest", typeVarchar}}, func(t *translator, a []value) string {
		return "(SELECT unnest(CAST(" + a[0].out() + " AS VARCHAR[])) AS unnest)"
	}},
	"pg_listening_channels": {0, 0, []Column{{"pg_listening_channels", typeVarchar}}, func(*translator, []value) string {
		return "(SELECT CAST(NULL AS VARCHAR) AS pg_listening_channels WHERE false)"
	}},
	"pg_get_late_binding_view_cols": {0, 0, []Column{{"view_schema", typeVarchar}, {"view_name", typeVarchar}, {"col_name", typeVarchar},
		{"col_type", typeVarchar}, {"col_num", typeInteger}}, func(*translator, []value) string {
		return "(SELECT * FROM leat_pg.pg_get_late_binding_view_cols)"
	}},
	"pg_get_keywords": {0, 0, []Column{{"word", typeVarchar}, {"catcode", Type{Name: "char", Length: 1}}, {"catdesc", typeVarchar}}, func(t *translator, a []value) string {
		return "(SELECT * FROM leat_pg.pg_get_keywords)"
	}},
}
