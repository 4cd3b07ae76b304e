package redshift

import (
	"fmt"
	"strconv"
)

// A Type is a Redshift type.
type Type struct {
	Name      string // lower case Redshift name: smallint integer bigint numeric real "double precision" boolean char varchar date timestamp timestamptz time timetz super varbyte interval geometry unknown
	Length    int    // char, varchar, varbyte
	Precision int
	Scale     int
}

// The types without parameters.
var (
	typeUnknown     = Type{Name: "unknown"}
	typeSmallint    = Type{Name: "smallint"}
	typeInteger     = Type{Name: "integer"}
	typeBigint      = Type{Name: "bigint"}
	typeDouble      = Type{Name: "double precision"}
	typeBoolean     = Type{Name: "boolean"}
	typeDate        = Type{Name: "date"}
	typeTime        = Type{Name: "time"}
	typeTimetz      = Type{Name: "timetz"}
	typeTimestamp   = Type{Name: "timestamp"}
	typeTimestamptz = Type{Name: "timestamptz"}
	typeInterval    = Type{Name: "interval"}
	typeSuper       = Type{Name: "super"}
	typeVarchar     = Type{Name: "varchar"} // of no stated length
	typeVarbyte     = Type{Name: "varbyte"}
	typeGeometry    = Type{Name: "geometry"}
)

// String is the type as Redshift's messages and catalog show it.
func (t Type) String() string {
	switch t.Name {
	case "varchar":
		if t.Length > 0 {
			return "character varying(" + strconv.Itoa(t.Length) + ")"
		}
		return "character varying"
	case "char":
		if t.Length > 0 {
			return "character(" + strconv.Itoa(t.Length) + ")"
		}
		return "character"
	case "varbyte":
		if t.Length > 0 {
			return "binary varying(" + strconv.Itoa(t.Length) + ")"
		}
		return "binary varying"
	case "numeric":
		if t.Precision > 0 {
			return fmt.Sprintf("numeric(%d,%d)", t.Precision, t.Scale)
		}
	case "timestamp":
		return "timestamp without time zone"
	case "timestamptz":
		return "timestamp with time zone"
	case "time":
		return "time without time zone"
	case "timetz":
		return "time with time zone"
	}
	return t.Name
}

// Duck is the DuckDB type that stores values of t; "" for the unknown type.
func (t Type) Duck() string {
	switch t.Name {
	case "smallint", "integer", "bigint", "boolean", "date", "time", "timetz", "timestamp", "timestamptz", "interval":
		return duckNames[t.Name]
	case "numeric":
		p, s := t.Precision, t.Scale
		if p == 0 {
			p, s = 18, 0
		}
		return "DECIMAL(" + strconv.Itoa(p) + "," + strconv.Itoa(s) + ")"
	}
	return duckNames[t.Name]
}

var duckNames = map[string]string{
	"smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT", "boolean": "BOOLEAN",
	"date": "DATE", "time": "TIME", "timetz": "TIMETZ", "timestamp": "TIMESTAMP",
	"timestamptz": "TIMESTAMPTZ", "interval": "INTERVAL", "real": "FLOAT",
	"double precision": "DOUBLE", "char": "VARCHAR", "varchar": "VARCHAR", "super": "JSON",
	"varbyte": "BLOB", "geometry": "VARCHAR", "oid": "BIGINT", "name": "VARCHAR",
	"regclass": "BIGINT", "regtype": "BIGINT", "regproc": "BIGINT", "regnamespace": "BIGINT",
	"regrole": "BIGINT", "xid": "BIGINT", `"char"`: "VARCHAR",
	"text[]": "VARCHAR[]", "varchar[]": "VARCHAR[]", "name[]": "VARCHAR[]", "oid[]": "BIGINT[]",
	"integer[]": "INTEGER[]", "bigint[]": "BIGINT[]", "smallint[]": "SMALLINT[]",
	"numeric[]": "DECIMAL(38,18)[]", "real[]": "FLOAT[]", "double precision[]": "DOUBLE[]", "boolean[]": "BOOLEAN[]",
	"date[]": "DATE[]", "timestamp[]": "TIMESTAMP[]", "timestamptz[]": "TIMESTAMPTZ[]",
	`"char"[]`: "VARCHAR[]", "aclitem[]": "VARCHAR[]", "int2vector": "SMALLINT[]", "oidvector": "BIGINT[]",
}

// typeAliases maps the spellings of one word to names of types.
var typeAliases = map[string]string{
	"int2": "smallint", "smallint": "smallint", "int": "integer", "int4": "integer", "integer": "integer",
	"int8": "bigint", "bigint": "bigint", "numeric": "numeric", "decimal": "numeric", "dec": "numeric",
	"real": "real", "float4": "real", "float8": "double precision", "float": "double precision",
	"bool": "boolean", "boolean": "boolean", "char": "char", "character": "char", "nchar": "char", "bpchar": "char",
	"varchar": "varchar", "nvarchar": "varchar", "text": "varchar", "date": "date", "timestamp": "timestamp",
	"timestamptz": "timestamptz", "time": "time", "timetz": "timetz", "super": "super", "varbyte": "varbyte",
	"varbinary": "varbyte", "binary": "varbyte", "interval": "interval", "geometry": "geometry",
	"geography": "geography", "hllsketch": "hllsketch", "oid": "oid", "name": "name", "regclass": "regclass",
	"regtype": "regtype", "regproc": "regproc", "regprocedure": "regproc", "regnamespace": "regnamespace", "regrole": "regrole", "xid": "xid",
	"bytea": "varbyte", "int2vector": "int2vector", "oidvector": "oidvector", "unknown": "varchar", "double": "double precision",
}

func (t Type) isInteger() bool {
	return t.Name == "smallint" || t.Name == "integer" || t.Name == "bigint" || t.Name == "oid"
}

func (t Type) isNumber() bool {
	return t.isInteger() || t.Name == "numeric" || t.isFloat()
}

func (t Type) isFloat() bool { return t.Name == "real" || t.Name == "double precision" }

func (t Type) isText() bool {
	return t.Name == "varchar" || t.Name == "char" || t.Name == "name" || t.Name == `"char"`
}

func (t Type) isStamp() bool { return t.Name == "timestamp" || t.Name == "timestamptz" }

// isMoment tells dates, times and timestamps.
func (t Type) isMoment() bool {
	return t.isStamp() || t.Name == "date" || t.Name == "time" || t.Name == "timetz"
}

func (t Type) isUnknown() bool { return t.Name == "unknown" || t.Name == "" }
