package vfs_test

import (
	"errors"
	"testing"

	"leat/vfs"
	"leat/vfs/vfstest"
)

func TestOSConforms(t *testing.T) {
	vfstest.Run(t, func(t *testing.T) (vfs.FS, string) { return vfs.OS(), t.TempDir() })
}

func TestMemConforms(t *testing.T) {
	vfstest.Run(t, func(t *testing.T) (vfs.FS, string) {
		m := vfs.NewMem()
		if err := m.MkdirAll("/data"); err != nil {
			t.Fatal(err)
		}
		return m, "/data"
	})
}

func TestFaultyConformsWithoutFaults(t *testing.T) {
	vfstest.Run(t, func(t *testing.T) (vfs.FS, string) {
		return vfs.NewFaulty(vfs.OS(), func(vfs.Op) error { return nil }), t.TempDir()
	})
}

func TestFaultyFailsTheChosenOperation(t *testing.T) {
	m := vfs.NewMem()
	fsys := vfs.NewFaulty(m, vfs.FailOnce(2))
	f, err := fsys.Create("a")
	if err != nil {
		t.Fatal(err)
	}
	n, err := f.WriteAt([]byte("abcd"), 0)
	if n != 2 || !errors.Is(err, vfs.ErrInjected) {
		t.Errorf("write gave %d, %v; want 2 and the injected error", n, err)
	}
	if _, err := f.WriteAt([]byte("wxyz"), 0); err != nil {
		t.Errorf("the operation after the failed one: %v", err)
	}
	fsys = vfs.NewFaulty(m, vfs.FailFrom(1))
	if _, err := fsys.Open("a"); !errors.Is(err, vfs.ErrInjected) {
		t.Errorf("open gave %v", err)
	}
	if err := fsys.SyncDir("."); !errors.Is(err, vfs.ErrInjected) {
		t.Errorf("syncdir gave %v", err)
	}
	if got := fsys.Count(); got != 2 {
		t.Errorf("counted %d operations, want 2", got)
	}
}
