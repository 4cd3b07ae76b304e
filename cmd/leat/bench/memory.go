package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// What Memory promises, and how it attacks.
const (
	// attackTimeout is the clients' statement_timeout; an answer must come within
	// attackGrace after it.
	attackTimeout = 10 * time.Second
	attackGrace   = time.Second
	// freshnessGoal is how old rows may be at the 99th percentile.
	freshnessGoal = 2 * time.Second
	// feedRate is how many events a second the view gets meanwhile, feedCall how
	// many are in a call.
	feedRate, feedCall = 500, 25
	// holdFor is how long clients that stop reading keep their result.
	holdFor = 3 * time.Second
)

// mostResident is what a server may take that was given so much memory.
func mostResident(memory int64) int64 { return memory/100*115 + 100<<20 }

// Memory attacks a server with statements that want more memory than there is,
// while a view is fed, and says of each what it took, how it was answered, and
// how fresh the view stayed.
func Memory(ctx context.Context, cfg Config) (*Report, error) {
	if cfg.MemoryBytes == 0 {
		cfg.MemoryBytes = 1 << 30
	}
	load := fmt.Sprintf("statements that want more than the %d MiB there are, with a statement_timeout of %s; a view with %d events a second meanwhile",
		cfg.MemoryBytes>>20, attackTimeout, feedRate)
	return withServer(ctx, cfg.withDefaults(), "memory", load, func(ctx context.Context, r *run) error {
		conn, err := r.connectSQL(ctx)
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		if err := r.createStream(ctx, fedView); err != nil {
			return err
		}
		for _, sql := range append(attackTable, viewSQL(fedView, fedView, "YES")) {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%.60s: %w", sql, err)
			}
		}
		for _, a := range attacks() {
			if cfg.Quick && !a.quick || !strings.Contains(a.name, cfg.Attack) {
				continue
			}
			result, err := r.attack(ctx, conn, a)
			if err != nil {
				return fmt.Errorf("%s: %w", a.name, err)
			}
			r.Progress(result.line())
			r.report.Attacks = append(r.report.Attacks, result)
		}
		return nil
	})
}

// fedView is the view, and its stream, that is fed while attacks go on.
const fedView = "fed"

// attack runs one attack and measures what happens meanwhile.
func (r *run) attack(ctx context.Context, conn *pgx.Conn, a attack) (Attack, error) {
	for _, sql := range a.prepare {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return Attack{}, fmt.Errorf("%s: %w", sql, err)
		}
	}
	// The peak that the system keeps begins anew.
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", r.PID()), []byte("5"), 0o600); err != nil {
		return Attack{}, fmt.Errorf("begin a new peak of memory: %w", err)
	}
	feeding, stopFeeding := context.WithCancel(ctx)
	defer stopFeeding()
	l := r.newLoad(fedView)
	l.connections, l.perCall, l.rate = 1, feedCall, feedRate
	watch, err := r.feed(feeding, fedView, l, nil)
	if err != nil {
		return Attack{}, err
	}
	result := Attack{Name: a.name, Clients: max(a.clients, 1), Answers: map[string]int{}}
	var mu sync.Mutex // guards result
	clients, clientsCtx := errgroup.WithContext(ctx)
	for range result.Clients {
		clients.Go(func() error {
			answer, took, err := r.strike(clientsCtx, a)
			mu.Lock()
			defer mu.Unlock()
			result.Answers[answer]++
			result.Seconds = max(result.Seconds, took.Seconds())
			return err
		})
	}
	err = clients.Wait()
	stopFeeding()
	fresh, feedErr := watch.end()
	if err := errors.Join(err, feedErr); err != nil {
		return Attack{}, err
	}
	result.FreshnessSeconds = fresh.Quantile(0.99).Seconds()
	memory, err := r.Memory()
	if err != nil {
		return Attack{}, err
	}
	result.PeakBytes, result.MostBytes = int64(memory.Peak), mostResident(r.MemoryBytes)
	for _, sql := range a.clean {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return Attack{}, fmt.Errorf("%s: %w", sql, err)
		}
	}
	return result, nil
}
