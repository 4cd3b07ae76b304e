package crash

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// checkTransfers looks for every acknowledged transfer, once, and whether the
// balances are what the transfers make them.
func (c *campaign) checkTransfers(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, "SELECT id, payer, payee, amount FROM transfers")
	if err != nil {
		return err
	}
	var id, payer, payee, amount int
	want := make([]int, accounts)
	there := map[int]bool{}
	_, err = pgx.ForEachRow(rows, []any{&id, &payer, &payee, &amount}, func() error {
		if there[id] {
			c.report.fault("transfer %d is there twice", id)
		}
		there[id] = true
		want[payer] -= amount
		want[payee] += amount
		return nil
	})
	if err != nil {
		return err
	}
	c.transfers.mu.Lock()
	for id, o := range c.transfers.done {
		switch {
		case o == acknowledged && !there[id]:
			c.report.fault("transfer %d was committed and is not there", id)
		case o == refused && there[id]:
			c.report.fault("transfer %d was refused or never committed, and is there", id)
		}
	}
	c.transfers.mu.Unlock()

	var balance int
	rows, err = conn.Query(ctx, "SELECT id, balance FROM accounts ORDER BY id")
	if err != nil {
		return err
	}
	n := 0
	_, err = pgx.ForEachRow(rows, []any{&id, &balance}, func() error {
		if n++; balance != startingBalance+want[id] {
			c.report.fault("account %d has %d, and by its transfers %d: a transfer is there by half", id, balance, startingBalance+want[id])
		}
		return nil
	})
	if n != accounts {
		c.report.fault("there are %d accounts of %d", n, accounts)
	}
	return err
}

// checkTables looks whether tables are there that should be, and whole.
func (c *campaign) checkTables(ctx context.Context, conn *pgx.Conn) error {
	tables, _, _ := c.definitions.known()
	for name, o := range tables {
		there, err := exists(ctx, conn, name)
		if err != nil {
			return err
		}
		c.checkThere(name, o, there)
		if !there {
			continue
		}
		var whole bool
		err = conn.QueryRow(ctx, "SELECT COUNT(*) = 3 AND SUM(a) = 6 AND SUM(c) = 21 AND COUNT(b) = 2 FROM "+name).Scan(&whole)
		if err != nil || !whole {
			c.report.fault("table %s is there by half: %v", name, err)
		}
	}
	return nil
}

func exists(ctx context.Context, conn *pgx.Conn, name string) (there bool, err error) {
	err = conn.QueryRow(ctx, "SELECT COUNT(*) > 0 FROM pg_class WHERE relname = $1", name).Scan(&there)
	return there, err
}

// readBy returns how many records each view and delivery stream has read, by the
// server's counters.
func readBy(values map[string]float64) map[string]float64 {
	read := map[string]float64{}
	for name, value := range values {
		for _, kind := range []struct{ metric, label string }{
			{"leat_view_records_total{", `view="`}, {"leat_delivery_records_total{", `delivery_stream="`},
		} {
			labels, ok := strings.CutPrefix(name, kind.metric)
			if !ok || strings.Contains(labels, `outcome="read"`) {
				continue
			}
			_, rest, _ := strings.Cut(labels, kind.label)
			reader, _, _ := strings.Cut(rest, `"`)
			read[kind.label[:len(kind.label)-2]+" "+reader] += value
		}
	}
	return read
}
