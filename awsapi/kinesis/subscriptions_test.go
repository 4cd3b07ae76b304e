package kinesis

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// beginAt begins a subscription and returns its context.
func beginAt(t *testing.T, r *subscriptions, shard uint32, at time.Time) (*subscription, context.Context) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	one, err := r.begin(subscriptionKey{stream: "s", consumer: "app", shard: shard}, at, cancel)
	if err != nil {
		t.Fatal(err)
	}
	return one, ctx
}

func TestEndedSubscriptionsAreForgotten(t *testing.T) {
	var r subscriptions
	began := time.Unix(1000, 0)
	early, _ := beginAt(t, &r, 0, began)
	r.end(early)
	if err := r.check(early.key, began.Add(takeOverTime-1)); !errors.Is(err, errSubscribed) {
		t.Errorf("right after the end of one: %v", err)
	}
	if err := r.check(early.key, began.Add(takeOverTime)); err != nil {
		t.Errorf("later: %v", err)
	}
	// Those that end after their time keep nobody away, and are gone at once.
	late, _ := beginAt(t, &r, 1, began)
	beginAt(t, &r, 2, began.Add(takeOverTime)) // forgets the early one
	r.end(late)
	if len(r.byKey) != 1 || len(r.recent) != 1 {
		t.Errorf("%d are known, %d of them recent, want only the last", len(r.byKey), len(r.recent))
	}
}

func TestTheOldersEndLeavesTheYounger(t *testing.T) {
	var r subscriptions
	began := time.Unix(1000, 0)
	older, olderCtx := beginAt(t, &r, 0, began)
	younger, youngerCtx := beginAt(t, &r, 0, began.Add(takeOverTime))
	if cause := context.Cause(olderCtx); !errors.Is(cause, errTakenOver) {
		t.Errorf("the older was ended by %v", cause)
	}
	r.end(older)
	if err := r.check(younger.key, began.Add(takeOverTime)); !errors.Is(err, errSubscribed) {
		t.Errorf("with the younger there: %v", err)
	}
	r.deregister("s", consumer{Name: "other"})
	if youngerCtx.Err() != nil {
		t.Error("another consumer's deregistration ended it")
	}
	r.deregister("s", consumer{Name: "app"})
	if cause := context.Cause(youngerCtx); !errors.Is(cause, errDeregistered) {
		t.Errorf("the younger was ended by %v", cause)
	}
}

func TestOneOfManyTakesOver(t *testing.T) {
	var r subscriptions
	now := time.Unix(1000, 0)
	for range 50 {
		now = now.Add(takeOverTime)
		won := make(chan *subscription, 8)
		var trying sync.WaitGroup
		for range cap(won) {
			trying.Go(func() {
				_, cancel := context.WithCancelCause(t.Context())
				if one, err := r.begin(subscriptionKey{stream: "s", consumer: "app"}, now, cancel); err == nil {
					won <- one
				}
			})
		}
		trying.Wait()
		if len(won) != 1 {
			t.Fatalf("%d subscriptions began at once", len(won))
		}
		if one := <-won; now.Unix()%2 == 0 {
			r.end(one)
		}
	}
	if len(r.byKey) != 1 || len(r.recent) != 1 {
		t.Errorf("%d are known, %d of them recent", len(r.byKey), len(r.recent))
	}
}
