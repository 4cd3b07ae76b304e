package duck_test

import (
	"context"
	"sync/atomic"
	"testing"

	"leat/duck"
)

// TestWhoGivesTheReserveBackWaitsForNoQuery: a query that takes memory as fast as
// it is written out would keep the limit up until it ends, which this one does not.
func TestWhoGivesTheReserveBackWaitsForNoQuery(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	defer end()
	var crowded atomic.Int64
	db, _ := openMemory(t, duck.Config{
		Path: t.TempDir() + "/d.duckdb", MemoryBytes: 64 << 20,
		Crowded: func() { crowded.Add(1); end() },
	})
	hog, err := db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer hog.Close()
	ended := make(chan error, 1)
	go func() {
		_, err := hog.Row(ctx, `WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n * 2 + x.i FROM r, (VALUES (0), (1)) x(i) WHERE n < 1000000000000)
SELECT count(*) FROM r`)
		ended <- err
	}()
	for rounds := 0; crowded.Load() == 0; rounds++ {
		db.Reserve()()
		select {
		case err := <-ended:
			if crowded.Load() == 0 {
				t.Fatalf("the query ended by itself after %d rounds: %v", rounds, err)
			}
			return
		default:
		}
	}
	if err := <-ended; duck.TypeOf(err) != duck.Interrupt && duck.TypeOf(err) != duck.OutOfMemory {
		t.Errorf("the query ended with %v", err)
	}
}
