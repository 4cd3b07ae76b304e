package warehouse

import (
	"context"
	"fmt"

	"leat/duck"
	"leat/redshift"
)

// translateStream translates the query of a stream view with the settings that
// the view was made with.
func translateStream(conn *duck.Conn, w *Warehouse, def definition) (*redshift.StreamQuery, error) {
	statements, err := def.Settings.Literals.Parse(def.Query)
	if err != nil {
		return nil, err
	}
	if len(statements) != 1 {
		return nil, fmt.Errorf("the definition has %d statements", len(statements))
	}
	query, ok := statements[0].(*redshift.Query)
	if !ok {
		return nil, fmt.Errorf("the definition is no query")
	}
	cat := &catalog{ctx: context.Background(), w: w, conn: conn, cache: newRelationCache(0), settings: def.Settings, assumeStreams: true}
	translated, err := redshift.TranslateStream(query, cat, def.Settings)
	if cat.err != nil {
		return nil, cat.err
	}
	if err != nil {
		return nil, err
	}
	return translated, fitStored(conn, def, translated)
}

// fitStored casts SUPER results to the types that the view's table has. Earlier
// versions computed with SUPER in DOUBLE PRECISION, and the tables of their views
// have such columns.
func fitStored(conn *duck.Conn, def definition, query *redshift.StreamQuery) error {
	rows, err := conn.Query(context.Background(), `SELECT column_name, data_type FROM duckdb_columns()
		WHERE schema_name = $1 AND table_name = $2 AND data_type <> 'JSON'`, def.Schema, def.Name)
	if err != nil {
		return err
	}
	defer rows.Close()
	stored := map[string]string{}
	for rows.Next() {
		row := rows.Values()
		stored[row[0].(string)] = row[1].(string)
	}
	for i := range query.Columns {
		c := &query.Columns[i]
		if typ, ok := stored[c.Name]; ok && c.Type.Name == "super" {
			c.Expr = "TRY_CAST(leat_json_scalar(" + c.Expr + ", '$') AS " + typ + ")"
		}
	}
	return rows.Err()
}
