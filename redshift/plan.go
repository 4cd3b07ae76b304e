package redshift

import (
	"strconv"
	"strings"
)

// A plan is a translated query, rendered when it is known what its columns
// must be called and which types they must have.
type plan struct {
	t    *translator
	with string // "WITH … " or ""
	body planBody
	tail string // ORDER BY, LIMIT, OFFSET
}

// A planBody is *selectPlan, *valuesPlan, *setPlan or *plan.
type planBody interface {
	columns() []outColumn
	render(as []asColumn) string
}

// An outColumn is a column that a query gives: its name for users and its type.
type outColumn struct {
	name string
	typ  Type
	open bool // an untyped constant: beside columns of a type it takes theirs
}

// asColumn says how a column is to be rendered.
type asColumn struct {
	name string // its name in DuckDB
	typ  Type   // cast to it; unknown: leave
	show bool   // the column goes to a client
	// normal: equal SUPER values become one, so they must be in their one form.
	normal bool
}

type selectPlan struct {
	t     *translator
	head  string // SELECT [DISTINCT [ON …]]
	items []outItem
	tail  string // FROM … QUALIFY
	// normal is asColumn's for all columns.
	normal bool
}

type outItem struct {
	name  string
	v     value
	plain string      // its SQL as an expression elsewhere would be written
	item  *SelectItem // nil for columns of *
}

type valuesPlan struct {
	t    *translator
	rows [][]value
}

type setPlan struct {
	op          string
	all         bool
	left, right planBody
}

func (p *selectPlan) columns() []outColumn {
	cols := make([]outColumn, len(p.items))
	for i, it := range p.items {
		cols[i] = outColumn{it.name, outType(it.v), it.v.constant() || it.v.param != 0 && it.v.typ.isUnknown()}
	}
	return cols
}

// outType is the type a value has once it is a column: constants become text.
func outType(v value) Type {
	if v.param != 0 || v.null && v.typ.isUnknown() {
		return typeVarchar
	}
	return v.typ
}

func (p *selectPlan) render(as []asColumn) string {
	var b strings.Builder
	b.WriteString(p.head)
	for i, it := range p.items {
		if i > 0 {
			b.WriteString(", ")
		}
		as := as[i]
		as.normal = as.normal || p.normal
		b.WriteString(p.t.item(it.v, as))
		b.WriteString(" AS ")
		b.WriteString(quoteIdent(as.name))
	}
	b.WriteString(p.tail)
	return b.String()
}

// item renders one value as a column.
func (t *translator) item(v value, as asColumn) string {
	if v.param != 0 || v.null && v.typ.isUnknown() {
		want := as.typ
		if want.isUnknown() {
			want = typeVarchar
		}
		return t.settle(v, want).out()
	}
	if as.normal && (v.isSuper() || as.typ.Name == "super") {
		v = superNormal(of(typeSuper, t.toSuper(v)))
	}
	if as.show {
		return t.shown(v)
	}
	if !as.typ.isUnknown() && as.typ.Name != v.typ.Name {
		c, err := t.cast(v, as.typ, -1)
		if err == nil {
			return c.out()
		}
		t.fails(err)
	}
	return v.out()
}

func (p *valuesPlan) columns() []outColumn {
	cols := make([]outColumn, len(p.rows[0]))
	for i := range cols {
		typ := typeUnknown
		for _, row := range p.rows {
			typ = commonType(typ, row[i])
		}
		if typ.isUnknown() {
			typ = typeVarchar
		}
		cols[i] = outColumn{name: "column" + strconv.Itoa(i+1), typ: typ}
	}
	return cols
}

func (p *valuesPlan) render(as []asColumn) string {
	var b strings.Builder
	b.WriteString("SELECT * FROM (VALUES ")
	types := p.columns()
	for r, row := range p.rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for i, v := range row {
			if i > 0 {
				b.WriteString(", ")
			}
			want := asColumn{typ: as[i].typ, normal: as[i].normal}
			if want.typ.isUnknown() {
				want.typ = types[i].typ
			}
			b.WriteString(p.t.item(p.t.settle(v, want.typ), want))
		}
		b.WriteByte(')')
	}
	b.WriteString(") AS v(")
	for i := range as {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoteIdent(as[i].name))
	}
	b.WriteByte(')')
	return b.String()
}

func (p *setPlan) columns() []outColumn {
	left, right := p.left.columns(), p.right.columns()
	cols := make([]outColumn, len(left))
	for i := range left {
		cols[i] = outColumn{left[i].name, matched(left[i], right[i]), left[i].open && right[i].open}
	}
	return cols
}

// matched is the type of a column of two queries; unknown when there is none.
func matched(l, r outColumn) Type {
	switch {
	case l.open && !r.open:
		return r.typ
	case r.open && !l.open:
		return l.typ
	}
	return widest(l.typ, r.typ)
}

func (p *setPlan) render(as []asColumn) string {
	cols := p.columns()
	inner := make([]asColumn, len(as))
	for i := range as {
		inner[i] = as[i]
		if inner[i].typ.isUnknown() && !as[i].show {
			inner[i].typ = cols[i].typ
		}
		if as[i].show {
			inner[i] = asColumn{name: as[i].name, typ: cols[i].typ}
		}
		inner[i].normal = as[i].normal || !p.all
	}
	return p.side(p.left, inner) + p.op + p.side(p.right, inner)
}

// side renders an operand; what is not a plain SELECT goes in parentheses.
func (p *setPlan) side(b planBody, as []asColumn) string {
	if _, ok := b.(*selectPlan); ok {
		return b.render(as)
	}
	return "(" + b.render(as) + ")"
}

func (p *plan) columns() []outColumn { return p.body.columns() }

func (p *plan) render(as []asColumn) string { return p.with + p.body.render(as) + p.tail }

// inner renders the query for use inside another one: with column names that
// are unique in DuckDB, which the fields tell.
func (p *plan) inner(names []Ident) (string, []field) {
	cols := p.columns()
	as := make([]asColumn, len(cols))
	fields := make([]field, len(cols))
	seen := make(map[string]bool, len(cols))
	for i, c := range cols {
		name := c.name
		if i < len(names) {
			name = names[i].Fold(p.t.set)
		}
		duck := name
		for n := 1; seen[lowerASCII(duck)]; n++ {
			duck = name + "#" + strconv.Itoa(n)
		}
		seen[lowerASCII(duck)] = true
		as[i] = asColumn{name: duck}
		fields[i] = field{name, duck, c.typ}
	}
	return p.render(as), fields
}

// final renders the query whose rows go to the client.
func (p *plan) final() string {
	cols := p.columns()
	as := make([]asColumn, len(cols))
	for i, c := range cols {
		as[i] = asColumn{name: c.name, show: true}
	}
	return p.render(as)
}

func (p *plan) results() []ResultColumn {
	cols := p.columns()
	list := make([]ResultColumn, len(cols))
	for i, c := range cols {
		list[i] = ResultColumn{c.name, shownType(c.typ)}
	}
	return list
}
