package shardlog

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"leat/vfs"
)

// TestSettingsChangeWholeOrNotAtAll fails every operation of a row of changes,
// then crashes: the settings are those of the last change that was
// acknowledged, or of one after it that was tried.
func TestSettingsChangeWholeOrNotAtAll(t *testing.T) {
	const changes = 3
	for n := 1; ; n++ {
		disk := vfs.NewMem()
		store := mustOpen(t, Config{FS: disk, Now: newClock().Now})
		mustCreate(t, store, Spec{Name: "orders", Shards: 1, Attributes: []byte("0")})
		if err := store.ChangeAttributes(t.Context(), func([]byte) ([]byte, error) { return []byte("0"), nil }); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}

		faulty := vfs.NewFaulty(disk, vfs.FailOnce(n))
		acknowledged, acknowledgedAll := 0, 0
		if store, err := Open(Config{FS: faulty, Dir: store.cfg.Dir, Now: newClock().Now}); err == nil {
			if stream, err := store.Stream("orders"); err == nil {
				for i := 1; i <= changes; i++ {
					if stream.Change(t.Context(), func(s *Settings) error {
						s.MaxRecordBytes, s.Attributes = 1<<20+i, []byte(strconv.Itoa(i))
						return nil
					}) == nil {
						acknowledged = i
					}
					if store.ChangeAttributes(t.Context(), func([]byte) ([]byte, error) { return []byte(strconv.Itoa(i)), nil }) == nil {
						acknowledgedAll = i
					}
				}
			}
			_ = store.Close() // may be what fails
		}

		for seed := range uint64(3) {
			after := mustOpen(t, Config{FS: disk.CrashClone(rand.New(rand.NewPCG(seed, uint64(n)))), Dir: store.cfg.Dir, Now: newClock().Now})
			stream, err := after.Stream("orders")
			if err != nil {
				t.Fatalf("operation %d: %v", n, err)
			}
			info := stream.Info()
			got, err := strconv.Atoi(string(info.Attributes))
			if err != nil || got < acknowledged || info.MaxRecordBytes != 1<<20+got {
				t.Errorf("operation %d: attributes %s and %d bytes after change %d", n, info.Attributes, info.MaxRecordBytes, acknowledged)
			}
			all, err := after.Attributes()
			if err != nil {
				t.Fatalf("operation %d: %v", n, err)
			}
			if got, err := strconv.Atoi(string(all)); err != nil || got < acknowledgedAll {
				t.Errorf("operation %d: attributes of all streams %s after change %d", n, all, acknowledgedAll)
			}
			if err := after.Close(); err != nil {
				t.Errorf("operation %d: %v", n, err)
			}
		}
		if faulty.Count() < n {
			if n < 20 {
				t.Errorf("only %d operations were made", n-1)
			}
			return
		}
	}
}
