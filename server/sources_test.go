package server

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"leat/shardlog"
	"leat/source/kpl/kpltest"
)

// TestAViewTakesAggregatesApartUnlessTheyAreKept starts a server with and
// without the switch on one folder: the view goes on where it was.
func TestAViewTakesAggregatesApartUnlessTheyAreKept(t *testing.T) {
	data := t.TempDir()
	aggregate := kpltest.Aggregate(kpltest.User{Key: "a", Data: "one"}, kpltest.User{Key: "b", Data: "two"})
	for i, keep := range []bool{false, true, false} {
		cfg := testConfig(t, data)
		cfg.KeepAggregates = keep
		s, err := Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		conn, err := pgx.Connect(ctx, "postgres://admin@"+s.Addrs().SQL+"/dev?sslmode=disable")
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if _, err := s.streams.Create(ctx, shardlog.Spec{Name: "events", Shards: 1}); err != nil {
				t.Fatal(err)
			}
			for _, sql := range []string{
				"CREATE EXTERNAL SCHEMA streams FROM KINESIS IAM_ROLE default",
				"CREATE MATERIALIZED VIEW v AS SELECT partition_key, kinesis_data FROM streams.events",
			} {
				if _, err := conn.Exec(ctx, sql); err != nil {
					t.Fatal(err)
				}
			}
		}
		stream, err := s.streams.Stream("events")
		if err != nil {
			t.Fatal(err)
		}
		entries := []shardlog.Entry{{PartitionKey: fmt.Append(nil, "outer-", i), Data: aggregate}}
		if err := stream.Append(ctx, entries, make([]shardlog.Receipt, 1)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(ctx, "REFRESH MATERIALIZED VIEW v"); err != nil {
			t.Fatal(err)
		}
		rows, err := conn.Query(ctx, "SELECT partition_key FROM v ORDER BY 1")
		if err != nil {
			t.Fatal(err)
		}
		keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{{"a", "b"}, {"a", "b", "outer-1"}, {"a", "a", "b", "b", "outer-1"}}[i]
		if diff := cmp.Diff(want, keys); diff != "" {
			t.Errorf("keys of the view in round %d:\n%s", i, diff)
		}
		conn.Close(ctx)
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
