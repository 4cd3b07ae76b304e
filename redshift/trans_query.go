package redshift

import (
	"strconv"
	"strings"
)

// query translates a query; outer is the scope it stands in, nil at the top. A
// SELECT list may be translated twice (share), the queries in it are not.
func (t *translator) query(q *Query, outer *scope) (*plan, error) {
	key := queryPlace{q, outer}
	if known, ok := t.queries[key]; ok && outer != nil {
		t.traits = t.traits.with(known.traits)
		return known.plan, nil
	}
	around := t.traits
	t.traits = traits{}
	p, err := t.newQuery(q, outer)
	inside := t.traits
	t.traits = around.with(inside)
	if err == nil && outer != nil {
		if t.queries == nil {
			t.queries = make(map[queryPlace]translatedQuery)
		}
		t.queries[key] = translatedQuery{p, inside}
	}
	return p, err
}

// A queryPlace is a query in the scope it stands in.
type queryPlace struct {
	query *Query
	outer *scope
}

type translatedQuery struct {
	plan   *plan
	traits traits
}

func (t *translator) newQuery(q *Query, outer *scope) (*plan, error) {
	ext, grouped := t.ext, t.grouped
	t.ext, t.grouped = nil, nil // the walks of a query inside another are its own
	defer func() { t.ext, t.grouped = ext, grouped }()
	sc := &scope{outer: outer}
	p := &plan{t: t}
	if q.With != nil {
		with, err := t.with(q.With, sc)
		if err != nil {
			return nil, err
		}
		p.with = with
	}
	var tail strings.Builder
	if s, ok := q.Body.(*Select); ok {
		if s.Top != nil && q.Limit != nil {
			return nil, t.fail(s.Top.exprPos(), codeSyntax, "TOP and LIMIT cannot be used together")
		}
		sel, inner, err := t.selectBlock(s, sc)
		if err != nil {
			return nil, err
		}
		p.body = sel
		if err := t.orderBy(&tail, q.OrderBy, s, sel, inner); err != nil {
			return nil, err
		}
		limit := q.Limit
		if s.Top != nil {
			limit = s.Top
		}
		return p, t.limits(p, &tail, limit, q.Offset, sc)
	}
	body, err := t.queryBody(q.Body, sc)
	if err != nil {
		return nil, err
	}
	p.body = body
	super, err := t.orderByOutput(&tail, q.OrderBy, body)
	if err != nil {
		return nil, err
	}
	if super {
		p.body = &sortablePlan{body}
	}
	return p, t.limits(p, &tail, q.Limit, q.Offset, sc)
}

func (t *translator) limits(p *plan, tail *strings.Builder, limit, offset Expr, sc *scope) error {
	for _, l := range []struct {
		word string
		x    Expr
	}{{" LIMIT ", limit}, {" OFFSET ", offset}} {
		if l.x == nil {
			continue
		}
		v, err := t.expr(l.x, sc)
		if err != nil {
			return err
		}
		tail.WriteString(l.word)
		if v.param != 0 || v.null {
			tail.WriteString(t.settle(v, typeBigint).sql)
		} else {
			tail.WriteString(v.out())
		}
	}
	p.tail = tail.String()
	return nil
}

// with translates the list of WITH and puts its names in scope.
func (t *translator) with(w *With, sc *scope) (string, error) {
	sc.ctes = make(map[string]*commonTable, len(w.Tables))
	var b strings.Builder
	b.WriteString("WITH ")
	if w.Recursive {
		b.WriteString("RECURSIVE ")
	}
	for i, c := range w.Tables {
		name := c.Name.Fold(t.set)
		if sc.ctes[name] != nil {
			return "", t.fail(c.Name.pos, codeDuplicateAlias, "WITH query name \"%s\" specified more than once", name)
		}
		table := &commonTable{duck: t.cteName(name, sc)}
		var sql string
		var err error
		if w.Recursive {
			sql, err = t.recursive(c, name, table, sc)
		} else {
			var p *plan
			if p, err = t.query(c.Query, sc); err == nil {
				sql, table.fields = p.inner(c.Columns)
			}
		}
		if err != nil {
			return "", err
		}
		if len(c.Columns) > len(table.fields) {
			return "", t.fail(c.Name.pos, "42P10", "WITH query \"%s\" has %d columns available but %d columns specified", name, len(table.fields), len(c.Columns))
		}
		sc.ctes[name] = table
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoteIdent(table.duck) + " AS (" + sql + ")")
	}
	b.WriteByte(' ')
	return b.String(), nil
}

// cteName keeps a common table apart from one of an outer query.
func (t *translator) cteName(name string, sc *scope) string {
	depth := 0
	for s := sc.outer; s != nil; s = s.outer {
		if s.ctes != nil {
			depth++
		}
	}
	if depth == 0 {
		return name
	}
	return name + "#" + strconv.Itoa(depth)
}

// recursive translates a common table that may refer to itself: the columns
// are known from the first branch of its UNION ALL.
func (t *translator) recursive(c CommonTable, name string, table *commonTable, sc *scope) (string, error) {
	if set, ok := c.Query.Body.(*SetOperation); ok && set.Op == "union" {
		left, err := t.queryBody(set.Left, sc)
		if err != nil {
			return "", err
		}
		_, table.fields = (&plan{t: t, body: left}).inner(c.Columns)
		sc.ctes[name] = table
		defer delete(sc.ctes, name)
	}
	p, err := t.query(c.Query, sc)
	if err != nil {
		return "", err
	}
	sql, fields := p.inner(c.Columns)
	table.fields = fields
	return sql, nil
}

func (t *translator) queryBody(b QueryBody, sc *scope) (planBody, error) {
	switch b := b.(type) {
	case *Select:
		if b.Top != nil {
			return nil, t.unsupported(b.pos, "TOP inside a set operation is not supported; put the SELECT in parentheses and use LIMIT")
		}
		p, _, err := t.selectBlock(b, sc)
		return p, err
	case *Query:
		return t.query(b, sc)
	case *Values:
		return t.values(b, sc)
	case *SetOperation:
		return t.setOperation(b, sc)
	}
	return nil, t.unsupported(-1, "this form of query is not supported")
}

func (t *translator) values(b *Values, sc *scope) (planBody, error) {
	p := &valuesPlan{t: t}
	for _, row := range b.Rows {
		if len(row) != len(b.Rows[0]) {
			return nil, t.fail(b.pos, codeSyntax, "VALUES lists must all be the same length")
		}
		vs := make([]value, len(row))
		for i, x := range row {
			v, err := t.expr(x, sc)
			if err != nil {
				return nil, err
			}
			vs[i] = v
		}
		p.rows = append(p.rows, vs)
	}
	return p, nil
}

func (t *translator) setOperation(b *SetOperation, sc *scope) (planBody, error) {
	left, err := t.queryBody(b.Left, sc)
	if err != nil {
		return nil, err
	}
	right, err := t.queryBody(b.Right, sc)
	if err != nil {
		return nil, err
	}
	if len(left.columns()) != len(right.columns()) {
		return nil, t.fail(b.pos, codeSyntax, "each %s query must have the same number of columns", strings.ToUpper(b.Op))
	}
	for i, l := range left.columns() {
		r := right.columns()[i]
		if !meet(l.typ, r.typ) || matched(l, r).isUnknown() && !l.typ.isUnknown() && !r.typ.isUnknown() {
			return nil, t.fail(b.pos, codeDatatypeMismatch, "%s types %s and %s cannot be matched", strings.ToUpper(b.Op), l.typ, r.typ)
		}
	}
	op := " " + strings.ToUpper(b.Op) + " "
	if b.All {
		op += "ALL "
	}
	return &setPlan{op: op, all: b.All, left: left, right: right}, nil
}

// orderByOutput translates ORDER BY of a set operation: names and positions
// of its columns only. super tells that one is SUPER, so that the operation must go
// into a query that can sort by an expression.
func (t *translator) orderByOutput(b *strings.Builder, order []OrderItem, body planBody) (super bool, err error) {
	cols := body.columns()
	for i, o := range order {
		n := 0
		switch x := o.Expr.(type) {
		case *Literal:
			if x.Kind == LiteralNumber {
				n, _ = strconv.Atoi(x.Text)
			}
		case *Path:
			if x.Base == nil && len(x.Steps) == 1 {
				name := x.Steps[0].Name.Fold(t.set)
				for j, c := range cols {
					if c.name == name {
						n = j + 1
						break
					}
				}
				if n == 0 {
					return false, t.fail(x.exprPos(), codeUndefinedColumn, "column \"%s\" does not exist", name)
				}
			}
		}
		if n < 1 || n > len(cols) {
			return false, t.unsupported(o.Expr.exprPos(), "ORDER BY on a UNION/INTERSECT/EXCEPT result must be on one of the result columns")
		}
		key := strconv.Itoa(n)
		if cols[n-1].typ.Name == "super" {
			super = true
			key = superKey("#" + key)
		}
		writeOrder(b, i, key, o)
	}
	return super, nil
}

// writeOrder writes one element of ORDER BY with Redshift's place for NULLs.
func writeOrder(b *strings.Builder, i int, sql string, o OrderItem) {
	if i == 0 {
		b.WriteString(" ORDER BY ")
	} else {
		b.WriteString(", ")
	}
	b.WriteString(sql)
	b.WriteString(direction(o))
}

func direction(o OrderItem) string {
	nulls := o.Nulls
	if nulls == "" {
		nulls = "last"
		if o.Desc {
			nulls = "first"
		}
	}
	if o.Desc {
		return " DESC NULLS " + strings.ToUpper(nulls)
	}
	return " NULLS " + strings.ToUpper(nulls)
}
