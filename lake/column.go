package lake

import (
	"strings"

	"leat/rowfile"
)

// A Column is one field of the records as the query sees it.
type Column struct {
	Field string // the field's name in the records
	Name  string // the column's name; unique without regard to case
	Type  string // DuckDB's type
}

// Types that columns have which are found in the records.
const (
	boolean = "BOOLEAN"
	bigint  = "BIGINT"
	double  = "DOUBLE"
	varchar = "VARCHAR"
	// JSON is the type of columns that hold JSON text.
	JSON = "JSON"
)

// Kinds that types take from JSON. Text is taken where DuckDB reads it as the
// type ("2024-03-17" for DATE), and fails for the record where it cannot.
func (c Column) expect(inferred bool) rowfile.Expect {
	bit := func(kinds ...rowfile.Kind) uint16 {
		bits := uint16(1 << rowfile.Null)
		for _, k := range kinds {
			bits |= 1 << k
		}
		return bits
	}
	base, _, _ := strings.Cut(c.Type, "(")
	e := rowfile.Expect{Type: strings.ToLower(c.Type)}
	switch base {
	case boolean:
		e.Kinds = bit(rowfile.Bool)
	case "SMALLINT", "INTEGER", bigint:
		e.Kinds = bit(rowfile.Int)
	case double, "FLOAT", "REAL", "DECIMAL":
		e.Kinds = bit(rowfile.Int, rowfile.Number, rowfile.Wide)
		if base != "DECIMAL" {
			e.Kinds |= bit(rowfile.Huge)
		}
	case varchar:
		if inferred {
			e.Kinds = bit(rowfile.Text)
			break
		}
		return rowfile.Expect{}
	case JSON:
		return rowfile.Expect{}
	}
	if !inferred {
		e.Kinds |= bit(rowfile.Text)
	}
	return e
}
