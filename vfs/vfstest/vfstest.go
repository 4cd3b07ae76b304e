// Package vfstest is the conformance suite of vfs.FS: what every
// implementation must do, whatever it keeps its files in.
//
// It checks behaviour while the machine runs. What survives a crash cannot be
// seen from here; the tests of vfs.Mem pin that down for the model the other
// packages' crash tests rest on.
package vfstest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leat/vfs"
)

// Run runs the suite. open returns a file system and an empty folder in it.
func Run(t *testing.T, open func(t *testing.T) (fsys vfs.FS, dir string)) {
	tests := []struct {
		name string
		run  func(t *testing.T, fsys vfs.FS, dir string)
	}{
		{"WrittenBytesReadBack", writtenBytesReadBack},
		{"SequentialAndPositionalWritesMix", sequentialIO},
		{"TruncateCutsAndGrowsWithZeros", truncate},
		{"OpenFlags", openFlags},
		{"RenameReplacesInOneStep", rename},
		{"RemovedFileIsReadOn", removedFile},
		{"FoldersListSorted", folders},
		{"MissingNamesAreErrNotExist", missing},
		{"ClosedFileRefuses", closedFile},
		{"LockIsExclusive", lock},
		{"WriteFileReplaces", writeFile},
		{"ConcurrentUse", concurrent},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fsys, dir := open(t)
			test.run(t, fsys, dir)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, fsys vfs.FS, name, data string) {
	t.Helper()
	f, err := fsys.Create(name)
	must(t, err)
	_, err = f.WriteAt([]byte(data), 0)
	must(t, err)
	must(t, f.Sync())
	must(t, f.Close())
}

func wantFile(t *testing.T, fsys vfs.FS, name, want string) {
	t.Helper()
	got, err := vfs.ReadFile(fsys, name)
	must(t, err)
	if string(got) != want {
		t.Errorf("%s holds %q, want %q", name, got, want)
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
}

func writtenBytesReadBack(t *testing.T, fsys vfs.FS, dir string) {
	name := filepath.Join(dir, "a")
	f, err := fsys.Create(name)
	must(t, err)
	defer f.Close()
	_, err = f.WriteAt([]byte("world"), 6)
	must(t, err)
	_, err = f.WriteAt([]byte("hello "), 0)
	must(t, err)
	size, err := f.Size()
	must(t, err)
	if size != 11 {
		t.Errorf("size is %d, want 11", size)
	}
	wantFile(t, fsys, name, "hello world")

	buf := make([]byte, 8)
	if n, err := f.ReadAt(buf, 6); n != 5 || err != io.EOF {
		t.Errorf("read over the end gave %d bytes and %v, want 5 and EOF", n, err)
	}
	if n, err := f.ReadAt(buf, 11); n != 0 || err != io.EOF {
		t.Errorf("read at the end gave %d bytes and %v, want 0 and EOF", n, err)
	}
	_, err = f.WriteAt([]byte("!"), 5000)
	must(t, err)
	gap := make([]byte, 4989)
	_, err = f.ReadAt(gap, 11)
	must(t, err)
	for i, b := range gap {
		if b != 0 {
			t.Fatalf("byte %d of a gap is %d, want 0", i, b)
		}
	}
}

func sequentialIO(t *testing.T, fsys vfs.FS, dir string) {
	name := filepath.Join(dir, "a")
	f, err := fsys.Create(name)
	must(t, err)
	for i := range 3 {
		_, err = fmt.Fprintf(f, "line %d\n", i)
		must(t, err)
	}
	_, err = f.WriteAt([]byte("L"), 0)
	must(t, err)
	must(t, f.Close())
	g, err := fsys.Open(name)
	must(t, err)
	defer g.Close()
	got, err := io.ReadAll(g)
	must(t, err)
	if diff := cmp.Diff("Line 0\nline 1\nline 2\n", string(got)); diff != "" {
		t.Error(diff)
	}
}

func truncate(t *testing.T, fsys vfs.FS, dir string) {
	name := filepath.Join(dir, "a")
	f, err := fsys.Create(name)
	must(t, err)
	defer f.Close()
	_, err = f.WriteAt([]byte("abcdef"), 0)
	must(t, err)
	must(t, f.Truncate(2))
	wantFile(t, fsys, name, "ab")
	must(t, f.Truncate(4))
	wantFile(t, fsys, name, "ab\x00\x00")
	must(t, f.Truncate(0))
	_, err = f.WriteAt([]byte("z"), 3)
	must(t, err)
	wantFile(t, fsys, name, "\x00\x00\x00z")
}

func openFlags(t *testing.T, fsys vfs.FS, dir string) {
	name := filepath.Join(dir, "a")
	_, err := fsys.OpenFile(name, os.O_RDWR)
	wantError(t, err, fs.ErrNotExist)
	f, err := fsys.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	must(t, err)
	_, err = f.WriteAt([]byte("abc"), 0)
	must(t, err)
	must(t, f.Close())
	_, err = fsys.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	wantError(t, err, fs.ErrExist)
	f, err = fsys.OpenFile(name, os.O_RDWR|os.O_CREATE)
	must(t, err)
	must(t, f.Close())
	wantFile(t, fsys, name, "abc")
	f, err = fsys.Open(name)
	must(t, err)
	if _, err := f.WriteAt([]byte("x"), 0); err == nil {
		t.Error("a file opened for reading takes writes")
	}
	must(t, f.Close())
	f, err = fsys.Create(name)
	must(t, err)
	must(t, f.Close())
	wantFile(t, fsys, name, "")
}

func rename(t *testing.T, fsys vfs.FS, dir string) {
	a, b, sub := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "sub")
	create(t, fsys, a, "new")
	create(t, fsys, b, "old")
	must(t, fsys.Rename(a, b))
	wantFile(t, fsys, b, "new")
	_, err := fsys.Stat(a)
	wantError(t, err, fs.ErrNotExist)

	must(t, fsys.MkdirAll(sub))
	create(t, fsys, filepath.Join(sub, "c"), "moved")
	must(t, fsys.Rename(sub, filepath.Join(dir, "other")))
	wantFile(t, fsys, filepath.Join(dir, "other", "c"), "moved")
	must(t, fsys.Rename(filepath.Join(dir, "other", "c"), a))
	wantFile(t, fsys, a, "moved")
	wantError(t, fsys.Rename(filepath.Join(dir, "none"), a), fs.ErrNotExist)
	must(t, fsys.SyncDir(dir))
}

func removedFile(t *testing.T, fsys vfs.FS, dir string) {
	name := filepath.Join(dir, "a")
	create(t, fsys, name, "still here")
	f, err := fsys.Open(name)
	must(t, err)
	defer f.Close()
	must(t, fsys.Remove(name))
	buf := make([]byte, 10)
	_, err = f.ReadAt(buf, 0)
	must(t, err)
	if string(buf) != "still here" {
		t.Errorf("read %q", buf)
	}
	_, err = fsys.Open(name)
	wantError(t, err, fs.ErrNotExist)
}

func folders(t *testing.T, fsys vfs.FS, dir string) {
	deep := filepath.Join(dir, "x", "y", "z")
	must(t, vfs.EnsureDir(fsys, deep))
	must(t, vfs.EnsureDir(fsys, deep))
	must(t, fsys.MkdirAll(deep))
	create(t, fsys, filepath.Join(dir, "b"), "bb")
	create(t, fsys, filepath.Join(dir, "a"), "")
	entries, err := fsys.ReadDir(dir)
	must(t, err)
	got := []string{}
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		size := info.Size()
		if e.IsDir() {
			size = -1
		}
		got = append(got, fmt.Sprintf("%s %v %d", e.Name(), e.IsDir(), size))
	}
	if diff := cmp.Diff([]string{"a false 0", "b false 2", "x true -1"}, got); diff != "" {
		t.Error(diff)
	}
	if err := fsys.Remove(filepath.Join(dir, "x")); err == nil {
		t.Error("a folder that is not empty was removed")
	}
	info, err := fsys.Stat(deep)
	must(t, err)
	if !info.IsDir() {
		t.Error("a folder is not one")
	}
	must(t, fsys.RemoveAll(filepath.Join(dir, "x")))
	must(t, fsys.RemoveAll(filepath.Join(dir, "x")))
	_, err = fsys.Stat(deep)
	wantError(t, err, fs.ErrNotExist)
	if err := vfs.EnsureDir(fsys, filepath.Join(dir, "b", "c")); err == nil {
		t.Error("a folder was made below a file")
	}
}

func missing(t *testing.T, fsys vfs.FS, dir string) {
	none := filepath.Join(dir, "none")
	_, err := fsys.Open(none)
	wantError(t, err, fs.ErrNotExist)
	_, err = fsys.Create(filepath.Join(none, "a"))
	wantError(t, err, fs.ErrNotExist)
	_, err = fsys.ReadDir(none)
	wantError(t, err, fs.ErrNotExist)
	_, err = fsys.Stat(none)
	wantError(t, err, fs.ErrNotExist)
	wantError(t, fsys.Remove(none), fs.ErrNotExist)
	wantError(t, fsys.SyncDir(none), fs.ErrNotExist)
}

func closedFile(t *testing.T, fsys vfs.FS, dir string) {
	f, err := fsys.Create(filepath.Join(dir, "a"))
	must(t, err)
	must(t, f.Close())
	_, err = f.WriteAt([]byte("x"), 0)
	wantError(t, err, fs.ErrClosed)
	_, err = f.ReadAt(make([]byte, 1), 0)
	wantError(t, err, fs.ErrClosed)
	wantError(t, f.Sync(), fs.ErrClosed)
}

func lock(t *testing.T, fsys vfs.FS, dir string) {
	name := filepath.Join(dir, "LOCK")
	held, err := fsys.Lock(name)
	must(t, err)
	_, err = fsys.Lock(name)
	var locked *vfs.LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("second lock gave %v, want a *LockedError", err)
	}
	if locked.PID != os.Getpid() {
		t.Errorf("lock is held by process %d, want %d", locked.PID, os.Getpid())
	}
	must(t, held.Close())
	held, err = fsys.Lock(name)
	must(t, err)
	must(t, held.Close())
}

func writeFile(t *testing.T, fsys vfs.FS, dir string) {
	name := filepath.Join(dir, "a")
	must(t, vfs.WriteFile(fsys, name, []byte("one, long")))
	must(t, vfs.WriteFile(fsys, name, []byte("two")))
	wantFile(t, fsys, name, "two")
	entries, err := fsys.ReadDir(dir)
	must(t, err)
	if len(entries) != 1 {
		t.Errorf("%d names in the folder, want 1", len(entries))
	}
}

func concurrent(t *testing.T, fsys vfs.FS, dir string) {
	shared, err := fsys.Create(filepath.Join(dir, "shared"))
	must(t, err)
	defer shared.Close()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			own := filepath.Join(dir, fmt.Sprintf("own-%d", i))
			if err := vfs.WriteFile(fsys, own, []byte("data")); err != nil {
				t.Error(err)
			}
			for j := range 50 {
				off := int64(j*8 + i)
				if _, err := shared.WriteAt([]byte{byte('a' + i)}, off); err != nil {
					t.Error(err)
				}
				buf := make([]byte, 1)
				if _, err := shared.ReadAt(buf, off); err != nil || buf[0] != byte('a'+i) {
					t.Errorf("read %q, %v", buf, err)
				}
			}
		})
	}
	group.Wait()
	entries, err := fsys.ReadDir(dir)
	must(t, err)
	if len(entries) != 9 {
		t.Errorf("%d names in the folder, want 9", len(entries))
	}
}
