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
	return translated, err
}
