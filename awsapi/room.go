package awsapi

import (
	"context"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// A room is memory that requests share. Those it has no place for wait, but no
// more than some: a client has to be told to come back later before those who
// wait take the memory themselves.
type room struct {
	bytes       *semaphore.Weighted
	waiting     atomic.Int64
	mostWaiting int64
}

func newRoom(bytes int64, mostWaiting int) *room {
	return &room{bytes: semaphore.NewWeighted(bytes), mostWaiting: int64(mostWaiting)}
}

// take waits for so many bytes; give gives them back.
func (r *room) take(ctx context.Context, bytes int64) error {
	if r.bytes.TryAcquire(bytes) {
		return nil
	}
	defer r.waiting.Add(-1)
	if r.waiting.Add(1) > r.mostWaiting {
		return &Error{Type: ServiceUnavailable, Status: http.StatusServiceUnavailable,
			Message: "Leat has more requests at once than it has memory for: send fewer, or try again."}
	}
	return r.bytes.Acquire(ctx, bytes)
}

func (r *room) give(bytes int64) { r.bytes.Release(bytes) }
