package warehouse

import (
	"context"
	"fmt"

	"leat/duck"
)

// detachBytes bounds what a result that is read half keeps in memory when the
// session goes on to another statement.
const detachBytes = 16 << 20

// Rows are the results of a statement, streamed.
type Rows struct {
	session *Session
	ctx     context.Context
	columns []Column
	result  *duck.Result // nil: the rows are in rest
	rest    [][]any      // rows in memory
	values  []any
	count   int64
	tag     string
	err     error
	done    func(rows int64, err error)
	// interrupt ends ctx, from any goroutine.
	interrupt context.CancelFunc
	ticket    *ticket
	closed    bool
}

// staticRows are rows that are there already.
func staticRows(columns []Column, rows [][]any, tag string) *Rows {
	return &Rows{columns: columns, rest: rows, tag: tag}
}

// finish sets what happens when the rows are done with. A statement without
// rows is done at once.
func (r *Rows) finish(done func(rows int64, err error)) {
	r.done = done
	if r.result == nil {
		r.ended()
	}
}

func (r *Rows) ended() {
	r.ticket.done()
	if r.done != nil {
		done := r.done
		r.done = nil
		done(max(r.count, int64(len(r.rest))), r.err)
	}
}

// Columns returns the columns of the rows; nil for a statement without.
func (r *Rows) Columns() []Column { return r.columns }

// Next moves to the next row. After it returned false, see Err.
func (r *Rows) Next() bool {
	if r.session != nil {
		r.session.use.Lock()
		defer r.session.use.Unlock()
	}
	more := false
	if r.session == nil {
		return r.next()
	}
	if err := r.session.guard(func() error { more = r.next(); return nil }); err != nil {
		r.err = translateError(err)
		r.session.fail()
		return false
	}
	return more
}

func (r *Rows) next() bool {
	if r.err != nil || r.closed {
		return false
	}
	if r.result != nil {
		if r.result.Next() {
			r.count++
			r.values = r.result.Values()
			for i := range r.values {
				r.values[i] = value(r.values[i], r.columns[i].Type)
			}
			return true
		}
		if err := r.result.Err(); err != nil {
			r.session.w.suspect(err)
			r.err = explain(r.ctx, err)
			r.session.fail()
		}
		r.release()
		return false
	}
	if len(r.rest) == 0 {
		return false
	}
	r.values, r.rest = r.rest[0], r.rest[1:]
	r.count++
	return true
}

// Values are the row's values, valid until Next. By Redshift type: bool;
// int16, int32, int64; float32, float64; numeric as string; char, varchar, super,
// geometry, interval, timetz and unknown as string; varbyte as []byte; date, timestamp and
// timestamptz as time.Time in UTC; time as time.Duration since midnight; nil for NULL.
func (r *Rows) Values() []any { return r.values }

// Err returns what ended the rows early.
func (r *Rows) Err() error { return r.err }

// release gives the connection back.
func (r *Rows) release() {
	if r.result == nil {
		return
	}
	r.result.Close()
	r.result = nil
	if r.session.open == r {
		r.session.open = nil
	}
	r.session.endStatement(r.err)
	r.ended()
	r.session.quiet()
}

// Close ends the rows; the rest of them is not computed.
func (r *Rows) Close() error {
	if r.session != nil {
		r.session.use.Lock()
		defer r.session.use.Unlock()
	}
	r.close()
	return nil
}

func (r *Rows) close() {
	if !r.closed {
		r.closed = true
		r.release()
		r.rest = nil
	}
}

// makeRoom frees the connection of a result that is read half, for a statement
// whose context is ctx: what ends that ends the reading of the rest too.
func (s *Session) makeRoom(ctx context.Context) error {
	if s.open == nil {
		return nil
	}
	stop := context.AfterFunc(ctx, s.open.interrupt)
	defer stop()
	if err := s.open.detach(); err != nil {
		return err
	}
	return ctx.Err()
}

// detach reads what is left into memory, so that the connection can run
// another statement.
func (r *Rows) detach() error {
	var rest [][]any
	size := 0
	count := r.count
	for r.next() {
		row := make([]any, len(r.values))
		copy(row, r.values)
		rest = append(rest, row)
		for _, v := range row {
			size += 16
			switch x := v.(type) {
			case string:
				size += len(x)
			case []byte:
				size += len(x)
			}
		}
		if size > detachBytes {
			r.err = sqlError(stateUnsupported, "a result of more than %d MiB cannot stay open beside another statement", detachBytes>>20)
			r.release()
			return r.err
		}
	}
	r.rest, r.count = rest, count
	return nil
}

// Tag is the command tag ("SELECT 3", "INSERT 0 5", "CREATE TABLE"), valid
// after Next returned false.
func (r *Rows) Tag() string {
	if r.tag == "SELECT" {
		return fmt.Sprintf("SELECT %d", r.count)
	}
	return r.tag
}
