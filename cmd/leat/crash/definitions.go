package crash

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// How long tables and views live, counted in later ones; and how often a view
// is made instead of a table.
const (
	tablesKept = 6
	viewEvery  = 8
	viewsKept  = 2
)

// definitions make and drop tables and streaming views. A table comes to be in
// one transaction, with rows and a column that is added: it is there whole, or not.
type definitions struct {
	mu     sync.Mutex         // guards what follows
	next   int                // number of the next table or view
	tables map[string]outcome // acknowledged: it must be there; refused: it must not
	views  map[string]outcome
	made   int
}

func newDefinitions() *definitions {
	return &definitions{tables: map[string]outcome{}, views: map[string]outcome{}}
}

func (d *definitions) work(ctx context.Context, at *atomic.Pointer[target]) {
	sqlSession(ctx, at, d.change)
}

// change makes one more and drops an old one.
func (d *definitions) change(ctx context.Context, conn *pgx.Conn) error {
	d.mu.Lock()
	n := d.next
	d.next++
	d.mu.Unlock()
	defer pause(ctx, 30*time.Millisecond)
	if n%viewEvery == 0 {
		name := fmt.Sprintf("seen_%d", n)
		if err := d.try(d.views, name, true, func() error {
			_, err := conn.Exec(ctx, "CREATE MATERIALIZED VIEW "+name+" AUTO REFRESH YES AS "+viewOver)
			return err
		}); err != nil {
			return err
		}
		old := fmt.Sprintf("seen_%d", n-viewsKept*viewEvery)
		return d.drop(ctx, conn, d.views, old, "DROP MATERIALIZED VIEW IF EXISTS "+old)
	}
	name := fmt.Sprintf("part_%d", n)
	if err := d.try(d.tables, name, true, func() error { return makeTable(ctx, conn, name) }); err != nil {
		return err
	}
	old := fmt.Sprintf("part_%d", n-tablesKept)
	return d.drop(ctx, conn, d.tables, old, "DROP TABLE IF EXISTS "+old)
}

func makeTable(ctx context.Context, conn *pgx.Conn, name string) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	for _, sql := range []string{
		"CREATE TABLE " + name + " (a int, b varchar(10))",
		"INSERT INTO " + name + " VALUES (1, 'one'), (2, 'zwei'), (3, NULL)",
		"ALTER TABLE " + name + " ADD COLUMN c int DEFAULT 7",
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			tx.Rollback(context.WithoutCancel(ctx)) // the connection is given up in any case
			return err
		}
	}
	return tx.Commit(ctx)
}

func (d *definitions) drop(ctx context.Context, conn *pgx.Conn, of map[string]outcome, name, sql string) error {
	d.mu.Lock()
	was, known := of[name]
	d.mu.Unlock()
	if !known || was == refused {
		return nil
	}
	return d.try(of, name, false, func() error {
		_, err := conn.Exec(ctx, sql)
		return err
	})
}

// try notes whether a table or view will be there (or gone) after f.
func (d *definitions) try(of map[string]outcome, name string, there bool, f func() error) error {
	d.mu.Lock()
	before, known := of[name]
	if !known {
		before = refused
	}
	of[name] = unknown
	d.mu.Unlock()
	err := f()
	d.mu.Lock()
	defer d.mu.Unlock()
	switch outcomeOf(err) {
	case acknowledged:
		d.made++
		of[name] = refused
		if there {
			of[name] = acknowledged
		}
	case refused:
		of[name] = before
	}
	return err
}

// known returns what there should be.
func (d *definitions) known() (tables, views map[string]outcome, made int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.tables), maps.Clone(d.views), d.made
}
