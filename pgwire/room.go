package pgwire

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"
)

// A room is the memory that large messages share, and what is made of them: a
// statement's text becomes a tree, which becomes DuckDB's text. A message that
// finds no place waits before its body is read, so the client waits too.
//
// Those above mediumBytes have a part of their own: a statement of a few KiB does
// not stand in line behind one of many MiB.
type room struct {
	medium, large *semaphore.Weighted
	mediumSize    int64
	largeSize     int64
	wait          time.Duration
}

const (
	mediumBytes = 256 << 10
	// statementCost is what a statement takes for each byte of its text, at most
	// about: lists of short constants have the largest trees.
	statementCost = 12
	// argumentsCost is the same for arguments: the message, and a copy of each.
	argumentsCost = 3
)

func newRoom(bytes int64, wait time.Duration) *room {
	r := &room{mediumSize: bytes / 4, largeSize: bytes - bytes/4, wait: wait}
	r.medium, r.large = semaphore.NewWeighted(r.mediumSize), semaphore.NewWeighted(r.largeSize)
	return r
}

// A reservation is a place in a room. The zero value is none.
type reservation struct {
	from  *semaphore.Weighted
	bytes int64
}

func (r reservation) release() {
	if r.from != nil {
		r.from.Release(r.bytes)
	}
}

// errNoRoom ends a wait that took too long.
var errNoRoom = errors.New("no room")

// take waits for a place for a message of size bytes that costs so many times
// its size. A message that costs more than there is gets all there is: it is alone
// then.
func (r *room) take(ctx context.Context, size, cost int64) (reservation, error) {
	place, total := r.medium, r.mediumSize
	if size > mediumBytes {
		place, total = r.large, r.largeSize
	}
	n := min(size*cost, total)
	if place.TryAcquire(n) {
		return reservation{place, n}, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.wait, errNoRoom)
	defer cancel()
	if err := place.Acquire(ctx, n); err != nil {
		return reservation{}, context.Cause(ctx)
	}
	return reservation{place, n}, nil
}

// reserve takes room for a message, before it is read. The wait ends with the
// session's statement timeout and with a cancel request, as a statement's does.
func (c *conn) reserve(ctx context.Context, kind byte, size int) (reservation, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.setCancelWait(cancel)
	defer c.setCancelWait(nil)
	cost := int64(1)
	switch kind {
	case 'Q', 'P':
		cost = statementCost
	case 'B':
		cost = argumentsCost
	}
	if limit := c.sess.StatementTimeout(); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errStatementTimeout)
		defer cancel()
	}
	held, err := c.server.room.take(ctx, int64(size), cost)
	switch {
	case err == nil:
		return held, nil
	case errors.Is(err, errNoRoom):
		e := errorf("53200", "out of memory: a message of %d bytes found no room beside those of other clients within %s", size, c.server.room.wait)
		e.Hint = "Send it again later, split it into smaller statements, or give the server more memory."
		return held, e
	}
	return held, err
}

// errStatementTimeout is the statement timeout of a message that waits for room.
var errStatementTimeout = errorf("57014", "Query cancelled on user's request: statement timeout")

// setCancelWait sets what a cancel request ends besides the session's
// statement; nil: nothing.
func (c *conn) setCancelWait(cancel context.CancelFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancelWait = cancel
}

// cancelRunning ends what the connection is about: a statement, or the wait for
// room of one. From any goroutine.
func (c *conn) cancelRunning() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancelWait != nil {
		c.cancelWait()
	}
	c.sess.Cancel()
}
