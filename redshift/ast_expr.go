package redshift

// An Expr is an expression. Its position is a byte offset in the source.
type Expr interface{ exprPos() int }

type at int

func (a at) exprPos() int { return int(a) }

// LiteralKind says what a Literal is.
type LiteralKind uint8

// The kinds of literals.
const (
	LiteralNull LiteralKind = iota
	LiteralBool
	LiteralNumber
	LiteralString
)

type (
	// Literal is a constant; Text is its value ("true" and "false" for booleans).
	Literal struct {
		at
		Kind LiteralKind
		Text string
	}
	// TypedLiteral is type 'text', as DATE '2024-01-31'.
	TypedLiteral struct {
		at
		Type Type
		Text string
	}
	// IntervalLiteral is INTERVAL 'text' [unit].
	IntervalLiteral struct {
		at
		Text string
		Unit string // lower case: "", "day", "day to second" …
	}
	// Param is $n.
	Param struct {
		at
		N int
	}
	// Path is a chain of names and steps: a column, a qualified column, or a
	// walk into SUPER. Which one, only the catalog tells. Base is nil when the
	// chain starts with a name.
	Path struct {
		at
		Base  Expr
		Steps []Step
	}
	// Step is one element of a Path: a name, or an index when Index is set.
	Step struct {
		Name  Ident
		Index Expr
	}
	// Star is * or qualifier.* in a list of results.
	Star struct {
		at
		Qualifier *Name
	}
	// Unary is a prefix operator: - + not ~ |/ @.
	Unary struct {
		at
		Op string
		X  Expr
	}
	// Binary is an infix operator, in lower case.
	Binary struct {
		at
		Op   string
		L, R Expr
	}
	// Logic is a chain of AND or OR.
	Logic struct {
		at
		Op string // "and", "or"
		Xs []Expr
	}
	// Cast is CAST(x AS type) or x::type.
	Cast struct {
		at
		X     Expr
		Type  Type
		Bytea bool // the type is spelled bytea
	}
	// Call is a function call in any spelling.
	Call struct {
		at
		Name        Name
		Args        []Expr
		Star        bool // count(*)
		Distinct    bool
		Approximate bool // APPROXIMATE COUNT(DISTINCT x)
		OrderBy     []OrderItem
		Within      []OrderItem // WITHIN GROUP (ORDER BY …)
		IgnoreNulls bool
		Over        *Window
		NoParens    bool // current_date, sysdate, current_user …
	}
	// Window is what OVER says.
	Window struct {
		PartitionBy []Expr
		OrderBy     []OrderItem
		Frame       *Frame
	}
	// Frame is ROWS | RANGE between two bounds.
	Frame struct {
		Unit       string // "rows", "range"
		Start, End Bound  // End.Kind "" when not written
	}
	// Bound is an end of a frame.
	Bound struct {
		Kind   string // "unbounded preceding", "preceding", "current row", "following", "unbounded following"
		Offset Expr
	}
	// Case is CASE [operand] WHEN … END.
	Case struct {
		at
		Operand Expr
		Whens   []When
		Else    Expr
	}
	// When is one branch of a Case.
	When struct{ Cond, Result Expr }
	// In is x [NOT] IN (list or query).
	In struct {
		at
		X     Expr
		Not   bool
		List  []Expr
		Query *Query
	}
	// Between is x [NOT] BETWEEN low AND high.
	Between struct {
		at
		X, Low, High Expr
		Not          bool
		Symmetric    bool
	}
	// Like is a match by pattern.
	Like struct {
		at
		X, Pattern, Escape Expr
		Op                 string // "like", "ilike", "similar", "~", "~*"
		Not                bool
	}
	// Is is x IS [NOT] NULL | TRUE | FALSE | UNKNOWN.
	Is struct {
		at
		X    Expr
		What string // "null", "true", "false", "unknown"
		Not  bool
	}
	// DistinctFrom is l IS [NOT] DISTINCT FROM r.
	DistinctFrom struct {
		at
		L, R Expr
		Not  bool
	}
	// Exists is EXISTS (query).
	Exists struct {
		at
		Query *Query
	}
	// Subquery is a query in parentheses that gives one value.
	Subquery struct {
		at
		Query *Query
	}
	// Quantified is x op ANY|ALL (query or array).
	Quantified struct {
		at
		X     Expr
		Op    string
		All   bool
		Query *Query
		Array Expr
	}
	// Row is (a, b, …).
	Row struct {
		at
		Xs []Expr
	}
	// ArrayOf is ARRAY[…] or ARRAY(query), as catalog queries of clients use.
	ArrayOf struct {
		at
		Xs    []Expr
		Query *Query
	}
	// AtTimeZone is x AT TIME ZONE zone.
	AtTimeZone struct {
		at
		X, Zone Expr
	}
	// Default is DEFAULT in the values of an INSERT or UPDATE.
	Default struct{ at }
)
