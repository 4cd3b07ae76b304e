package redshift

import (
	"reflect"
	"slices"
)

// Relation is what a name in FROM stands for.
type Relation struct {
	Schema, Name string
	Kind         string // "table", "view", "materialized view", "stream" (of an external schema), "system"
	DuckName     string // quoted, qualified name in DuckDB; for streams empty
	Columns      []Column
}

// Column is a column of a relation.
type Column struct {
	Name string
	Type Type
}

// Catalog answers what names mean. Names come folded by the settings' case rules.
type Catalog interface {
	// Relation resolves a name; schema is "" when not given (search path applies).
	Relation(schema, name string) (*Relation, bool)
}

// Settings are the session's settings that change meaning.
type Settings struct {
	CaseSensitiveIdentifier     bool // enable_case_sensitive_identifier
	CaseSensitiveSuperAttribute bool // enable_case_sensitive_super_attribute
	NavigateSuperNullOnError    bool // default true
	CastSuperNullOnError        bool // default true
	SearchPath                  []string
	User, Database              string
	Literals                    LiteralRule // of the texts that the settings belong to
	DateOrder                   DateOrder   // datestyle
	// ObjectID is the number of the object that the statement makes. It names
	// the sequences behind IDENTITY columns.
	ObjectID int64 `json:"-"`
}

// A DateOrder is the order in which the numbers of a date like 3/4/2024 are read.
type DateOrder int

// The orders of datestyle.
const (
	MonthDayYear DateOrder = iota
	DayMonthYear
	YearMonthDay
)

// Equal tells whether a translation under s is good under other.
func (s Settings) Equal(other Settings) bool {
	path := slices.Equal(s.SearchPath, other.SearchPath)
	s.SearchPath, other.SearchPath = nil, nil
	return path && reflect.DeepEqual(s, other)
}

// schemaFor is the schema in which an unqualified new object is made.
func (s Settings) schemaFor(schema string) string {
	if schema != "" {
		return schema
	}
	for _, name := range s.SearchPath {
		if name != "$user" && name != "pg_catalog" {
			return name
		}
	}
	return "public"
}
