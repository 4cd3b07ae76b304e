package server

import (
	"bytes"
	"strings"
	"testing"

	"leat"
	"leat/vfs"
)

func TestADataFolderIsForOneProcess(t *testing.T) {
	fsys, folder := vfs.OS(), Folder(t.TempDir()+"/data")
	lock, err := folder.prepare(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.prepare(fsys); leat.CodeOf(err) != leat.InUse || !strings.Contains(err.Error(), string(folder)) {
		t.Errorf("a second owner got %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := folder.prepare(fsys)
	if err != nil {
		t.Fatalf("after the first owner has gone: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheTokenKeyOutlivesARestart(t *testing.T) {
	fsys, folder := vfs.OS(), Folder(t.TempDir())
	first, err := folder.tokenKey(fsys)
	if err != nil {
		t.Fatal(err)
	}
	second, err := folder.tokenKey(fsys)
	if err != nil || !bytes.Equal(first, second) || bytes.Equal(first, make([]byte, len(first))) {
		t.Errorf("keys %x and %x, %v", first, second, err)
	}
}
