package shardlog

import (
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"leat"
	"leat/vfs"
)

// TestARunOutOfFileHandlesPasses lets no file be opened for a while: at the
// stream's first commit, at the beginning of a segment, and in the middle of that.
// Appends fail meanwhile, and go on afterwards.
func TestARunOutOfFileHandlesPasses(t *testing.T) {
	for _, test := range []struct {
		name   string
		kind   string // of operation that fails
		filled int    // batches before
	}{
		{"to begin with", "open", 0},
		{"a new segment", "open", 4},
		{"a new segment's folder", "syncdir", 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out atomic.Bool
			disk, m := vfs.NewMem(), newModel(1)
			faulty := vfs.NewFaulty(disk, func(op vfs.Op) error {
				if out.Load() && op.Kind == test.kind {
					return syscall.EMFILE
				}
				return nil
			})
			store := mustOpen(t, Config{FS: faulty, SegmentBytes: 10 << 10})
			stream := mustCreate(t, store, Spec{Name: "orders", Shards: 3})
			for range test.filled {
				if err := m.offer(stream, m.batch(1, 2000)); err != nil {
					t.Fatal(err)
				}
			}
			out.Store(true)
			var failed error
			for range 20 {
				if failed = m.offer(stream, m.batch(1, 2000)); failed != nil {
					break
				}
			}
			if leat.CodeOf(failed) != leat.Unavailable || !errors.Is(failed, syscall.EMFILE) || !strings.Contains(failed.Error(), "too many files are open") {
				t.Fatalf("got %v", failed)
			}
			if err := stream.Err(); err != nil {
				t.Fatalf("the stream stopped: %v", err)
			}
			out.Store(false)
			for range 20 {
				if err := m.offer(stream, m.batch(1, 2000)); err != nil {
					t.Fatal(err)
				}
			}
			m.check(t, stream)
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			checkDisk(t, 1, disk, m)
		})
	}
}
