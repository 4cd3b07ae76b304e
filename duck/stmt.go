package duck

import (
	"context"
	"fmt"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// A Stmt is a prepared statement of one connection. DuckDB plans it again by
// itself when the catalog has changed, but not when rows have: run it in the
// transaction that it was prepared in, before that changes rows which the
// statement reads, or let it read no table (but batches and files).
type Stmt struct {
	conn   *Conn
	handle duckdb.PreparedStatement
}

// Prepare prepares one statement; several in one text are an error of type
// InvalidInput. Parameters are $1, $2 … When ctx ends, preparing ends with an
// error of type Interrupt where DuckDB looks for it: before each step of its
// optimizer, not while it reads the text.
func (c *Conn) Prepare(ctx context.Context, sql string) (*Stmt, error) {
	if strings.IndexByte(sql, 0) >= 0 {
		return nil, &Error{Type: InvalidInput, Message: "the statement has a NUL in it", Position: -1}
	}
	defer c.alone()()
	stmt := &Stmt{conn: c}
	stop := c.watch(ctx)
	state := duckdb.Prepare(c.handle, sql, &stmt.handle)
	stop()
	if state == duckdb.StateError {
		err := parseError(duckdb.PrepareError(stmt.handle), InvalidInput)
		duckdb.DestroyPrepare(&stmt.handle)
		return nil, err
	}
	return stmt, nil
}

// Close gives the statement up.
func (s *Stmt) Close() { duckdb.DestroyPrepare(&s.handle) }

// NumParams returns how many parameters the statement has.
func (s *Stmt) NumParams() int { return int(duckdb.NParams(s.handle)) }

// ParamType returns the type of a parameter, counted from 0. Its ID is
// TypeInvalid or TypeUnknown when DuckDB cannot tell.
func (s *Stmt) ParamType(i int) Type {
	logical := duckdb.ParamLogicalType(s.handle, duckdb.IdxT(i+1))
	if logical.Ptr == nil {
		return Type{}
	}
	defer duckdb.DestroyLogicalType(&logical)
	return typeOf(logical)
}

// Columns returns the columns of the result; a statement that changes rows has
// one, named Count.
func (s *Stmt) Columns() []Column {
	columns := make([]Column, duckdb.PreparedStatementColumnCount(s.handle))
	for i := range columns {
		logical := duckdb.PreparedStatementColumnLogicalType(s.handle, duckdb.IdxT(i))
		columns[i] = Column{
			Name: duckdb.PreparedStatementColumnName(s.handle, duckdb.IdxT(i)),
			Type: typeOf(logical),
		}
		duckdb.DestroyLogicalType(&logical)
	}
	return columns
}

// Exec runs the statement and returns how many rows it changed.
func (s *Stmt) Exec(ctx context.Context, args ...any) (int64, error) {
	if err := s.bind(args); err != nil {
		return 0, err
	}
	s.conn.wrote = true
	stop := s.conn.watch(ctx)
	var result duckdb.Result
	state := duckdb.ExecutePrepared(s.handle, &result)
	stop()
	defer duckdb.DestroyResult(&result)
	if state == duckdb.StateError {
		return 0, resultError(&result)
	}
	return int64(duckdb.RowsChanged(&result)), nil
}

// Query runs the statement and streams its result: DuckDB computes ahead only
// as far as its streaming buffer (about 1 MB) holds. The context must outlive
// the reading.
func (s *Stmt) Query(ctx context.Context, args ...any) (*Result, error) {
	if err := s.bind(args); err != nil {
		return nil, err
	}
	result := &Result{stop: s.conn.watch(ctx)}
	var pending duckdb.PendingResult
	if duckdb.PendingPreparedStreaming(s.handle, &pending) == duckdb.StateError {
		err := parseError(duckdb.PendingError(pending), InvalidInput)
		duckdb.DestroyPending(&pending)
		result.stop()
		return nil, err
	}
	state := duckdb.ExecutePending(pending, &result.handle)
	duckdb.DestroyPending(&pending)
	if state == duckdb.StateError {
		err := resultError(&result.handle)
		result.Close()
		return nil, err
	}
	result.readColumns()
	return result, nil
}

// resultError returns what a failed result says.
func resultError(result *duckdb.Result) error {
	return parseError(duckdb.ResultError(result), Internal)
}

// bind gives the statement its arguments: nil, bool, int, int32, int64,
// float32, float64, string, []byte, time.Time (a timestamp, by its UTC clock).
func (s *Stmt) bind(args []any) error {
	if want := s.NumParams(); want != len(args) {
		return &Error{Type: InvalidInput, Message: fmt.Sprintf("the statement has %d parameters, %d arguments were given", want, len(args)), Position: -1}
	}
	for i, arg := range args {
		index := duckdb.IdxT(i + 1)
		var state duckdb.State
		switch value := arg.(type) {
		case nil:
			state = duckdb.BindNull(s.handle, index)
		case bool:
			state = duckdb.BindBoolean(s.handle, index, value)
		case int:
			state = duckdb.BindInt64(s.handle, index, int64(value))
		case int32:
			state = duckdb.BindInt32(s.handle, index, value)
		case int64:
			state = duckdb.BindInt64(s.handle, index, value)
		case uint64:
			state = duckdb.BindUInt64(s.handle, index, value)
		case float32:
			state = duckdb.BindFloat(s.handle, index, value)
		case float64:
			state = duckdb.BindDouble(s.handle, index, value)
		case string:
			state = duckdb.BindVarchar(s.handle, index, value)
		case []byte:
			state = duckdb.BindBlob(s.handle, index, value)
		case time.Time:
			state = duckdb.BindTimestamp(s.handle, index, duckdb.NewTimestamp(value.UnixMicro()))
		default:
			return &Error{Type: InvalidInput, Message: fmt.Sprintf("parameter $%d cannot be a %T", i+1, arg), Position: -1}
		}
		if state == duckdb.StateError {
			return &Error{Type: InvalidInput, Message: fmt.Sprintf("parameter $%d is not valid (text must be UTF-8)", i+1), Position: -1}
		}
	}
	return nil
}
