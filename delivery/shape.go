package delivery

import (
	"context"

	"leat"
	"leat/delivery/objectkey"
	"leat/metastore"
)

// A shape says how records become rows.
type shape struct{}

// newShape checks how a definition's records become rows; nil when they are
// delivered as they came.
func newShape(def Definition, partitions []string) (*shape, error) {
	if !def.rows() {
		return nil, nil
	}
	return nil, &leat.Error{Code: leat.Unsupported, Message: "queries and Parquet are not supported yet"}
}

func (f *follower) putRows(ctx context.Context, w *worker, plan Plan, batch objectkey.Batch) (metastore.Ledger, error) {
	return metastore.Ledger{}, &leat.Error{Code: leat.Unsupported, Message: "queries and Parquet are not supported yet"}
}
