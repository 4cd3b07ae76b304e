package lake

import (
	"fmt"
	"strings"

	"leat/rowfile"
)

// A Column is one field of the records as the query sees it.
type Column struct {
	Field string // the field's name in the records
	Name  string // the column's name; unique without regard to case
	Type  string // DuckDB's type
}

// Types that inferred columns have.
const (
	boolean = "BOOLEAN"
	bigint  = "BIGINT"
	double  = "DOUBLE"
	varchar = "VARCHAR"
	// JSON is the type of columns that hold JSON text.
	JSON = "JSON"
)

// Infer makes columns of the fields that the records of a batch have, in the
// order they were seen first:
//
//   - only whole numbers that fit 64 bits are BIGINT, other numbers DOUBLE;
//   - true and false are BOOLEAN, text is VARCHAR;
//   - objects and arrays, perhaps among other values, are JSON;
//   - a field that never has a value is VARCHAR.
//
// Where scalars are mixed, lenient makes the column VARCHAR, which holds all of
// them as text. Otherwise the kind that most records have wins (of as many, the
// one of BOOLEAN, numbers, text that comes first), and the records with another
// kind are no rows: a few wrong ones must not change what a query works on.
func Infer(fields []rowfile.Field, lenient bool) []Column {
	names := map[string]bool{}
	var columns []Column
	for _, f := range fields {
		columns = append(columns, Column{Field: f.Name, Name: uniqueName(names, f.Name), Type: inferType(f, lenient)})
	}
	return columns
}

func inferType(f rowfile.Field, lenient bool) string {
	if f.Count(rowfile.Object)+f.Count(rowfile.Array) > 0 {
		return JSON
	}
	number := double
	if f.Count(rowfile.Number) == 0 {
		number = bigint
	}
	best, most, kinds := varchar, uint64(0), 0
	for _, c := range []struct {
		typ   string
		count uint64
	}{
		{boolean, f.Count(rowfile.Bool)}, {number, f.Count(rowfile.Int) + f.Count(rowfile.Number)}, {varchar, f.Count(rowfile.Text)},
	} {
		if c.count > 0 {
			kinds++
		}
		if c.count > most {
			best, most = c.typ, c.count
		}
	}
	if kinds > 1 && lenient {
		return varchar
	}
	return best
}

// uniqueName gives fields that differ by case alone names that do not.
func uniqueName(taken map[string]bool, field string) string {
	name := field
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s_%d", field, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// Kinds that types take from JSON. Text is taken where DuckDB reads it as the
// type ("2024-03-17" for DATE), and fails for the record where it cannot.
func (c Column) expect(inferred bool) rowfile.Expect {
	bit := func(kinds ...rowfile.Kind) uint8 {
		bits := uint8(1 << rowfile.Null)
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
		e.Kinds = bit(rowfile.Int, rowfile.Number)
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
