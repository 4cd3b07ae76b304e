package vfs_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"

	"leat/vfs"
)

// crashes calls check with many different crashes of m.
func crashes(t *testing.T, m *vfs.Mem, check func(seed uint64, after *vfs.Mem)) {
	t.Helper()
	for seed := range uint64(200) {
		check(seed, m.CrashClone(rand.New(rand.NewPCG(seed, 1))))
	}
}

func write(t *testing.T, m *vfs.Mem, name string, data []byte, off int64, sync bool) {
	t.Helper()
	f, err := m.OpenFile(name, os.O_RDWR|os.O_CREATE)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(data, off); err != nil {
		t.Fatal(err)
	}
	if sync {
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSyncedBytesSurviveEveryCrash(t *testing.T) {
	m := vfs.NewMem()
	safe := bytes.Repeat([]byte("s"), 10_000)
	write(t, m, "a", safe, 0, true)
	if err := m.SyncDir("."); err != nil {
		t.Fatal(err)
	}
	write(t, m, "a", bytes.Repeat([]byte("u"), 10_000), 10_000, false)
	kept, lost, torn := 0, 0, 0
	crashes(t, m, func(seed uint64, after *vfs.Mem) {
		got, err := vfs.ReadFile(after, "a")
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if len(got) < 10_000 || !bytes.Equal(got[:10_000], safe) {
			t.Fatalf("seed %d: synced bytes are gone", seed)
		}
		switch n := bytes.Count(got, []byte("u")); {
		case n == 10_000:
			kept++
		case n == 0:
			lost++
		default:
			torn++
		}
	})
	if kept == 0 || lost == 0 || torn == 0 {
		t.Errorf("unsynced bytes: kept %d, lost %d, torn %d times; want each to happen", kept, lost, torn)
	}
}

func TestOverwrittenBytesAreOldOrNewAfterCrash(t *testing.T) {
	m := vfs.NewMem()
	write(t, m, "a", bytes.Repeat([]byte("o"), 20_000), 0, true)
	if err := m.SyncDir("."); err != nil {
		t.Fatal(err)
	}
	write(t, m, "a", bytes.Repeat([]byte("n"), 20_000), 0, false)
	mixed := 0
	crashes(t, m, func(seed uint64, after *vfs.Mem) {
		got, err := vfs.ReadFile(after, "a")
		if err != nil {
			t.Fatal(err)
		}
		old, fresh := bytes.Count(got, []byte("o")), bytes.Count(got, []byte("n"))
		if old+fresh != 20_000 {
			t.Fatalf("seed %d: %d old and %d new bytes of 20000", seed, old, fresh)
		}
		if old > 0 && fresh > 0 {
			mixed++
		}
	})
	if mixed == 0 {
		t.Error("no crash mixed old and new pages")
	}
}

func TestNamesSurviveOnlyAfterSyncDir(t *testing.T) {
	m := vfs.NewMem()
	write(t, m, "a", []byte("x"), 0, true)
	seen, gone := 0, 0
	crashes(t, m, func(seed uint64, after *vfs.Mem) {
		if _, err := after.Stat("a"); err == nil {
			seen++
		} else if errors.Is(err, fs.ErrNotExist) {
			gone++
		}
	})
	if seen == 0 || gone == 0 {
		t.Errorf("unsynced name: there %d, gone %d times; want both", seen, gone)
	}
	if err := m.SyncDir("."); err != nil {
		t.Fatal(err)
	}
	crashes(t, m, func(seed uint64, after *vfs.Mem) {
		if _, err := after.Stat("a"); err != nil {
			t.Fatalf("seed %d: synced name is gone", seed)
		}
	})
}

func TestWriteFileIsOldOrNewAfterCrash(t *testing.T) {
	m := vfs.NewMem()
	if err := vfs.WriteFile(m, "a", []byte("old")); err != nil {
		t.Fatal(err)
	}
	write(t, m, "a.tmp", []byte("new!"), 0, true)
	if err := m.Rename("a.tmp", "a"); err != nil {
		t.Fatal(err)
	}
	old, fresh := 0, 0
	crashes(t, m, func(seed uint64, after *vfs.Mem) {
		got, err := vfs.ReadFile(after, "a")
		switch {
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		case string(got) == "old":
			old++
		case string(got) == "new!":
			fresh++
		default:
			t.Fatalf("seed %d: file holds %q", seed, got)
		}
	})
	if old == 0 || fresh == 0 {
		t.Errorf("old %d, new %d times; want both", old, fresh)
	}
}

func TestFullDiskWritesWhatFits(t *testing.T) {
	m := vfs.NewMem()
	m.SetLimit(10)
	f, err := m.Create("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("12345678"), 0); err != nil {
		t.Fatal(err)
	}
	n, err := f.WriteAt([]byte("abcd"), 8)
	if n != 2 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("write gave %d, %v; want 2 and ENOSPC", n, err)
	}
	if err := m.Remove("a"); err != nil {
		t.Fatal(err)
	}
	if f, err = m.Create("b"); err != nil {
		t.Fatal(err)
	}
	if n, err := f.WriteAt([]byte("0123456789"), 0); n != 10 || err != nil {
		t.Errorf("after making room: %d, %v", n, err)
	}
}

func TestFailedSyncIsNotMadeGoodByTheNext(t *testing.T) {
	m := vfs.NewMem()
	fsys := vfs.NewFaulty(m, vfs.FailOnce(3))
	f, err := fsys.Create("a")
	if err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("x"), 10_000)
	if _, err := f.WriteAt(data, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); !errors.Is(err, vfs.ErrInjected) {
		t.Fatalf("sync gave %v", err)
	}
	lost := func() (n int) {
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		if err := m.SyncDir("."); err != nil {
			t.Fatal(err)
		}
		crashes(t, m, func(seed uint64, after *vfs.Mem) {
			if got, err := vfs.ReadFile(after, "a"); err != nil || !bytes.Equal(got, data) {
				n++
			}
		})
		return n
	}
	if lost() == 0 {
		t.Error("a second sync saved bytes whose first sync failed")
	}
	if _, err := f.WriteAt(data, 0); err != nil {
		t.Fatal(err)
	}
	if n := lost(); n != 0 {
		t.Errorf("bytes written and synced again were lost %d times", n)
	}
}
