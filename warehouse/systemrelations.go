package warehouse

import (
	"context"
	"sync"

	"leat/duck"
	"leat/redshift"
)

// systemSchemas are the DuckDB schemas that stand for a schema of Redshift's,
// in the order in which a name is looked for.
var systemSchemas = map[string][]string{
	"pg_catalog":         {"leat_sys", "leat_pg"},
	"information_schema": {"leat_info"},
}

// systemRelations are the system views. They are made when the database is
// opened and do not change, so every session may remember them for good: each
// unqualified name is looked for among them first.
type systemRelations struct {
	mu    sync.Mutex
	homes map[[2]string]string // by Redshift's schema and name: the DuckDB schema; nil: not read yet
	known map[[2]string]*redshift.Relation
}

// find returns a system relation, nil when there is none of the name.
func (s *systemRelations) find(ctx context.Context, c *catalog, schema, name string) (*redshift.Relation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.homes == nil {
		homes, err := systemHomes(ctx, c.conn)
		if err != nil {
			return nil, err
		}
		s.homes, s.known = homes, map[[2]string]*redshift.Relation{}
	}
	key := [2]string{schema, name}
	home, ok := s.homes[key]
	if !ok {
		return nil, nil
	}
	if relation := s.known[key]; relation != nil {
		return relation, nil
	}
	columns, ok := c.columns(home, name)
	if !ok {
		return nil, c.err
	}
	if home == "leat_pg" {
		catalogTypes(columns)
	}
	s.known[key] = &redshift.Relation{
		Schema: schema, Name: name, Kind: kindSystem, Columns: columns,
		DuckName: duck.Identifier(home) + "." + duck.Identifier(name),
	}
	return s.known[key], nil
}

// systemHomes lists the system relations.
func systemHomes(ctx context.Context, conn *duck.Conn) (map[[2]string]string, error) {
	result, err := conn.Query(ctx, "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = current_database() AND schema_name IN ('leat_sys', 'leat_pg', 'leat_info')"+
		" UNION ALL SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name IN ('leat_sys', 'leat_pg', 'leat_info')")
	if err != nil {
		return nil, err
	}
	defer result.Close()
	found := map[[2]string]bool{}
	for result.Next() {
		row := result.Values()
		found[[2]string{row[0].(string), row[1].(string)}] = true
	}
	homes := map[[2]string]string{}
	for schema, candidates := range systemSchemas {
		for key := range found {
			for _, candidate := range candidates {
				if found[[2]string{candidate, key[1]}] {
					homes[[2]string{schema, key[1]}] = candidate
					break
				}
			}
		}
	}
	return homes, result.Err()
}
