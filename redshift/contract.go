// Package redshift is the dialect: lexer, parser, syntax tree, and translation
// to DuckDB's SQL. It is pure functions; it never touches a database.
package redshift

// An Error is a failure with a SQLSTATE, as Redshift reports it.
type Error struct {
	SQLSTATE string // "42601" syntax error, "42P01" undefined table, "42703" undefined column, "42883" undefined function, "0A000" not supported …
	Message  string // as Redshift words it: `relation "x" does not exist`, `syntax error at or near "x"`
	Detail   string
	Hint     string
	Position int // 1-based character offset in the query text; 0: unknown
}

func (e *Error) Error() string { return e.Message }

// A Statement is the syntax tree of one statement. Concrete types: *Query
// (SELECT / VALUES / WITH), *Insert, *Update, *Delete, *Truncate, *CreateTable, *CreateTableAs,
// *CreateView, *Drop, *AlterTable, *CreateSchema, *CreateExternalSchema, *CreateMaterializedView,
// *RefreshMaterializedView, *AlterMaterializedView, *Begin, *Commit, *Rollback, *Set, *Reset, *Show,
// *Explain, *Analyze/*Vacuum (accepted without effect), …
type Statement interface {
	// Text is the statement's own source text, without the semicolon.
	Text() string
}

// CreateExternalSchema is CREATE EXTERNAL SCHEMA … FROM KINESIS | MSK | KAFKA.
type CreateExternalSchema struct {
	text           string
	IfNotExists    bool
	Name           string
	Kind           string // upper case: KINESIS, MSK, KAFKA …
	IAMRole        string
	Region         string
	Authentication string
	URI            string
	Options        map[string]string // every other clause
}

func (s *CreateExternalSchema) Text() string { return s.text }

// CreateMaterializedView is CREATE MATERIALIZED VIEW … AS query.
type CreateMaterializedView struct {
	text         string
	Schema, Name string
	AutoRefresh  bool
	Options      map[string]string // BACKUP, DISTSTYLE, DISTKEY, SORTKEY: recorded, no effect
	Query        *Query
	QueryText    string
}

func (s *CreateMaterializedView) Text() string { return s.text }

// Query is a SELECT with all its parts.
type Query struct{ text string }

func (s *Query) Text() string { return s.text }

// Parse parses a string of one or more statements separated by semicolons.
// Empty statements are skipped.
func Parse(sql string) ([]Statement, error) { panic("contract") }

// A Type is a Redshift type.
type Type struct {
	Name      string // lower case Redshift name: smallint integer bigint numeric real "double precision" boolean char varchar date timestamp timestamptz time timetz super varbyte interval geometry unknown
	Length    int    // char, varchar, varbyte
	Precision int
	Scale     int
}

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
}

// ResultColumn is a column that a statement returns.
type ResultColumn struct {
	Name string
	Type Type // Name "unknown": take DuckDB's type
}

// A Translation is a statement in DuckDB's SQL.
type Translation struct {
	SQL     string // with $1, $2 … for parameters
	Columns []ResultColumn
	Params  []Type // "unknown" where not inferable
	Tag     string // command tag for the protocol: SELECT, INSERT, UPDATE, DELETE, CREATE TABLE …
}

// Translate translates a query, DML or table DDL. Names are resolved against
// the catalog; unknown functions and tables are Redshift's errors; only listed
// functions pass, so that no DuckDB function that reaches files gets through.
func Translate(stmt Statement, cat Catalog, set Settings) (*Translation, error) { panic("contract") }

// A StreamQuery is the translation of a streaming view's query, in parts, so
// that the warehouse can run it fast over a batch and isolate failing records.
type StreamQuery struct {
	ExternalSchema, Stream string
	Columns                []StreamColumn
	Where                  string   // DuckDB boolean expression or ""
	Uses                   []string // metadata columns used, canonical names of the batch: see BatchColumns
}

// StreamColumn is one output column: an expression over the batch's columns.
type StreamColumn struct {
	Name string
	Type Type
	Expr string // DuckDB expression over batch columns
	Text string // the expression as the user wrote it, for reports
}

// BatchColumns are the columns the warehouse offers a StreamQuery's expressions:
// kinesis_data BLOB, partition_key VARCHAR, shard_id VARCHAR, sequence_number VARCHAR,
// approximate_arrival_timestamp TIMESTAMP, refresh_time TIMESTAMP.

// TranslateStream translates a view's query over one stream of an external
// schema; isStream tells whether schema is external. What Redshift forbids in
// streaming views (joins, ORDER BY, window functions …) is refused as Redshift does.
func TranslateStream(q *Query, cat Catalog, set Settings) (*StreamQuery, error) { panic("contract") }
