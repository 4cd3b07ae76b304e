package warehouse

import (
	"context"
	"errors"
	"sync"
	"time"

	"leat/duck"
	"leat/redshift"
)

// marks numbers the transactions that change something. A transaction writes its
// number into leat.commits: whoever finds it there later knows that it was
// committed.
type marks struct {
	mu    sync.Mutex // guards what follows
	next  int64
	taken map[int64]bool
	swept int64 // marks below it are removed
}

func (m *marks) take() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next == 0 {
		// Above those of earlier runs of the program.
		m.next, m.taken = time.Now().UnixMicro(), map[int64]bool{}
	}
	m.next++
	m.taken[m.next] = true
	return m.next
}

func (m *marks) give(mark int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.taken, mark)
}

// done returns the lowest mark that is still asked for, and whether there are
// marks below it that were not swept.
func (m *marks) done() (below int64, any bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	below = m.next + 1
	for mark := range m.taken {
		below = min(below, mark)
	}
	any = below > m.swept && m.next > 0
	m.swept = below
	return below, any
}

// sweepMarks removes the marks that nobody will ask for.
func (w *Warehouse) sweepMarks(ctx context.Context) error {
	below, any := w.marks.done()
	if !any {
		return nil
	}
	release, err := w.use(ctx)
	if err != nil {
		return err
	}
	defer release()
	conn, err := w.db.Connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Exec(ctx, "DELETE FROM leat.commits WHERE id < $1", below)
	return err
}

// mayBeDurable reports whether a failed commit may have been one all the same:
// unless another transaction was faster.
func mayBeDurable(err error) bool {
	switch duck.TypeOf(err) {
	case duck.IO, duck.Fatal, duck.Internal, duck.OutOfMemory, duck.Connection:
		return true
	case duck.Transaction:
		return isDiskFull(err) || duck.IsGivenUp(err)
	}
	return false
}

// How long isDurable tries, and how long it waits between.
const (
	durableTimeout = 15 * time.Second
	durablePause   = 50 * time.Millisecond
)

// isDurable finds out whether the transaction with a mark is committed: it looks,
// in the database as it is or as it is after it was opened anew.
func (w *Warehouse) isDurable(mark int64) (durable bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), durableTimeout)
	defer cancel()
	for {
		durable, err = w.findMark(ctx, mark)
		var sql *redshift.Error
		if err == nil || ctx.Err() != nil || errors.As(err, &sql) && sql.SQLSTATE != "57P03" {
			return durable, err
		}
		w.suspect(err)
		select {
		case <-ctx.Done():
			return false, err
		case <-time.After(durablePause):
		}
	}
}

func (w *Warehouse) findMark(ctx context.Context, mark int64) (found bool, err error) {
	release, err := w.use(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	conn, err := w.db.Connect()
	if err != nil {
		return false, err
	}
	defer conn.Close()
	row, err := conn.Row(ctx, "SELECT count(*) FROM leat.commits WHERE id = $1", mark)
	if err != nil {
		return false, err
	}
	return row[0].(int64) > 0, nil
}
