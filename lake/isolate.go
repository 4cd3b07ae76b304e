package lake

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"leat/duck"
)

// isolate finds the records that make the batch fail: those whose fields cannot
// be read as their columns' types, and those for which an expression of the
// query raises an error.
//
// The batch is staged again with numbers and read as JSON, which never fails.
// Values become their types by TRY_CAST. An expression stands inside of
// TRY({'v': …}): the struct is NULL only when the expression raised.
func (w *Writer) isolate(ctx context.Context, p *program, how pass) (func(uint64) (verdict, bool), error) {
	how.numbered = true
	s, err := w.stage(ctx, p, how)
	if err != nil {
		return nil, err
	}
	p.settle(s)
	if err := w.start(); err != nil {
		return nil, err
	}
	bad := map[uint64]verdict{}
	for _, g := range s.groups.all {
		if g.lines == 0 {
			continue
		}
		checks := p.checks(g)
		err = w.mark(ctx, p.markSQL(g, checks, true), checks, bad)
		if blames(err) {
			// TRY does not take every expression: look at ever smaller halves instead.
			if err = w.mark(ctx, p.markSQL(g, checks, false), checks, bad); err == nil {
				err = w.bisect(ctx, p, g, checks, bad)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("find the bad records: %w", err)
		}
	}
	return func(number uint64) (verdict, bool) {
		v, ok := bad[number]
		return v, ok
	}, nil
}

// A check is one thing that can go wrong with a record.
type check struct {
	bad        string // a condition over the numbered records
	expression string // of the query; "" for the conversion of a field
	verdict    verdict
}

// checks returns the conversions, then WHERE, then the outputs.
func (p *program) checks(g *group) []check {
	var all []check
	for i, c := range p.columnsIn(g) {
		if c.Type == JSON || c.Type == varchar {
			continue
		}
		raw := fmt.Sprintf("%s.leat_raw_%d", Records, i)
		given := raw + " IS NOT NULL"
		if p.job.first() {
			given += " AND json_type(" + raw + ") <> 'NULL'"
		}
		all = append(all, check{
			bad: fmt.Sprintf("%s AND %s.%s IS NULL", given, Records, duck.Identifier(c.Name)),
			verdict: verdict{kind: ConversionFailed, code: "DataFormatConversion.ParseError",
				message: fmt.Sprintf("the field %q cannot be read as %s", c.Field, strings.ToLower(c.Type))},
		})
	}
	failing := func(what, expression string) {
		all = append(all, check{
			expression: expression,
			bad:        "TRY({'v': (" + expression + ")}) IS NULL",
			verdict:    verdict{kind: ProcessingFailed, code: "Query.ExpressionFailed", message: what + " fails for this record"},
		})
	}
	if g.query != nil && g.query.Where != "" {
		failing("the query's WHERE", g.query.Where)
	}
	for _, o := range p.outputsOf(g) {
		if !p.job.first() && slices.Contains(p.job.Partitions, o.Name) {
			// What is wrong with a folder's name is said apart from the expression.
			failing(fmt.Sprintf("the expression of column %q (%s)", o.Name, o.Text), o.Expr)
			failing(fmt.Sprintf("the value of the partition key %q is too long: a folder's name has %d bytes at most, an object's key 1024", o.Name, maxValue), p.final(g, o))
			continue
		}
		failing(fmt.Sprintf("the expression of column %q (%s)", o.Name, o.Text), p.final(g, o))
	}
	return all
}

// numbered returns the numbered records with typed columns and their raw text.
func (p *program) numbered(g *group) string {
	r := p.reading(g, true)
	list := []string{r.number + " AS leat_row"}
	for i, c := range p.columnsIn(g) {
		raw := r.column(c)
		typed := "TRY_CAST(" + raw + " AS " + c.Type + ")"
		switch {
		case c.Type == JSON && p.job.first(), c.Type == varchar && !p.job.first():
			typed = raw
		case c.Type == varchar:
			typed = raw + " ->> '$'"
		}
		list = append(list, fmt.Sprintf("%s AS leat_raw_%d, %s AS %s", raw, i, typed, duck.Identifier(c.Name)))
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + r.from
}

// markSQL returns a query for the numbers of bad records, and the first check
// that each fails. Without expressions it looks at conversions alone.
func (p *program) markSQL(g *group, checks []check, expressions bool) string {
	var b strings.Builder
	b.WriteString("SELECT leat_row, failed FROM (SELECT leat_row, CASE")
	for i, c := range checks {
		if c.expression != "" && !expressions {
			continue
		}
		fmt.Fprintf(&b, " WHEN %s THEN %d", c.bad, i)
		if g.query != nil && c.expression != "" && c.expression == g.query.Where {
			// What WHERE drops, the outputs are not made from.
			fmt.Fprintf(&b, " WHEN (TRY({'v': (%s)}).v) IS NOT TRUE THEN NULL", c.expression)
		}
	}
	b.WriteString(" WHEN false THEN 0 END AS failed FROM (" + p.numbered(g) + ") AS " + Records + ") WHERE failed IS NOT NULL")
	return b.String()
}

func (w *Writer) mark(ctx context.Context, sql string, checks []check, bad map[uint64]verdict) error {
	result, err := w.conn.Query(ctx, sql)
	if err != nil {
		return err
	}
	defer result.Close()
	for result.Next() {
		values := result.Values()
		number, ok := values[0].(int64)
		failed, known := values[1].(int32)
		if !ok || !known {
			return fmt.Errorf("unexpected result %T, %T", values[0], values[1])
		}
		bad[uint64(number)] = checks[failed].verdict
	}
	return result.Err()
}
