package shardlog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"leat/vfs"
)

// TestAcknowledgedRecordsSurviveCrash crashes the machine again and again, at
// random moments of random work, and continues with what the disk kept.
func TestAcknowledgedRecordsSurviveCrash(t *testing.T) {
	for _, shards := range []int{1, 16, 300} {
		t.Run(fmt.Sprintf("shards=%d", shards), func(t *testing.T) {
			for seed := range uint64(30) {
				crashRun(t, seed, shards)
			}
		})
	}
}

func crashRun(t *testing.T, seed uint64, shards int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 3))
	disk, clock, m := vfs.NewMem(), newClock(), newModel(seed)
	crashed := false
	for range 6 {
		// The disk is cloned as it is before some operation: a crash there.
		var after *vfs.Mem
		crashAt := 1 + rng.IntN(60)
		faulty := vfs.NewFaulty(disk, func(op vfs.Op) error {
			if after == nil && op.N >= crashAt {
				after = disk.CrashClone(rng)
			}
			if after != nil {
				return vfs.ErrInjected // the machine is off
			}
			return nil
		})
		cfg := Config{FS: faulty, Dir: "/streams", SegmentBytes: 20 << 10, Now: clock.Now}
		store, err := Open(cfg)
		if err == nil {
			stream, err := store.Stream("orders")
			if err != nil {
				stream, err = store.Create(t.Context(), Spec{Name: "orders", Shards: shards})
			}
			for err == nil && after == nil {
				clock.add(1000)
				if rng.IntN(4+shards/20) == 0 {
					err = m.reshard(stream, 2*shards)
				}
				if err == nil {
					err = m.offer(stream, m.batch(1+rng.IntN(30), 300))
				}
				if rng.IntN(2) == 0 {
					store.tidy(t.Context())
				}
				if rng.IntN(10) == 0 {
					break // a crash at rest, or just an orderly end
				}
			}
			store.Close()
		}
		if after != nil {
			disk, crashed = after, true
		}
		checkDisk(t, seed, disk, m)
	}
	if !crashed {
		t.Logf("seed %d never crashed", seed)
	}
}

// checkDisk opens a copy of a disk and checks that it holds what the model says.
func checkDisk(t *testing.T, seed uint64, disk *vfs.Mem, m *model) {
	t.Helper()
	// A clone without unsynced parts is a copy.
	store, err := Open(Config{FS: disk, Dir: "/streams", SegmentBytes: 20 << 10})
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	defer store.Close()
	stream, err := store.Stream("orders")
	if err != nil {
		for _, k := range m.offered {
			if k.acked {
				t.Fatalf("seed %d: stream with acknowledged records is gone", seed)
			}
		}
		return
	}
	if err := stream.Err(); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	m.check(t, stream)
	mustVerify(t, disk, "/streams")
	if t.Failed() {
		t.Fatalf("seed %d", seed)
	}
	// What recovery found is final: records that survived unacknowledged stay.
	for _, r := range readAll(t, stream, "0") {
		k := m.byData[string(r.Data)]
		k.acked, k.receipt = true, Receipt{r.Shard, r.Sequence}
	}
}

// TestEveryFailingOperationIsSurvived fails operation 1, 2, 3 … of a fixed piece
// of work, once with the disk gone from then on and once with a single fault,
// until the work succeeds, and checks each time what a restart finds.
func TestEveryFailingOperationIsSurvived(t *testing.T) {
	for name, fail := range map[string]func(int) func(vfs.Op) error{"once": vfs.FailOnce, "from": vfs.FailFrom} {
		t.Run(name, func(t *testing.T) {
			for n := 1; ; n++ {
				disk, m := vfs.NewMem(), newModel(uint64(n))
				faulty := vfs.NewFaulty(disk, fail(n))
				faultyWork(t, faulty, m)
				checkDisk(t, uint64(n), disk.CrashClone(rand.New(rand.NewPCG(uint64(n), 4))), m.clone())
				// The process restarts and works on, then the machine does.
				checkDisk(t, uint64(n), disk, m)
				restartWork(t, disk, m, func() {
					for seed := range uint64(2) {
						checkDisk(t, seed, disk.CrashClone(rand.New(rand.NewPCG(seed, uint64(n)))), m.clone())
					}
				})
				for seed := range uint64(2) {
					checkDisk(t, seed, disk.CrashClone(rand.New(rand.NewPCG(seed, uint64(n)))), m.clone())
				}
				if faulty.Count() < n {
					t.Logf("%d operations", n-1)
					break
				}
			}
		})
	}
}

// restartWork appends one batch after a restart, and calls check before the
// stream is closed.
func restartWork(t *testing.T, fsys vfs.FS, m *model, check func()) {
	t.Helper()
	store, err := Open(Config{FS: fsys, Dir: "/streams", SegmentBytes: 20 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	stream, err := store.Stream("orders")
	if err != nil {
		stream, err = store.Create(t.Context(), Spec{Name: "orders", Shards: 4})
	}
	if err == nil {
		err = m.offer(stream, m.batch(10, 300))
	}
	if err != nil {
		t.Fatal(err)
	}
	check()
}

// faultyWork makes a stream, fills three segments, reopens, removes by
// retention, and checks that errors are sticky.
func faultyWork(t *testing.T, fsys vfs.FS, m *model) {
	t.Helper()
	clock := newClock()
	cfg := Config{FS: fsys, Dir: "/streams", SegmentBytes: 20 << 10, Now: clock.Now}
	for range 2 {
		store, err := Open(cfg)
		if err != nil {
			return
		}
		stream, err := store.Stream("orders")
		if err != nil {
			stream, err = store.Create(t.Context(), Spec{Name: "orders", Shards: 4})
		}
		for i := range 5 {
			if err != nil {
				break
			}
			if i > 2 {
				store.tidy(t.Context()) // the first time the stream was busy
			}
			clock.add(3600e9)
			if i%2 == 1 {
				faultyReshard(t, stream, m)
			}
			stopped := stream.Err()
			appendErr := m.offer(stream, m.batch(10, 3000))
			if stopped != nil && !errors.Is(appendErr, stopped) {
				t.Fatalf("append gave %v after the stream stopped with %v", appendErr, stopped)
			}
			if appendErr != nil && !errors.Is(appendErr, vfs.ErrInjected) {
				t.Fatalf("append gave %v, which hides the cause", appendErr)
			}
		}
		if err == nil {
			clock.add(20 * 3600e9)
			store.Retain(t.Context())
			// It may meet the fault, but must neither panic nor hang.
			_, _ = tryReadAll(t.Context(), stream, "0", limitUntil(stream))
		}
		store.Close()
	}
}

// faultyReshard changes the shards, perhaps of a stream that has stopped.
func faultyReshard(t *testing.T, stream *Stream, m *model) {
	t.Helper()
	stopped := stream.Err()
	err := m.reshard(stream, 8)
	if stopped != nil && !errors.Is(err, stopped) {
		t.Fatalf("resharding gave %v after the stream stopped with %v", err, stopped)
	}
	if err != nil && !errors.Is(err, vfs.ErrInjected) {
		t.Fatalf("resharding gave %v, which hides the cause", err)
	}
}
