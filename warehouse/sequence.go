package warehouse

import (
	"context"
	"slices"

	"leat/duck"
	"leat/redshift"
)

// Behind an IDENTITY column is a sequence of DuckDB's, in schema leat, named by
// the number of the table that it was made for: the table may be renamed, and
// another one made with its name. Earlier versions named it by the table and
// put it beside it; both are found by what DuckDB knows of dependencies.

// withIdentities translates CREATE TABLE anew when it makes sequences: each
// execution makes sequences of its own.
func (s *Session) withIdentities(ctx context.Context, p *Prepared, stmt *redshift.CreateTable) (*redshift.Translation, error) {
	if !slices.ContainsFunc(stmt.Columns, func(c redshift.ColumnDef) bool { return c.Identity != nil }) {
		return p.translation, nil
	}
	row, err := s.conn.Row(ctx, "SELECT nextval('leat.ids')")
	if err != nil {
		return nil, err
	}
	cat := s.catalog(ctx)
	cat.settings.ObjectID = row[0].(int64)
	translation, err := redshift.Translate(stmt, cat, cat.settings)
	if cat.err != nil {
		return nil, cat.err
	}
	return translation, err
}

// sequencesOf lists the sequences behind a table's columns, by their names in
// DuckDB.
func (s *Session) sequencesOf(ctx context.Context, relation *redshift.Relation) ([]string, error) {
	if relation.Kind != kindTable {
		return nil, nil
	}
	return s.sequences(ctx, `SELECT DISTINCT s.schema_name, s.sequence_name
		FROM duckdb_dependencies() d JOIN duckdb_sequences() s ON s.sequence_oid = d.objid JOIN duckdb_tables() t ON t.table_oid = d.refobjid
		WHERE s.database_name = current_database() AND t.database_name = current_database() AND t.schema_name = $1 AND t.table_name = $2`,
		relation.Schema, relation.Name)
}

// sequencesIn lists the sequences in a schema.
func (s *Session) sequencesIn(ctx context.Context, schema string) ([]string, error) {
	return s.sequences(ctx, "SELECT schema_name, sequence_name FROM duckdb_sequences() WHERE database_name = current_database() AND schema_name = $1", schema)
}

func (s *Session) sequences(ctx context.Context, sql string, args ...any) ([]string, error) {
	result, err := s.conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	var names []string
	for result.Next() {
		row := result.Values()
		names = append(names, duck.Identifier(row[0].(string))+"."+duck.Identifier(row[1].(string)))
	}
	return names, result.Err()
}

func (s *Session) dropSequences(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := s.exec(ctx, "DROP SEQUENCE "+name); err != nil {
			return err
		}
	}
	return nil
}
