package redshift

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
