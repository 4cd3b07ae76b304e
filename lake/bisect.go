package lake

import (
	"context"
	"fmt"
	"strings"
)

// maxProbes bounds how many queries a search by halves may take. What is not
// searched by then fails as a whole.
const maxProbes = 20_000

// bisect finds the records for which an expression of the query raises an
// error, by trying ranges of records: one that fails is halved.
func (w *Writer) bisect(ctx context.Context, p *program, g *group, checks []check, bad map[uint64]verdict) error {
	// A table of them all, so that a probe reads what it asks for only. Those
	// that cannot be converted are known by now, and left out.
	known := []string{"false"}
	for _, c := range checks {
		if c.expression == "" {
			known = append(known, "("+c.bad+")")
		}
	}
	numbered := "SELECT * FROM (" + p.numbered(g) + ") AS " + Records + " WHERE NOT (" + strings.Join(known, " OR ") + ")"
	if err := w.conn.ExecAll(ctx, "CREATE OR REPLACE TEMP TABLE leat_numbered AS "+numbered); err != nil {
		return err
	}
	return halves(g.first, g.last+1, maxProbes, func(from, to uint64) error {
		_, err := w.conn.Row(ctx, p.probe(g, fmt.Sprintf(" WHERE leat_row >= %d AND leat_row < %d", from, to)))
		return err
	}, func(from, to uint64, cause error) error {
		// Other groups have numbers in between.
		result, err := w.conn.Query(ctx, fmt.Sprintf("SELECT leat_row FROM leat_numbered WHERE leat_row >= %d AND leat_row < %d", from, to))
		if err != nil {
			return err
		}
		defer result.Close()
		for result.Next() {
			number, ok := result.Values()[0].(int64)
			if !ok {
				return fmt.Errorf("unexpected result %T", result.Values()[0])
			}
			bad[uint64(number)] = verdict{kind: ProcessingFailed, code: "Query.ExpressionFailed", message: plain(cause)}
		}
		return result.Err()
	})
}

// probe evaluates the whole query over some of the numbered records. The
// records are chosen before anything is evaluated.
func (p *program) probe(g *group, where string) string {
	var list []string
	for _, o := range p.outputsOf(g) {
		list = append(list, "hash("+p.final(g, o)+")")
	}
	sql := "WITH chosen AS MATERIALIZED (SELECT * FROM leat_numbered" + where + ") SELECT max(greatest(" + strings.Join(list, ", ") + ", 0)) FROM chosen AS " + Records
	if g.query != nil && g.query.Where != "" {
		sql += " WHERE " + g.query.Where
	}
	return sql
}

// halves searches [from, to) for the smallest ranges that fail. try tells
// whether a range fails; found is called with each range of one element that
// does, and with whole ranges once probes are used up. An error that blames
// nobody ends the search.
func halves(from, to uint64, probes int, try func(from, to uint64) error, found func(from, to uint64, cause error) error) error {
	type span struct{ from, to uint64 }
	stack := []span{{from, to}}
	for len(stack) > 0 {
		r := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if r.from >= r.to {
			continue
		}
		err := try(r.from, r.to)
		probes--
		switch {
		case err == nil:
		case !blames(err):
			return err
		case r.to-r.from == 1 || probes <= 0:
			if err := found(r.from, r.to, err); err != nil {
				return err
			}
		default:
			middle := r.from + (r.to-r.from)/2
			stack = append(stack, span{middle, r.to}, span{r.from, middle})
		}
	}
	return nil
}
