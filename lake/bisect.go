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
func (w *Writer) bisect(ctx context.Context, p *program, g *group, bad map[uint64]verdict) error {
	// A table of them all, so that a probe reads what it asks for only.
	if err := w.conn.ExecAll(ctx, "CREATE OR REPLACE TEMP TABLE leat_numbered AS "+p.numbered(g)); err != nil {
		return err
	}
	return halves(g.first, g.last+1, maxProbes, func(from, to uint64) error {
		var known []string
		for number := range bad {
			if number >= from && number < to {
				known = append(known, fmt.Sprint(number))
			}
		}
		where := fmt.Sprintf(" WHERE leat_row >= %d AND leat_row < %d", from, to)
		if len(known) > 0 {
			where += " AND leat_row NOT IN (" + strings.Join(known, ", ") + ")"
		}
		_, err := w.conn.Row(ctx, p.probe(where))
		return err
	}, func(from, to uint64, cause error) {
		for number := from; number < to; number++ {
			if _, ok := bad[number]; !ok {
				bad[number] = verdict{kind: ProcessingFailed, code: "Query.ExpressionFailed", message: plain(cause)}
			}
		}
	})
}

// probe evaluates the whole query over some of the numbered records. The
// records are chosen before anything is evaluated.
func (p *program) probe(where string) string {
	var list []string
	for _, o := range p.outputs {
		list = append(list, "hash("+p.final(o)+")")
	}
	sql := "WITH chosen AS MATERIALIZED (SELECT * FROM leat_numbered" + where + ") SELECT max(greatest(" + strings.Join(list, ", ") + ", 0)) FROM chosen AS " + Records
	if p.query != nil && p.query.Where != "" {
		sql += " WHERE " + p.query.Where
	}
	return sql
}

// halves searches [from, to) for the smallest ranges that fail. try tells
// whether a range fails; found is called with each range of one element that
// does, and with whole ranges once probes are used up. An error that blames
// nobody ends the search.
func halves(from, to uint64, probes int, try func(from, to uint64) error, found func(from, to uint64, cause error)) error {
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
			found(r.from, r.to, err)
		default:
			middle := r.from + (r.to-r.from)/2
			stack = append(stack, span{middle, r.to}, span{r.from, middle})
		}
	}
	return nil
}
