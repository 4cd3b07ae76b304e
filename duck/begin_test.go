package duck

import (
	"context"
	"testing"
)

// TestAnInterruptedBeginLeavesNoTransaction interrupts BEGIN again and again: now
// and then it comes when the transaction is open already.
func TestAnInterruptedBeginLeavesNoTransaction(t *testing.T) {
	db, err := Open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	interrupted := 0
	for range 3000 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if err := conn.Begin(ctx); err == nil {
			err = conn.Rollback()
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		interrupted++
		if err := conn.Begin(t.Context()); err != nil {
			t.Fatalf("after %d interrupts: %v", interrupted, err)
		}
		if err := conn.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of 3000 were interrupted", interrupted)
}
