package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// A rowWriter prints rows of values in PostgreSQL's text form; nil is NULL.
type rowWriter interface {
	row(values [][]byte) error
	end() error
}

// isNumber says whether a type's text form is a number in JSON too, but for
// NaN and infinity.
func isNumber(oid uint32) bool {
	switch oid {
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.Float4OID, pgtype.Float8OID, pgtype.NumericOID, pgtype.OIDOID:
		return true
	}
	return false
}

// tableRows prints columns side by side. Widths come from the first rows, so that
// a result of any size is printed as it arrives.
type tableRows struct {
	out     *bufio.Writer
	columns []pgconn.FieldDescription
	widths  []int
	waiting [][]string // rows not yet printed; nil once the widths are settled
	settled bool
	count   int
}

// widthRows is how many rows are looked at for the columns' widths.
const widthRows = 1000

func newTableRows(w io.Writer, columns []pgconn.FieldDescription) *tableRows {
	t := &tableRows{out: bufio.NewWriter(w), columns: columns}
	for _, column := range columns {
		t.widths = append(t.widths, utf8.RuneCountInString(column.Name))
	}
	return t
}

func (t *tableRows) row(values [][]byte) error {
	t.count++
	cells := make([]string, len(values))
	for i, value := range values {
		if value != nil {
			cells[i] = lineSafe.Replace(string(value))
		}
	}
	if t.settled {
		return t.line(cells)
	}
	for i, cell := range cells {
		t.widths[i] = max(t.widths[i], utf8.RuneCountInString(cell))
	}
	if t.waiting = append(t.waiting, cells); len(t.waiting) == widthRows {
		return t.settle()
	}
	return nil
}

// lineSafe keeps a value on its line.
var lineSafe = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`)

// settle prints the heading and the rows so far.
func (t *tableRows) settle() error {
	t.settled = true
	names, rule := make([]string, len(t.columns)), make([]string, len(t.columns))
	for i, column := range t.columns {
		names[i] = column.Name
		rule[i] = strings.Repeat("-", t.widths[i]+2)
	}
	if err := t.line(names); err != nil {
		return err
	}
	fmt.Fprintln(t.out, strings.Join(rule, "+"))
	for _, cells := range t.waiting {
		if err := t.line(cells); err != nil {
			return err
		}
	}
	t.waiting = nil
	return nil
}

func (t *tableRows) line(cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			t.out.WriteString(" |")
		}
		pad := strings.Repeat(" ", max(0, t.widths[i]-utf8.RuneCountInString(cell)))
		t.out.WriteByte(' ')
		switch {
		case isNumber(t.columns[i].DataTypeOID):
			t.out.WriteString(pad + cell)
		case i == len(cells)-1:
			t.out.WriteString(cell)
		default:
			t.out.WriteString(cell + pad)
		}
	}
	return t.out.WriteByte('\n')
}

func (t *tableRows) end() error {
	if !t.settled {
		if err := t.settle(); err != nil {
			return err
		}
	}
	rows := "rows"
	if t.count == 1 {
		rows = "row"
	}
	fmt.Fprintf(t.out, "(%d %s)\n", t.count, rows)
	return t.out.Flush()
}

// csvRows prints comma-separated values with a heading; NULL is an empty field.
type csvRows struct{ out *csv.Writer }

func newCSVRows(w io.Writer, columns []pgconn.FieldDescription) csvRows {
	out := csv.NewWriter(w)
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	out.Write(names)
	return csvRows{out}
}

func (c csvRows) row(values [][]byte) error {
	fields := make([]string, len(values))
	for i, value := range values {
		fields[i] = string(value)
	}
	return c.out.Write(fields)
}

func (c csvRows) end() error {
	c.out.Flush()
	return c.out.Error()
}

// superOID is the type that Redshift gives SUPER columns, whose text is JSON.
const superOID = 4000

// jsonRows prints an object a line, its members in the columns' order.
type jsonRows struct {
	out     *bufio.Writer
	columns []pgconn.FieldDescription
}

func newJSONRows(w io.Writer, columns []pgconn.FieldDescription) jsonRows {
	return jsonRows{bufio.NewWriter(w), columns}
}

func (j jsonRows) row(values [][]byte) error {
	for i, value := range values {
		separator := byte(',')
		if i == 0 {
			separator = '{'
		}
		j.out.WriteByte(separator)
		j.text([]byte(j.columns[i].Name))
		j.out.WriteByte(':')
		j.value(value, j.columns[i].DataTypeOID)
	}
	_, err := j.out.WriteString("}\n")
	return err
}

func (j jsonRows) value(value []byte, oid uint32) {
	switch {
	case value == nil:
		j.out.WriteString("null")
	case oid == pgtype.BoolOID:
		fmt.Fprint(j.out, string(value) == "t")
	case (isNumber(oid) || oid == superOID) && json.Valid(value):
		j.out.Write(value)
	default:
		j.text(value)
	}
}

func (j jsonRows) text(value []byte) {
	quoted, _ := json.Marshal(string(value)) // a string always has a JSON form
	j.out.Write(quoted)
}

func (j jsonRows) end() error { return j.out.Flush() }
