package pgwire

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/jackc/pgx/v5/pgproto3"

	"leat/warehouse"
)

// maxKeptRow is how large a buffer for one row a connection keeps.
const maxKeptRow = 1 << 20

// A resultFormat is how results are written under a session's settings.
type resultFormats struct {
	floatDigits int // extra_float_digits
	zone        zone
}

// formatOf returns the format of column i: formats hold none, one for all columns,
// or one per column.
func formatOf(formats []int16, i int) int16 {
	switch len(formats) {
	case 0:
		return pgproto3.TextFormat
	case 1:
		return formats[0]
	}
	return formats[i]
}

func rowDescription(columns []warehouse.Column, formats []int16) *pgproto3.RowDescription {
	fields := make([]pgproto3.FieldDescription, len(columns))
	for i, col := range columns {
		w := wireTypeOf(col.Type)
		fields[i] = pgproto3.FieldDescription{
			Name:         []byte(sendable(col.Name)),
			DataTypeOID:  w.oid,
			DataTypeSize: w.size,
			TypeModifier: typmodOf(col.Type),
			Format:       formatOf(formats, i),
		}
	}
	return &pgproto3.RowDescription{Fields: fields}
}

// encoders chooses how each column is written, once per result.
func (c *conn) encoders(columns []warehouse.Column, formats []int16) []encoder {
	f := c.resultFormats()
	list := make([]encoder, len(columns))
	for i, col := range columns {
		if formatOf(formats, i) == pgproto3.BinaryFormat {
			list[i] = binaryEncoder(col.Type)
		} else {
			list[i] = textEncoder(col.Type, f)
		}
	}
	return list
}

// sendRows writes rows through the connection's buffer, which is of fixed size:
// the client's reading sets the pace. It stops after limit rows (0: none) and then
// returns true.
func (c *conn) sendRows(result rows, encode []encoder, limit int) (more bool, err error) {
	defer func() {
		if cap(c.row) > maxKeptRow {
			c.row = nil
		}
	}()
	sent := 0
	for result.Next() {
		if encode == nil {
			continue
		}
		if err := c.sendRow(result.Values(), encode); err != nil {
			return false, err
		}
		if sent++; sent == limit {
			return true, nil
		}
	}
	return false, result.Err()
}

// sendRow writes one row.
func (c *conn) sendRow(values []any, encode []encoder) (err error) {
	if c.row, err = appendRow(c.row[:0], values, encode); err != nil {
		return err
	}
	if _, err := c.out.Write(c.row); err != nil {
		return &connectionError{errors.Join(errClientGone, err)}
	}
	return nil
}

// appendRow appends one DataRow message: its length, the number of columns, and
// each value after its length, -1 for NULL. On an error nothing is appended.
func appendRow(dst []byte, values []any, encode []encoder) ([]byte, error) {
	if len(values) != len(encode) {
		return dst, errorf("XX000", "a row has %d values for %d columns", len(values), len(encode))
	}
	b := append(dst, 'D', 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(len(values)))
	for i, v := range values {
		start := len(b)
		b = append(b, 0xff, 0xff, 0xff, 0xff)
		if v == nil {
			continue
		}
		var err error
		if b, err = encode[i](b, v); err != nil {
			return dst, err
		}
		binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	}
	size := len(b) - len(dst) - 1
	if size > math.MaxInt32 {
		return dst, errorf("54000", "a row of %d bytes is too large to send", size)
	}
	binary.BigEndian.PutUint32(b[len(dst)+1:], uint32(size))
	return b, nil
}
