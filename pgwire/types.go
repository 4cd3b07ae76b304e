package pgwire

import (
	"github.com/jackc/pgx/v5/pgtype"

	"leat/redshift"
)

// The type OIDs that Redshift sends and PostgreSQL does not know.
const (
	oidGeometry = 3000
	oidSuper    = 4000
	oidVarbyte  = 6551
)

// A wireType is how a Redshift type is announced to clients.
type wireType struct {
	oid  uint32
	size int16 // bytes of a value in the server, -1 when it varies
}

var wireTypes = map[string]wireType{
	"smallint":           {pgtype.Int2OID, 2},
	"integer":            {pgtype.Int4OID, 4},
	"bigint":             {pgtype.Int8OID, 8},
	"numeric":            {pgtype.NumericOID, -1},
	"real":               {pgtype.Float4OID, 4},
	"double precision":   {pgtype.Float8OID, 8},
	"boolean":            {pgtype.BoolOID, 1},
	"char":               {pgtype.BPCharOID, -1},
	"varchar":            {pgtype.VarcharOID, -1},
	"date":               {pgtype.DateOID, 4},
	"timestamp":          {pgtype.TimestampOID, 8},
	"timestamptz":        {pgtype.TimestamptzOID, 8},
	"time":               {pgtype.TimeOID, 8},
	"timetz":             {pgtype.TimetzOID, 12},
	"interval":           {pgtype.IntervalOID, 16},
	"super":              {oidSuper, -1},
	"varbyte":            {oidVarbyte, -1},
	"geometry":           {oidGeometry, -1},
	"oid":                {pgtype.OIDOID, 4},
	"name":               {pgtype.NameOID, 128},
	`"char"`:             {pgtype.QCharOID, 1},
	"text[]":             {pgtype.TextArrayOID, -1},
	"varchar[]":          {pgtype.TextArrayOID, -1},
	"name[]":             {pgtype.NameArrayOID, -1},
	"smallint[]":         {pgtype.Int2ArrayOID, -1},
	"integer[]":          {pgtype.Int4ArrayOID, -1},
	"bigint[]":           {pgtype.Int8ArrayOID, -1},
	"oid[]":              {pgtype.OIDArrayOID, -1},
	"numeric[]":          {pgtype.NumericArrayOID, -1},
	"real[]":             {pgtype.Float4ArrayOID, -1},
	"double precision[]": {pgtype.Float8ArrayOID, -1},
	"boolean[]":          {pgtype.BoolArrayOID, -1},
	"date[]":             {pgtype.DateArrayOID, -1},
	"timestamp[]":        {pgtype.TimestampArrayOID, -1},
	"timestamptz[]":      {pgtype.TimestamptzArrayOID, -1},
}

// wireTypeOf returns how t is announced. A type that is not known, such as that
// of a bare NULL, is announced as varchar, as Redshift does.
func wireTypeOf(t redshift.Type) wireType {
	if w, ok := wireTypes[t.Name]; ok {
		return w
	}
	return wireTypes["varchar"]
}

// typmodOf returns the type modifier: lengths and precisions as PostgreSQL packs
// them, or -1 where the type has none.
func typmodOf(t redshift.Type) int32 {
	const header = 4 // PostgreSQL counts a length word that is no longer there
	switch t.Name {
	case "char", "varchar":
		if t.Length > 0 {
			return int32(t.Length) + header
		}
	case "numeric":
		if t.Precision > 0 {
			return int32(t.Precision)<<16 | int32(t.Scale) + header
		}
	}
	return -1
}

// paramType is the Redshift type that a client means by a type OID. OID 0, and
// the OIDs of types that Redshift does not have, leave it to the statement.
func paramType(oid uint32) redshift.Type {
	switch oid {
	case pgtype.Int2OID:
		return redshift.Type{Name: "smallint"}
	case pgtype.Int4OID:
		return redshift.Type{Name: "integer"}
	case pgtype.Int8OID, pgtype.OIDOID:
		return redshift.Type{Name: "bigint"}
	case pgtype.NumericOID:
		return redshift.Type{Name: "numeric"}
	case pgtype.Float4OID:
		return redshift.Type{Name: "real"}
	case pgtype.Float8OID:
		return redshift.Type{Name: "double precision"}
	case pgtype.BoolOID:
		return redshift.Type{Name: "boolean"}
	case pgtype.VarcharOID, pgtype.TextOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.QCharOID,
		pgtype.JSONOID, pgtype.JSONBOID, pgtype.UUIDOID:
		return redshift.Type{Name: "varchar"}
	case pgtype.DateOID:
		return redshift.Type{Name: "date"}
	case pgtype.TimestampOID:
		return redshift.Type{Name: "timestamp"}
	case pgtype.TimestamptzOID:
		return redshift.Type{Name: "timestamptz"}
	case pgtype.TimeOID:
		return redshift.Type{Name: "time"}
	case pgtype.TimetzOID:
		return redshift.Type{Name: "timetz"}
	case pgtype.IntervalOID:
		return redshift.Type{Name: "interval"}
	case pgtype.ByteaOID, oidVarbyte:
		return redshift.Type{Name: "varbyte"}
	case oidSuper:
		return redshift.Type{Name: "super"}
	}
	return redshift.Type{Name: "unknown"}
}

// paramOID is the OID that a parameter is described with. A parameter whose type
// the statement does not tell is described as 0, not as text: drivers then
// send whatever the program gave them instead of refusing a number for a text.
func paramOID(t redshift.Type) uint32 {
	if w, ok := wireTypes[t.Name]; ok {
		return w.oid
	}
	return 0
}
