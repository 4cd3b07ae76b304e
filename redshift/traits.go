package redshift

// traits are what a translated expression has in it, wherever it came from: what
// may stand around it follows from them.
type traits struct {
	volatile bool // it gives another value each time it is computed: random()
	subquery bool // it holds a query
	outer    bool // it names a column of a query around its own
	deep     int  // how many lambdas stand in one another's bodies
}

// with is what an expression made of both has.
func (a traits) with(b traits) traits {
	return traits{a.volatile || b.volatile, a.subquery || b.subquery, a.outer || b.outer, max(a.deep, b.deep)}
}

// Limits of one translation. DuckDB plans what it is given without looking at
// the clock or at memory, so that what it is given must be bounded here.
const (
	// A translation may have growth bytes for each byte of the statement and
	// roomBytes besides, up to mostBytes; but always longGrowth bytes for each.
	growth     = 50
	longGrowth = 8
	roomBytes  = 64 << 10
	mostBytes  = 8 << 20
	// Parts may be translated more than once, but not again and again inside one
	// another.
	stepsPerByte = 16
	roomSteps    = 10_000
	// DuckDB's optimizer looks through all that is inside an operator for each
	// operator, again and again: 100 of them in one another take it 0.05 s, 400 a
	// second, 800 more than ten. So many may be in one another, counted once for
	// each one that is around them; a chain of 450 is as many. A few cost nothing:
	// values of a great many rows may each be computed.
	mostNested = 100_000
	fewNested  = 10
	// Bodies of lambdas in one another cost DuckDB twice each.
	maxDeep = 6
)

// A budget counts what a translation has made.
type budget struct {
	bytes, steps         int // made so far
	mostBytes, mostSteps int
	children             int // bytes of the operands of the expression at hand
	operators            int // in the operands of the expression at hand
	nested               int // operators in one another so far
}

func newBudget(src string) budget {
	bytes := max(min(growth*len(src)+roomBytes, mostBytes), longGrowth*len(src))
	return budget{mostBytes: bytes, mostSteps: stepsPerByte*len(src) + roomSteps}
}

// expr translates an expression, within the budget.
func (t *translator) expr(x Expr, sc *scope) (value, error) {
	if t.budget.steps++; t.budget.steps > t.budget.mostSteps {
		return value{}, t.tooComplex(x.exprPos())
	}
	outer, children, operators, at := t.traits, t.budget.children, t.budget.operators, t.at
	t.traits, t.budget.children, t.budget.operators, t.at = traits{}, 0, 0, x.exprPos()
	v, err := t.anyExpr(x, sc)
	if err == nil {
		v, err = t.groupedValue(v), t.failed
	}
	size := len(v.sql) + len(v.doc)
	t.budget.bytes += max(size-t.budget.children, 0)
	v.traits = v.traits.with(t.traits)
	t.budget.nest(x)
	t.traits, t.budget.children, t.budget.operators, t.at = outer.with(v.traits), children+size, operators+t.budget.operators, at
	if err == nil && (t.budget.bytes > t.budget.mostBytes || t.budget.nested > mostNested) {
		err = t.tooComplex(x.exprPos())
	}
	return v, err
}

// nest counts what an expression has inside, and the expression.
func (b *budget) nest(x Expr) {
	switch x.(type) {
	case *Literal, *TypedLiteral, *IntervalLiteral, *Path, *Param, *Star, *Default:
		return
	case *Subquery, *Exists, *Quantified: // planned by itself
		b.operators = 0
	case *Logic: // a list of its conditions to DuckDB, whatever their number
		b.operators++
		return
	}
	b.nested += max(b.operators-fewNested, 0)
	b.operators++
}

func (t *translator) tooComplex(pos int) error {
	e := errorAt(t.src, pos, codeTooComplex, "statement is too complex")
	e.Detail = "Its translation would have more than " + itoa(t.budget.mostBytes) + " bytes, take more than " + itoa(t.budget.mostSteps) + " steps, or have too many operators in one another."
	e.Hint = "Compute parts of it in a subquery or in WITH, and use their columns."
	return e
}

// depends notes that a value depends on more than the columns it is computed
// from: on the clock, on chance, on the session. It is an error where the same
// records must give the same rows.
func (t *translator) depends(on mutability, what string) {
	if on == chance {
		t.traits.volatile = true
	}
	if on != fixed && t.place != "" && t.failed == nil {
		t.failed = t.unsupported(t.at, "%s is not supported in %s", what, t.place)
	}
}

// mutability tells what else than its arguments a function's result depends on.
type mutability int

const (
	fixed   mutability = iota
	clock              // the time of the transaction
	chance             // nothing: each call gives another
	session            // who asks, where, and with which settings
)

// mutable are the functions whose results depend on more than their arguments.
var mutable = map[string]mutability{
	"getdate": clock, "sysdate": clock, "now": clock, "current_timestamp": clock, "current_date": clock, "current_time": clock,
	"localtime": clock, "localtimestamp": clock, "timeofday": clock,
	"random":       chance,
	"current_user": session, "session_user": session, "user": session, "current_user_id": session, "current_database": session,
	"current_schema": session, "current_schemas": session, "version": session, "pg_backend_pid": session, "pg_last_query_id": session,
	"pg_last_copy_id": session, "pg_last_copy_count": session, "txid_current": session, "pg_is_in_recovery": session,
	"inet_server_addr": session, "inet_server_port": session, "inet_client_addr": session, "inet_client_port": session,
	"current_setting": session, "set_config": session, "slice_num": session, "pg_postmaster_start_time": session,
}
