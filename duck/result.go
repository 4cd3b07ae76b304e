package duck

import (
	"sync"

	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// A Result is the rows of a query, streamed. Read it by row (Next, Values) or
// by chunk (NextChunk), not both.
type Result struct {
	handle  duckdb.Result
	columns []Column
	owned   *Stmt // closed with the result
	// transaction is the connection whose transaction ends with the result.
	transaction *Conn
	stop        func() // ends the watch over the context
	closing     sync.Once

	chunk  *Chunk
	row    int
	values []any
	err    error
}

func (r *Result) readColumns() {
	r.columns = make([]Column, duckdb.ColumnCount(&r.handle))
	for i := range r.columns {
		logical := duckdb.ColumnLogicalType(&r.handle, duckdb.IdxT(i))
		r.columns[i] = Column{Name: duckdb.ColumnName(&r.handle, duckdb.IdxT(i)), Type: typeOf(logical)}
		duckdb.DestroyLogicalType(&logical)
	}
	r.values = make([]any, len(r.columns))
}

// Columns returns the result's columns.
func (r *Result) Columns() []Column { return r.columns }

// ReturnsRows reports whether the statement is one that returns rows, not one
// that changes them or does something else.
func (r *Result) ReturnsRows() bool {
	return duckdb.ResultReturnType(r.handle) == duckdb.ResultTypeQueryResult
}

// Changed returns how many rows the statement changed.
func (r *Result) Changed() int64 { return int64(duckdb.RowsChanged(&r.handle)) }

// NextChunk returns the next rows, up to 2048, or nil when there are no more or
// on an error: see Err. The chunk is valid until the next call.
func (r *Result) NextChunk() *Chunk {
	r.dropChunk()
	if r.err != nil || r.handle == (duckdb.Result{}) {
		return nil
	}
	handle := duckdb.FetchChunk(r.handle)
	if handle.Ptr == nil || duckdb.DataChunkGetSize(handle) == 0 {
		duckdb.DestroyDataChunk(&handle)
		if text := duckdb.ResultError(&r.handle); text != "" {
			r.err = parseError(text, Internal)
		}
		return nil
	}
	r.chunk = newChunk(handle, r.columns)
	return r.chunk
}

func (r *Result) dropChunk() {
	if r.chunk != nil {
		duckdb.DestroyDataChunk(&r.chunk.handle)
		r.chunk = nil
	}
}

// Next moves to the next row.
func (r *Result) Next() bool {
	if r.chunk != nil && r.row+1 < r.chunk.Rows() {
		r.row++
		return true
	}
	r.row = 0
	return r.NextChunk() != nil
}

// Values returns the current row, see Vector.Value. The slice is used again by
// the next row, what is in it is not.
func (r *Result) Values() []any {
	for i := range r.columns {
		r.values[i] = r.chunk.Vector(i).Value(r.row)
	}
	return r.values
}

// Err returns what ended the result early; look at it before using what came.
func (r *Result) Err() error { return r.err }

// Close ends the query, if it still runs, and frees the result. It commits the
// transaction that Query opened for it.
func (r *Result) Close() (err error) {
	r.closing.Do(func() {
		r.dropChunk()
		duckdb.DestroyResult(&r.handle)
		r.stop()
		if r.owned != nil {
			r.owned.Close()
		}
		if r.transaction != nil {
			if r.err != nil {
				err = r.transaction.Rollback()
			} else {
				err = r.transaction.Commit()
			}
		}
	})
	return err
}
