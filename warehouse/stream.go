package warehouse

import (
	"context"
	"fmt"

	"leat"
	"leat/source"
)

// openStream opens a stream of an external schema.
func (w *Warehouse) openStream(ctx context.Context, external, stream string) (source.Source, error) {
	kind, err := w.externalKind(ctx, external)
	if err != nil {
		return nil, err
	}
	src, err := w.cfg.OpenSource(ctx, kind, stream)
	if err != nil {
		return nil, fmt.Errorf("read stream %s: %w", stream, err)
	}
	return src, nil
}

// externalKind returns the kind of an external schema: KINESIS.
func (w *Warehouse) externalKind(ctx context.Context, name string) (string, error) {
	release, err := w.use(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	conn, err := w.db.Connect()
	if err != nil {
		return "", err
	}
	defer conn.Close()
	row, err := conn.Row(ctx, "SELECT kind FROM leat.external_schemas WHERE name = $1", name)
	if err != nil {
		return "", err
	}
	if row == nil {
		return "", &leat.Error{Code: leat.NotFound, Message: "external schema " + name + " does not exist"}
	}
	return row[0].(string), nil
}
