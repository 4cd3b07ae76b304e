package delivery

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// crasher ends a service at its n-th step: after a plan was saved, before and
// after an object was put, after a plan was closed. From then on every
// operation fails, as it does for a process that is gone.
type crasher struct {
	mu    sync.Mutex
	left  int // steps until the crash; negative: it has happened
	die   context.CancelFunc
	ended chan struct{}
}

var errCrashed = errors.New("the process is gone")

func (c *crasher) step() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left < 0 {
		return errCrashed
	}
	if c.left--; c.left < 0 {
		close(c.ended)
		c.die()
		return errCrashed
	}
	return nil
}

// runCrashing runs the rig's service until its n-th step, or until all has
// been delivered; it tells which.
func (r *rig) runCrashing(n int, use func(ctx context.Context) error) (crashed bool) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := &crasher{left: n, die: cancel, ended: make(chan struct{})}
	cfg := r.cfg
	cfg.Events = Events{
		PlanSaved:  func(string, Plan) { c.step() },
		PlanClosed: func(string, Plan) { c.step() },
	}
	r.bucket.Fail = func(op, _ string) error {
		if op == "put" || op == "put done" {
			return c.step()
		}
		return nil
	}
	s, err := Open(cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	r.service = s
	useErr := use(ctx)
	select {
	case <-c.ended:
		crashed = true
	default:
		if useErr != nil {
			r.t.Fatal(useErr)
		}
	}
	cancel()
	if err := <-done; err != nil {
		r.t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		r.t.Fatal(err)
	}
	r.bucket.Fail = nil
	return crashed
}

func TestEachRecordIsInTheBucketOnceWhereverItCrashes(t *testing.T) {
	const records = 60
	for n := 0; ; n++ {
		r := newRig(t)
		src := newMemSource("events")
		r.sources["events"] = src
		src.put(began, lines(0, records)...)
		r.start()
		r.create(jsonLake)
		r.stop()

		crashed := r.runCrashing(n, func(ctx context.Context) error { return r.service.Flush(ctx, "clicks") })
		r.start()
		r.flush("clicks")
		checkOnce(t, r.objects(), records)
		if s := r.checkLedger("clicks", records); s.Objects != uint64(len(r.objects())) {
			t.Errorf("the ledger has %d objects, the bucket %d", s.Objects, len(r.objects()))
		}
		r.stop()
		if t.Failed() {
			t.Fatalf("crashed at step %d", n)
		}
		if !crashed {
			if n < 10 {
				t.Fatalf("only %d steps could crash", n)
			}
			return
		}
	}
}

func TestEachRecordIsInTheBucketOnceAfterManyCrashes(t *testing.T) {
	for seed := range uint64(10) {
		rng := rand.New(rand.NewPCG(seed, 1))
		r := newRig(t)
		src := newMemSource("events")
		r.sources["events"] = src
		r.start()
		def := jsonLake
		def.BufferAge = time.Millisecond
		r.create(def)
		r.stop()
		sent := 0
		for range 12 {
			more := rng.IntN(40)
			src.put(began.Add(time.Duration(rng.IntN(7200))*time.Second), lines(sent, sent+more)...)
			sent += more
			r.runCrashing(rng.IntN(25), func(ctx context.Context) error { return r.service.Flush(ctx, "clicks") })
		}
		r.start()
		r.flush("clicks")
		checkOnce(t, r.objects(), sent)
		r.checkLedger("clicks", uint64(sent))
		r.stop()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
