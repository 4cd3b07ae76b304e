package duck

import (
	"math/big"
	"strings"
	"time"
	"unsafe"

	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// A Chunk is up to 2048 rows of a result, column by column, in DuckDB's memory.
type Chunk struct {
	handle  duckdb.DataChunk
	rows    int
	vectors []Vector
}

func newChunk(handle duckdb.DataChunk, columns []Column) *Chunk {
	chunk := &Chunk{handle: handle, rows: int(duckdb.DataChunkGetSize(handle)), vectors: make([]Vector, len(columns))}
	for i := range columns {
		chunk.vectors[i] = newVector(duckdb.DataChunkGetVector(handle, duckdb.IdxT(i)), &columns[i].Type)
	}
	return chunk
}

// Rows returns how many rows the chunk has.
func (c *Chunk) Rows() int { return c.rows }

// Vector returns a column, counted from 0.
func (c *Chunk) Vector(column int) *Vector { return &c.vectors[column] }

// A Vector is one column of a Chunk.
type Vector struct {
	Type     *Type
	data     unsafe.Pointer
	validity unsafe.Pointer // nil: no NULL in it
	children []Vector
}

func newVector(handle duckdb.Vector, t *Type) Vector {
	v := Vector{Type: t, data: duckdb.VectorGetData(handle), validity: duckdb.VectorGetValidity(handle)}
	switch t.ID {
	case TypeList:
		v.children = []Vector{newVector(duckdb.ListVectorGetChild(handle), t.Elem)}
	case TypeMap:
		entries := duckdb.ListVectorGetChild(handle)
		for i := range t.Fields {
			v.children = append(v.children, newVector(duckdb.StructVectorGetChild(entries, duckdb.IdxT(i)), &t.Fields[i].Type))
		}
	case TypeStruct:
		for i := range t.Fields {
			v.children = append(v.children, newVector(duckdb.StructVectorGetChild(handle, duckdb.IdxT(i)), &t.Fields[i].Type))
		}
	}
	return v
}

// IsNull reports whether a row is NULL.
func (v *Vector) IsNull(row int) bool {
	if v.validity == nil {
		return false
	}
	word := *(*uint64)(unsafe.Add(v.validity, row/64*8))
	return word>>(row%64)&1 == 0
}

// at reads a row's fixed-size value.
func at[T any](v *Vector, row int) T {
	var zero T
	return *(*T)(unsafe.Add(v.data, row*int(unsafe.Sizeof(zero))))
}

// Int64 returns a BIGINT, TIMESTAMP or TIME row as it is stored; it must not be
// NULL.
func (v *Vector) Int64(row int) int64 { return at[int64](v, row) }

// Bool returns a BOOLEAN row; it must not be NULL.
func (v *Vector) Bool(row int) bool { return at[uint8](v, row) != 0 }

// Bytes returns a VARCHAR or BLOB row in DuckDB's memory, valid as long as the
// chunk; it must not be NULL.
func (v *Vector) Bytes(row int) []byte {
	entry := unsafe.Add(v.data, row*16)
	length := *(*uint32)(entry)
	if length <= 12 {
		return unsafe.Slice((*byte)(unsafe.Add(entry, 4)), length)
	}
	return unsafe.Slice(*(**byte)(unsafe.Add(entry, 8)), length)
}

// An Interval is a span of months, days and microseconds, which do not convert
// into one another.
type Interval struct {
	Months, Days int32
	Micros       int64
}

// A Decimal is an exact number in text: a DECIMAL, or an integer of more than
// 64 bits.
type Decimal string

// Value returns a row as a Go value: nil for NULL; bool; int8 … int64, uint8 …
// uint64; float32, float64; Decimal; string for VARCHAR, ENUM and UUID; []byte;
// time.Time in UTC for DATE and the TIMESTAMPs; time.Duration since midnight
// for TIME; TimeTZ; Interval; []any for LIST, for STRUCT (in the order of its
// fields) and for MAP (of [key, value]). All of it is the caller's.
func (v *Vector) Value(row int) any {
	if v.IsNull(row) {
		return nil
	}
	switch v.Type.ID {
	case TypeBoolean:
		return v.Bool(row)
	case TypeTinyInt:
		return at[int8](v, row)
	case TypeSmallInt:
		return at[int16](v, row)
	case TypeInteger:
		return at[int32](v, row)
	case TypeBigInt:
		return at[int64](v, row)
	case TypeUTinyInt:
		return at[uint8](v, row)
	case TypeUSmallInt:
		return at[uint16](v, row)
	case TypeUInteger:
		return at[uint32](v, row)
	case TypeUBigInt:
		return at[uint64](v, row)
	case TypeFloat:
		return at[float32](v, row)
	case TypeDouble:
		return at[float64](v, row)
	case TypeHugeInt, TypeUHugeInt, TypeDecimal:
		return v.decimal(row)
	case TypeVarchar:
		return string(v.Bytes(row))
	case TypeBlob:
		return append([]byte{}, v.Bytes(row)...)
	case TypeDate:
		return time.Unix(int64(at[int32](v, row))*86400, 0).UTC()
	case TypeTime:
		return time.Duration(v.Int64(row)) * time.Microsecond
	case TypeTimeTZ:
		return timeTZ(at[uint64](v, row))
	case TypeTimestamp, TypeTimestampTZ:
		return time.UnixMicro(v.Int64(row)).UTC()
	case TypeTimestampS:
		return time.Unix(v.Int64(row), 0).UTC()
	case TypeTimestampMS:
		return time.UnixMilli(v.Int64(row)).UTC()
	case TypeTimestampNS:
		return time.Unix(0, v.Int64(row)).UTC()
	case TypeInterval:
		return at[Interval](v, row)
	case TypeUUID:
		return uuidText(at[[2]uint64](v, row))
	case TypeEnum:
		return v.enum(row)
	case TypeList, TypeMap, TypeStruct:
		return v.nested(row)
	}
	return nil
}

func (v *Vector) enum(row int) any {
	var code int
	switch n := len(v.Type.Names); {
	case n <= 1<<8:
		code = int(at[uint8](v, row))
	case n <= 1<<16:
		code = int(at[uint16](v, row))
	default:
		code = int(at[uint32](v, row))
	}
	return v.Type.Names[code]
}

func (v *Vector) nested(row int) any {
	if v.Type.ID == TypeStruct {
		fields := make([]any, len(v.children))
		for i := range fields {
			fields[i] = v.children[i].Value(row)
		}
		return fields
	}
	span := at[struct{ offset, length uint64 }](v, row)
	elements := make([]any, span.length)
	for i := range elements {
		at := int(span.offset) + i
		if v.Type.ID == TypeMap {
			elements[i] = []any{v.children[0].Value(at), v.children[1].Value(at)}
		} else {
			elements[i] = v.children[0].Value(at)
		}
	}
	return elements
}

// decimal renders a DECIMAL, which DuckDB stores in the smallest integer that
// holds its width, or a 128-bit integer.
func (v *Vector) decimal(row int) Decimal {
	width := v.Type.Width
	var n *big.Int
	switch {
	case v.Type.ID == TypeUHugeInt:
		n = int128(at[[2]uint64](v, row), false)
	case v.Type.ID == TypeHugeInt || width > 18:
		n = int128(at[[2]uint64](v, row), true)
	case width > 9:
		n = big.NewInt(at[int64](v, row))
	case width > 4:
		n = big.NewInt(int64(at[int32](v, row)))
	default:
		n = big.NewInt(int64(at[int16](v, row)))
	}
	return withPoint(n, v.Type.Scale)
}

func int128(words [2]uint64, signed bool) *big.Int {
	n := new(big.Int).SetUint64(words[1])
	if signed {
		n.SetInt64(int64(words[1]))
	}
	n.Lsh(n, 64)
	return n.Add(n, new(big.Int).SetUint64(words[0]))
}

// withPoint writes n with scale digits after the point.
func withPoint(n *big.Int, scale int) Decimal {
	digits := n.String()
	if scale == 0 {
		return Decimal(digits)
	}
	digits, negative := strings.CutPrefix(digits, "-")
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	text := digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	if negative {
		text = "-" + text
	}
	return Decimal(text)
}
