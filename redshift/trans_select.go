package redshift

import (
	"strconv"
	"strings"
)

// selectBlock translates one SELECT; it returns the scope of its FROM too, for
// the ORDER BY that follows it.
func (t *translator) selectBlock(s *Select, outer *scope) (*selectPlan, *scope, error) {
	sc := &scope{outer: outer}
	from, err := t.from(s.From, sc)
	if err != nil {
		return nil, nil, err
	}
	t.groupedSupers(s, sc)
	p := &selectPlan{t: t, head: "SELECT "}
	ext := newExtractor()
	if err := t.itemsWith(ext, p, s, sc); err != nil {
		return nil, nil, err
	}
	if s.Distinct {
		if err := t.distinct(p, s, sc); err != nil {
			return nil, nil, err
		}
	}
	var b strings.Builder
	b.WriteString(from)
	grouped := t.grouped
	t.grouped = nil // WHERE comes before the groups
	if err := t.clause(&b, " WHERE ", s.Where, sc); err != nil {
		return nil, nil, err
	}
	t.grouped = grouped
	positions, err := t.groupBy(&b, s, p, sc)
	if err != nil {
		return nil, nil, err
	}
	if err := t.clause(&b, " HAVING ", s.Having, sc); err != nil {
		return nil, nil, err
	}
	if err := t.clause(&b, " QUALIFY ", s.Qualify, sc); err != nil {
		return nil, nil, err
	}
	p.tail = b.String()
	if positions && ext.worth() {
		return p, sc, t.share(ext, p, s, sc)
	}
	return p, sc, nil
}

// itemsWith translates the SELECT list with walks into SUPER going through ext.
func (t *translator) itemsWith(ext *extractor, p *selectPlan, s *Select, sc *scope) error {
	outer := t.ext
	t.ext = ext
	defer func() { t.ext = outer }()
	return t.items(p, s, sc)
}

// share translates the SELECT list again, with shared walks.
func (t *translator) share(ext *extractor, p *selectPlan, s *Select, sc *scope) error {
	first := p.items
	p.items = nil
	ext.sharing = true
	if err := t.itemsWith(ext, p, s, sc); err != nil {
		return err
	}
	for i := range p.items {
		p.items[i].plain = first[i].plain
	}
	return nil
}

// clause writes a condition, if there is one.
func (t *translator) clause(b *strings.Builder, word string, x Expr, sc *scope) error {
	if x == nil {
		return nil
	}
	sql, err := t.condition(x, sc)
	b.WriteString(word)
	b.WriteString(sql)
	return err
}

// How many columns there may be, as in Redshift: planning takes time and memory
// for each, also of a query without rows.
const (
	maxEntries = 1664 // of a SELECT
	maxColumns = 1600 // of a table or view
)

// items translates the SELECT list. Each named item can be used by the ones
// after it, as Redshift's lateral column aliases allow.
func (t *translator) items(p *selectPlan, s *Select, sc *scope) error {
	sc.aliases = make(map[string]value)
	for i := range s.Items {
		it := &s.Items[i]
		star, isStar := it.Expr.(*Star)
		if isStar {
			if err := t.star(p, star, sc); err != nil {
				return err
			}
		}
		rest := len(s.Items) - i
		if isStar { // it is among p.items
			rest--
		}
		if len(p.items)+rest > maxEntries {
			return t.fail(it.Expr.exprPos(), codeTooManyColumns, "target lists can have at most %d entries", maxEntries)
		}
		if isStar {
			continue
		}
		v, err := t.expr(it.Expr, sc)
		if err != nil {
			return err
		}
		name := ""
		if it.Alias.empty() {
			name = t.defaultName(it.Expr)
		} else {
			name = it.Alias.Fold(t.set)
			if !sc.isOpen() || !t.readsField(it.Expr, name, sc) {
				sc.aliases[name] = v
			}
		}
		p.items = append(p.items, outItem{name, v, v.out(), it})
	}
	return nil
}

func (p *selectPlan) addColumn(name string, v value) {
	p.items = append(p.items, outItem{name: name, v: v, plain: v.sql})
}

// star expands * and table.*.
func (t *translator) star(p *selectPlan, star *Star, sc *scope) error {
	if star.Qualifier == nil {
		if len(sc.sources) == 0 {
			return t.fail(star.exprPos(), codeSyntax, "SELECT * with no tables specified is not valid")
		}
		for _, c := range sc.shown {
			name := c.name
			if c.src != nil {
				name = c.src.shownName(c.field)
			}
			p.addColumn(name, t.shownValue(c))
		}
		return nil
	}
	schema, name := star.Qualifier.Fold(t.set)
	for _, s := range sc.sources {
		if s.alias == name && (schema == "" || s.schema == schema) {
			for i := range s.fields {
				p.addColumn(s.shownName(&s.fields[i]), t.column(s, &s.fields[i]))
			}
			return nil
		}
	}
	return t.fail(star.exprPos(), codeUndefinedTable, "relation \"%s\" does not exist", star.Qualifier)
}

// defaultName is what Redshift calls a result without an alias.
func (t *translator) defaultName(x Expr) string {
	switch x := x.(type) {
	case *Path:
		for i := len(x.Steps) - 1; i >= 0; i-- {
			if x.Steps[i].Index == nil {
				return x.Steps[i].Name.Fold(t.set)
			}
		}
		if x.Base != nil {
			return t.defaultName(x.Base)
		}
	case *Call:
		name := lowerASCII(x.Name.Parts[len(x.Name.Parts)-1].Text)
		if other, ok := resultNames[name]; ok {
			return other
		}
		return name
	case *Cast:
		if name := t.defaultName(x.X); name != "?column?" {
			return name
		}
		return castNames(x.Type)
	case *TypedLiteral:
		return castNames(x.Type)
	case *IntervalLiteral:
		return "interval"
	case *Case:
		if x.Else != nil {
			if name := t.defaultName(x.Else); name != "?column?" {
				return name
			}
		}
		return "case"
	case *Exists:
		return "exists"
	case *ArrayOf:
		return "array"
	case *Row:
		return "row"
	case *AtTimeZone:
		return "timezone"
	case *Literal:
		if x.Kind == LiteralBool {
			return "bool"
		}
	case *Subquery:
		if s, ok := x.Query.Body.(*Select); ok && len(s.Items) == 1 {
			if !s.Items[0].Alias.empty() {
				return s.Items[0].Alias.Fold(t.set)
			}
			return t.defaultName(s.Items[0].Expr)
		}
	}
	return "?column?"
}

var resultNames = map[string]string{
	"extract": "date_part", "date_part": "pgdate_part", "current_date": "date", "sysdate": "timestamp", "current_timestamp": "timestamptz",
	"strpos": "strpos", "nvl": "coalesce", "datediff": "date_diff", "dateadd": "date_add",
}

func castNames(typ Type) string {
	switch typ.Name {
	case "integer":
		return "int4"
	case "bigint":
		return "int8"
	case "smallint":
		return "int2"
	case "real":
		return "float4"
	case "double precision":
		return "float8"
	case "boolean":
		return "bool"
	case "char":
		return "bpchar"
	}
	return typ.Name
}

// groupBy translates GROUP BY. A name is a column first, then an alias of the
// SELECT list; what is in the SELECT list becomes its position. It tells
// whether all keys are positions.
func (t *translator) groupBy(b *strings.Builder, s *Select, p *selectPlan, sc *scope) (positions bool, err error) {
	if s.GroupAll {
		b.WriteString(" GROUP BY " + groupAll(p))
		return true, nil
	}
	positions = true
	for i, g := range s.GroupBy {
		if i == 0 {
			b.WriteString(" GROUP BY ")
		} else {
			b.WriteString(", ")
		}
		if g.Expr != nil {
			sql, err := t.groupKey(g.Expr, p, sc)
			if err != nil {
				return false, err
			}
			positions = positions && isDigit(sql[0])
			b.WriteString(sql)
			continue
		}
		positions = false
		b.WriteString(strings.ToUpper(g.Kind) + " (")
		for j, set := range g.Sets {
			if j > 0 {
				b.WriteString(", ")
			}
			keys := make([]string, len(set))
			for k, x := range set {
				v, err := t.expr(x, sc)
				if err != nil {
					return false, err
				}
				keys[k] = v.out()
			}
			b.WriteString("(" + join(keys) + ")")
		}
		b.WriteByte(')')
	}
	return positions, nil
}

func (t *translator) groupKey(x Expr, p *selectPlan, sc *scope) (string, error) {
	if lit, ok := x.(*Literal); ok && lit.Kind == LiteralNumber {
		n, err := strconv.Atoi(lit.Text)
		if err != nil || n < 1 || n > len(p.items) {
			return "", t.fail(x.exprPos(), "42P10", "GROUP BY position %s is not in select list", lit.Text)
		}
		return lit.Text, nil
	}
	// Without its aliases the scope has columns only.
	aliases := sc.aliases
	sc.aliases = nil
	v, err := t.expr(x, sc)
	sc.aliases = aliases
	if err == nil {
		sql := v.out()
		for i, it := range p.items {
			if it.plain == sql && !isColumnRef(sql) {
				return strconv.Itoa(i + 1), nil
			}
		}
		return sql, nil
	}
	if path, ok := x.(*Path); ok && path.Base == nil && len(path.Steps) == 1 {
		name := path.Steps[0].Name.Fold(t.set)
		for i, it := range p.items {
			if it.item != nil && it.name == name && !it.item.Alias.empty() {
				return strconv.Itoa(i + 1), nil
			}
		}
	}
	return "", err
}
