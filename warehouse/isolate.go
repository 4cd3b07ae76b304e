package warehouse

import (
	"context"
	"fmt"
	"slices"
	"time"

	"leat/duck"
)

// A badRow is a row of a batch that the view's query fails for.
type badRow struct {
	row    uint32
	column int // of the query; badWhere for its WHERE, wholeRecord for neither
	code   int
	reason string
}

// wholeRecord stands for no column in particular.
const wholeRecord = -3

// How much work goes into the words of one batch's reasons: beyond it, rows
// get the reason that their expression has for everybody.
const (
	maxReasons     = 5000
	maxReasonsTime = 2 * time.Second
)

// aboutRecords reports whether an error of DuckDB comes from the records that
// a statement worked on, rather than from the database's own condition.
func aboutRecords(err error) bool {
	switch duck.TypeOf(err) {
	case "", duck.Interrupt, duck.OutOfMemory, duck.IO, duck.Fatal, duck.Transaction, duck.Connection,
		duck.Catalog, duck.Binder, duck.Parser, duck.Permission, duck.Serialization, duck.Settings, duck.Dependency:
		return false
	}
	return true
}

// isolate finds the rows among the shown ones that the view's query fails for,
// and says why. skip are rows that are known to be bad for another reason.
func (l *load) isolate(ctx context.Context, skip []badRow) ([]badRow, error) {
	l.showWithout(skip)
	bad, err := l.probeRows(ctx)
	if err != nil {
		// TRY cannot go around this query, or an error came through it.
		if ctx.Err() != nil || duck.TypeOf(err) == duck.Interrupt {
			return nil, err
		}
		if bad, err = l.bisect(ctx, l.remaining(skip)); err != nil {
			return nil, err
		}
	}
	if err := l.explain(ctx, bad); err != nil {
		return nil, err
	}
	return bad, nil
}

// probeRows runs the probe over the shown rows.
func (l *load) probeRows(ctx context.Context) ([]badRow, error) {
	if l.probe == nil {
		probe, err := l.view.conn.Prepare(ctx, probeSQL(l.view.query, l.batch.From()))
		if err != nil {
			return nil, err
		}
		l.probe = probe
	}
	result, err := l.probe.Query(ctx)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	var bad []badRow
	for chunk := result.NextChunk(); chunk != nil; chunk = result.NextChunk() {
		for i := range chunk.Rows() {
			bad = append(bad, badRow{
				row:    uint32(chunk.Vector(0).Int64(i)),
				column: int(chunk.Vector(1).Value(i).(int32)),
			})
		}
	}
	return bad, result.Err()
}

// bisect finds bad rows by running the query over halves.
func (l *load) bisect(ctx context.Context, rows []uint32) ([]badRow, error) {
	test, err := l.view.conn.Prepare(ctx, bisectSQL(l.view.query, l.batch.From()))
	if err != nil {
		return nil, err
	}
	defer test.Close()
	var bad []badRow
	var halve func(rows []uint32) error
	halve = func(rows []uint32) error {
		if len(rows) == 0 {
			return nil
		}
		l.batch.ShowRows(rows)
		_, err := test.Exec(ctx)
		switch {
		case err == nil:
			return nil
		case !aboutRecords(err):
			return err
		case len(rows) == 1:
			bad = append(bad, badRow{row: rows[0], column: wholeRecord})
			return nil
		}
		// Bad records seldom come alone: a quarter at a time finds them in
		// fewer runs than halves when there are many.
		step := (len(rows) + 3) / 4
		for part := range slices.Chunk(rows, step) {
			if err := halve(part); err != nil {
				return err
			}
		}
		return nil
	}
	return bad, halve(rows)
}

// explain fills in codes and reasons.
func (l *load) explain(ctx context.Context, bad []badRow) error {
	deadline := time.Now().Add(maxReasonsTime)
	for i := range bad {
		b := &bad[i]
		if i >= maxReasons || time.Now().After(deadline) {
			b.code, b.reason = codeUnknown, l.generalReason(b.column)
			continue
		}
		cause, err := l.failure(ctx, b)
		if err != nil {
			return err
		}
		b.code, b.reason = l.reasonFor(b, cause)
	}
	return nil
}

// failure runs the failing expression for one row and returns its error. For a
// row without a column it finds the column.
func (l *load) failure(ctx context.Context, b *badRow) (cause, err error) {
	l.batch.ShowRows([]uint32{b.row})
	columns := []int{b.column}
	if b.column == wholeRecord {
		columns = columns[:0]
		if l.view.query.Where != "" {
			columns = append(columns, badWhere)
		}
		for i := range l.view.query.Columns {
			columns = append(columns, i)
		}
	}
	for _, column := range columns {
		stmt := l.reasons[column]
		if stmt == nil {
			if stmt, err = l.view.conn.Prepare(ctx, reasonSQL(l.view.query, l.batch.From(), column)); err != nil {
				return nil, fmt.Errorf("prepare the reason for column %d: %w", column, err)
			}
			l.reasons[column] = stmt
		}
		_, cause = stmt.Exec(ctx)
		if cause == nil {
			continue
		}
		if !aboutRecords(cause) {
			return nil, cause
		}
		b.column = column
		return cause, nil
	}
	return nil, nil
}

// showWithout shows all rows of the batch except the bad ones.
func (l *load) showWithout(bad []badRow) {
	if len(bad) == 0 {
		l.batch.ShowAll()
		return
	}
	l.batch.ShowRows(l.remaining(bad))
}

// remaining returns the rows of the batch that are not bad.
func (l *load) remaining(bad []badRow) []uint32 {
	isBad := make([]bool, l.batch.Len())
	for _, b := range bad {
		isBad[b.row] = true
	}
	rows := make([]uint32, 0, l.batch.Len()-len(bad))
	for row := range isBad {
		if !isBad[row] {
			rows = append(rows, uint32(row))
		}
	}
	return rows
}
