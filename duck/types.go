package duck

import (
	"fmt"
	"strings"

	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// A TypeID is a kind of DuckDB type.
type TypeID string

// The kinds of types, by DuckDB's names.
const (
	TypeInvalid     TypeID = ""
	TypeBoolean     TypeID = "BOOLEAN"
	TypeTinyInt     TypeID = "TINYINT"
	TypeSmallInt    TypeID = "SMALLINT"
	TypeInteger     TypeID = "INTEGER"
	TypeBigInt      TypeID = "BIGINT"
	TypeUTinyInt    TypeID = "UTINYINT"
	TypeUSmallInt   TypeID = "USMALLINT"
	TypeUInteger    TypeID = "UINTEGER"
	TypeUBigInt     TypeID = "UBIGINT"
	TypeHugeInt     TypeID = "HUGEINT"
	TypeUHugeInt    TypeID = "UHUGEINT"
	TypeFloat       TypeID = "FLOAT"
	TypeDouble      TypeID = "DOUBLE"
	TypeDecimal     TypeID = "DECIMAL"
	TypeVarchar     TypeID = "VARCHAR"
	TypeBlob        TypeID = "BLOB"
	TypeDate        TypeID = "DATE"
	TypeTime        TypeID = "TIME"
	TypeTimeTZ      TypeID = "TIME WITH TIME ZONE"
	TypeTimestamp   TypeID = "TIMESTAMP"
	TypeTimestampS  TypeID = "TIMESTAMP_S"
	TypeTimestampMS TypeID = "TIMESTAMP_MS"
	TypeTimestampNS TypeID = "TIMESTAMP_NS"
	TypeTimestampTZ TypeID = "TIMESTAMP WITH TIME ZONE"
	TypeInterval    TypeID = "INTERVAL"
	TypeUUID        TypeID = "UUID"
	TypeEnum        TypeID = "ENUM"
	TypeList        TypeID = "LIST"
	TypeStruct      TypeID = "STRUCT"
	TypeMap         TypeID = "MAP"
	TypeNull        TypeID = "NULL"
	TypeUnknown     TypeID = "UNKNOWN" // a type this package does not read
)

// A Type is the type of a column or parameter.
type Type struct {
	ID TypeID
	// Alias is a name given to a type: JSON is VARCHAR with the alias JSON.
	Alias string
	// Width and Scale of a DECIMAL.
	Width, Scale int
	// Elem is the type of a LIST's elements.
	Elem *Type
	// Fields are a STRUCT's fields; a MAP's are key and value.
	Fields []Column
	// Names are an ENUM's values.
	Names []string
}

// IsJSON reports whether the type is DuckDB's JSON.
func (t Type) IsJSON() bool { return t.ID == TypeVarchar && t.Alias == "JSON" }

// String is the type as SQL writes it.
func (t Type) String() string {
	switch t.ID {
	case TypeVarchar:
		if t.Alias != "" {
			return t.Alias
		}
	case TypeDecimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Width, t.Scale)
	case TypeEnum:
		names := make([]string, len(t.Names))
		for i, name := range t.Names {
			names[i] = Literal(name)
		}
		return "ENUM(" + strings.Join(names, ", ") + ")"
	case TypeList:
		return t.Elem.String() + "[]"
	case TypeMap:
		return "MAP(" + t.Fields[0].Type.String() + ", " + t.Fields[1].Type.String() + ")"
	case TypeStruct:
		fields := make([]string, len(t.Fields))
		for i, field := range t.Fields {
			fields[i] = Identifier(field.Name) + " " + field.Type.String()
		}
		return "STRUCT(" + strings.Join(fields, ", ") + ")"
	case TypeNull, TypeInvalid, TypeUnknown:
		return string(TypeVarchar)
	}
	return string(t.ID)
}

// A Column is a named column.
type Column struct {
	Name string
	Type Type
}

var typeIDs = map[duckdb.Type]TypeID{
	duckdb.TypeBoolean: TypeBoolean, duckdb.TypeTinyInt: TypeTinyInt, duckdb.TypeSmallInt: TypeSmallInt,
	duckdb.TypeInteger: TypeInteger, duckdb.TypeBigInt: TypeBigInt, duckdb.TypeUTinyInt: TypeUTinyInt,
	duckdb.TypeUSmallInt: TypeUSmallInt, duckdb.TypeUInteger: TypeUInteger, duckdb.TypeUBigInt: TypeUBigInt,
	duckdb.TypeHugeInt: TypeHugeInt, duckdb.TypeUHugeInt: TypeUHugeInt, duckdb.TypeFloat: TypeFloat,
	duckdb.TypeDouble: TypeDouble, duckdb.TypeDecimal: TypeDecimal, duckdb.TypeVarchar: TypeVarchar,
	duckdb.TypeBlob: TypeBlob, duckdb.TypeDate: TypeDate, duckdb.TypeTime: TypeTime, duckdb.TypeTimeTZ: TypeTimeTZ,
	duckdb.TypeTimestamp: TypeTimestamp, duckdb.TypeTimestampS: TypeTimestampS, duckdb.TypeTimestampMS: TypeTimestampMS,
	duckdb.TypeTimestampNS: TypeTimestampNS, duckdb.TypeTimestampTZ: TypeTimestampTZ, duckdb.TypeInterval: TypeInterval,
	duckdb.TypeUUID: TypeUUID, duckdb.TypeEnum: TypeEnum, duckdb.TypeList: TypeList, duckdb.TypeStruct: TypeStruct,
	duckdb.TypeMap: TypeMap, duckdb.TypeSQLNull: TypeNull, duckdb.TypeInvalid: TypeInvalid,
}

// typeOf reads a logical type; the caller destroys it.
func typeOf(logical duckdb.LogicalType) Type {
	kind := duckdb.GetTypeId(logical)
	id, ok := typeIDs[kind]
	if !ok {
		return Type{ID: TypeUnknown}
	}
	t := Type{ID: id}
	switch id {
	case TypeVarchar:
		t.Alias = duckdb.LogicalTypeGetAlias(logical)
	case TypeDecimal:
		t.Width = int(duckdb.DecimalWidth(logical))
		t.Scale = int(duckdb.DecimalScale(logical))
	case TypeEnum:
		for i := range duckdb.EnumDictionarySize(logical) {
			t.Names = append(t.Names, duckdb.EnumDictionaryValue(logical, duckdb.IdxT(i)))
		}
	case TypeList:
		elem := childType(duckdb.ListTypeChildType(logical))
		t.Elem = &elem
	case TypeMap:
		t.Fields = []Column{
			{Name: "key", Type: childType(duckdb.MapTypeKeyType(logical))},
			{Name: "value", Type: childType(duckdb.MapTypeValueType(logical))},
		}
	case TypeStruct:
		for i := range duckdb.StructTypeChildCount(logical) {
			t.Fields = append(t.Fields, Column{
				Name: duckdb.StructTypeChildName(logical, i),
				Type: childType(duckdb.StructTypeChildType(logical, i)),
			})
		}
	}
	return t
}

func childType(logical duckdb.LogicalType) Type {
	defer duckdb.DestroyLogicalType(&logical)
	return typeOf(logical)
}
