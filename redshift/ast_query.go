package redshift

// source is the part that all statements share: where their text is.
type source struct {
	full       string // the whole string that was parsed
	rule       LiteralRule
	start, end int
	databases  []Ident // that names of objects begin with
}

// Text is the statement's own source text, without the semicolon.
func (s source) Text() string { return s.full[s.start:s.end] }

func (s source) fullText() string { return s.full }

// Definition is Text as it is kept of what the statement makes: with literals by
// Redshift's rule, whatever the session's.
func (s source) Definition() string { return s.rule.InRedshift(s.Text()) }

func (s *source) place(p *parser, start, end int) {
	s.full, s.rule, s.start, s.end, s.databases = p.src, p.rule, start, end, p.databases
}

// CheckDatabase refuses statements that name objects of another database than
// the session's. Names in expressions and FROM are checked where they are
// resolved.
func CheckDatabase(stmt Statement, set Settings) error {
	s, ok := stmt.(interface{ named() ([]Ident, string) })
	if !ok {
		return nil
	}
	databases, src := s.named()
	for _, id := range databases {
		if name := id.Fold(set); set.Database != "" && name != lowerASCII(set.Database) && name != set.Database {
			return otherDatabase(src, id.pos, name)
		}
	}
	return nil
}

func (s source) named() ([]Ident, string) { return s.databases, s.full }

func otherDatabase(src string, pos int, name string) error {
	return errorAt(src, pos, codeUnsupported, "cross-database references are not supported: there is no database \"%s\" here", name)
}

// A Query is a SELECT, VALUES or set operation with all its parts.
type Query struct {
	source
	With    *With
	Body    QueryBody
	OrderBy []OrderItem
	Limit   Expr // nil: none, or ALL
	Offset  Expr
}

// A QueryBody is *Select, *Values, *SetOperation or a *Query in parentheses.
type QueryBody interface{ queryBody() }

// With is WITH [RECURSIVE] and its list.
type With struct {
	Recursive bool
	Tables    []CommonTable
}

// CommonTable is one name of WITH.
type CommonTable struct {
	Name    Ident
	Columns []Ident
	Query   *Query
}

// Select is one SELECT … FROM … WHERE … block.
type Select struct {
	pos        int
	Distinct   bool
	DistinctOn []Expr
	Top        Expr
	Items      []SelectItem
	From       []FromItem
	Where      Expr
	GroupBy    []GroupItem
	GroupAll   bool
	Having     Expr
	Qualify    Expr
}

// SelectItem is one result column, a Star included.
type SelectItem struct {
	Expr  Expr
	Alias Ident // empty when not written
	text  [2]int
}

// GroupItem is one element of GROUP BY: an expression, or a set of them.
type GroupItem struct {
	Kind string // "", "rollup", "cube", "grouping sets"
	Expr Expr
	Sets [][]Expr
}

// OrderItem is one element of ORDER BY.
type OrderItem struct {
	Expr  Expr
	Desc  bool
	Nulls string // "", "first", "last"
}

// Values is VALUES (…), (…).
type Values struct {
	pos  int
	Rows [][]Expr
}

// SetOperation is left UNION|INTERSECT|EXCEPT [ALL] right; MINUS is EXCEPT.
type SetOperation struct {
	pos         int
	Op          string // "union", "intersect", "except"
	All         bool
	Left, Right QueryBody
}

func (*Select) queryBody()       {}
func (*Values) queryBody()       {}
func (*SetOperation) queryBody() {}
func (*Query) queryBody()        {}

// A FromItem is *TableRef, *Derived, *TableFunc, *Unpivot or *Join.
type FromItem interface{ fromItem() }

// Alias names a FromItem.
type Alias struct {
	Name    Ident
	Columns []Ident
}

type (
	// TableRef is a relation, a common table, or a path into SUPER to unnest;
	// the catalog tells which.
	TableRef struct {
		Path  *Path
		Alias Alias
		At    Ident // AT idx, for unnesting
	}
	// Derived is (query) AS alias.
	Derived struct {
		pos     int
		Lateral bool
		Query   *Query
		Alias   Alias
	}
	// TableFunc is function(…) AS alias.
	TableFunc struct {
		Call       *Call
		Alias      Alias
		Ordinality bool
	}
	// Unpivot is UNPIVOT expr AS value AT attribute.
	Unpivot struct {
		pos   int
		X     Expr
		Value Ident
		At    Ident
	}
	// Join is left JOIN right; a comma is Kind "cross" of the FROM list.
	Join struct {
		pos         int
		Kind        string // "inner", "left", "right", "full", "cross"
		Natural     bool
		Left, Right FromItem
		On          Expr
		Using       []Ident
	}
)

func (*TableRef) fromItem()  {}
func (*Derived) fromItem()   {}
func (*TableFunc) fromItem() {}
func (*Unpivot) fromItem()   {}
func (*Join) fromItem()      {}
