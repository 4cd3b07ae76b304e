package kinesis

import (
	"os"
	"path/filepath"
	"testing"

	"leat/vfs"
)

// TestNamesStayInTheirFolder makes streams with names that mean something to
// file systems; all are names to Kinesis.
func TestNamesStayInTheirFolder(t *testing.T) {
	root := t.TempDir()
	s := newTestService(t, vfs.OS(), filepath.Join(root, "streams"))
	handler := s.open()
	names := []string{".", "..", "...", "LOCK", "lock", "a", "A", "con", "a.", "-rf", "_", "attributes"}
	for _, name := range names {
		s.create(name, 1)
		if got := call(t, handler, "PutRecord", `{"StreamName":"`+name+`","Data":"YQ==","PartitionKey":"k"}`); got.status != 200 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, name := range names {
		if got := readShard(t, s, name, shardName(0)); len(got) != 1 {
			t.Errorf("%s has %d records, want 1", name, len(got))
		}
		if got := call(t, handler, "DeleteStream", `{"StreamName":"`+name+`"}`); got.status != 200 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != 1 {
		t.Errorf("the streams' folder is one of %v, %v", entries, err)
	}
}
