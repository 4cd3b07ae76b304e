package crash

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// accounts are how many there are; each begins with startingBalance.
const (
	accounts        = 8
	startingBalance = 1_000_000
)

// setUpTransfers makes the tables of transfers.
var setUpTransfers = []string{
	"CREATE TABLE accounts (id int NOT NULL, balance bigint NOT NULL)",
	"INSERT INTO accounts SELECT n, 1000000 FROM (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7) x",
	"CREATE TABLE transfers (id bigint NOT NULL, payer int NOT NULL, payee int NOT NULL, amount bigint NOT NULL)",
}

// transfers move money between accounts, with an entry in a journal, in one
// transaction: no half of one may ever be there.
type transfers struct {
	random  *rand.Rand
	commits *bell // rung when a COMMIT is about to be sent

	mu   sync.Mutex // guards done
	done []outcome  // by the transfer's id
}

func (t *transfers) work(ctx context.Context, at *atomic.Pointer[target]) {
	sqlSession(ctx, at, t.transfer)
}

func (t *transfers) transfer(ctx context.Context, conn *pgx.Conn) error {
	t.mu.Lock()
	id := len(t.done)
	t.done = append(t.done, refused) // until it is asked to commit, it must not be there
	payer, payee, amount := t.random.IntN(accounts), t.random.IntN(accounts), t.random.IntN(100)
	t.mu.Unlock()

	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{"UPDATE accounts SET balance = balance - $1 WHERE id = $2", []any{amount, payer}},
		{"UPDATE accounts SET balance = balance + $1 WHERE id = $2", []any{amount, payee}},
		{"INSERT INTO transfers VALUES ($1, $2, $3, $4)", []any{id, payer, payee, amount}},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
		}
	}
	t.settle(id, unknown)
	t.commits.ring()
	err = tx.Commit(ctx)
	t.settle(id, outcomeOf(err))
	pause(ctx, 5*time.Millisecond)
	return err
}

func (t *transfers) settle(id int, o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done[id] = o
}

func (t *transfers) count() (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, o := range t.done {
		if o == acknowledged {
			n++
		}
	}
	return n
}
