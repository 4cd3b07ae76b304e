package warehouse

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"leat/duck"
	"leat/redshift"
)

// The kinds of materialized views.
const (
	streamView = "stream" // over a stream, incremental
	tableView  = "table"  // over tables and views, computed anew
)

// A definition is a materialized view as the catalog keeps it.
type definition struct {
	ID             int64
	Schema, Name   string
	Kind           string
	Definition     string // the whole statement
	Query          string // the text after AS
	Settings       redshift.Settings
	Options        map[string]string
	AutoRefresh    bool
	ExternalSchema string // of a stream view
	Stream         string // of a stream view
	Owner          string
	Created        time.Time
}

const definitionColumns = `id, schema_name, name, kind, definition, query, settings, options, auto_refresh,
	coalesce(external_schema, ''), coalesce(stream, ''), owner, created`

// readViews returns all materialized views.
func readViews(conn *duck.Conn) ([]definition, error) {
	return queryDefinitions(context.Background(), conn, "SELECT "+definitionColumns+" FROM leat.views ORDER BY id")
}

// findView returns a materialized view by name, nil when there is none.
func findView(ctx context.Context, conn *duck.Conn, schema, name string) (*definition, error) {
	found, err := queryDefinitions(ctx, conn, "SELECT "+definitionColumns+" FROM leat.views WHERE schema_name = $1 AND name = $2", schema, name)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

func queryDefinitions(ctx context.Context, conn *duck.Conn, sql string, args ...any) ([]definition, error) {
	result, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	var found []definition
	for result.Next() {
		row := result.Values()
		def := definition{
			ID: row[0].(int64), Schema: row[1].(string), Name: row[2].(string), Kind: row[3].(string),
			Definition: row[4].(string), Query: row[5].(string), AutoRefresh: row[8].(bool),
			ExternalSchema: row[9].(string), Stream: row[10].(string), Owner: row[11].(string), Created: row[12].(time.Time),
		}
		if err := json.Unmarshal([]byte(row[6].(string)), &def.Settings); err != nil {
			return nil, fmt.Errorf("settings of view %s.%s: %w", def.Schema, def.Name, err)
		}
		if err := json.Unmarshal([]byte(row[7].(string)), &def.Options); err != nil {
			return nil, fmt.Errorf("options of view %s.%s: %w", def.Schema, def.Name, err)
		}
		found = append(found, def)
	}
	return found, result.Err()
}

// insertDefinition adds a materialized view to the catalog and gives it its id.
func insertDefinition(ctx context.Context, conn *duck.Conn, def *definition) error {
	row, err := conn.Row(ctx, "SELECT nextval('leat.ids')")
	if err != nil {
		return err
	}
	def.ID = row[0].(int64)
	settings, err := json.Marshal(def.Settings)
	if err != nil {
		return err
	}
	if def.Options == nil {
		def.Options = map[string]string{}
	}
	options, err := json.Marshal(def.Options)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "INSERT INTO leat.views VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		def.ID, def.Schema, def.Name, def.Kind, def.Definition, def.Query, string(settings), string(options), def.AutoRefresh,
		def.ExternalSchema, def.Stream, def.Owner, def.Created)
	if err != nil || def.Kind != streamView {
		return err
	}
	_, err = conn.Exec(ctx, "INSERT INTO leat.view_state VALUES ($1, NULL, NULL, 0, 0, 0, 0, 0, NULL)", def.ID)
	return err
}
