package metastore

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"leat"
)

// logOf returns a store's write-ahead log of several transactions, and where
// the last of them begins.
func logOf(t *testing.T) (log []byte, last int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, name := range []string{"a", "b", "c"} {
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		last = int(info.Size())
		d := Delivery{ID: name, Name: name, Created: time.UnixMilli(1), Version: 1, State: "ACTIVE", Definition: []byte("{}")}
		if err := s.CreateDelivery(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if log, err = os.ReadFile(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	return log, last
}

func TestDamageInTheLogIsToldFromATornTail(t *testing.T) {
	log, last := logOf(t)
	for _, test := range []struct {
		name    string
		change  func(log []byte) []byte
		damaged bool
	}{
		{"whole", func(log []byte) []byte { return log }, false},
		{"none", func([]byte) []byte { return nil }, false},
		{"cut in the last transaction", func(log []byte) []byte { return log[:len(log)-100] }, false},
		{"cut in the header", func(log []byte) []byte { return log[:10] }, false},
		{"a bit of the last transaction", func(log []byte) []byte { log[last+2000] ^= 1; return log }, false},
		{"a bit of the transaction before", func(log []byte) []byte { log[last-2000] ^= 1; return log }, true},
		{"a bit of the first frame", func(log []byte) []byte { log[walHeaderBytes+walFrameBytes+5] ^= 1; return log }, true},
		{"a bit of the header", func(log []byte) []byte { log[17] ^= 1; return log }, true},
	} {
		path := filepath.Join(t.TempDir(), "store.db")
		if err := os.WriteFile(path+"-wal", test.change(append([]byte(nil), log...)), 0o600); err != nil {
			t.Fatal(err)
		}
		err := CheckLog(path)
		if got := leat.CodeOf(err) == leat.Corrupt; got != test.damaged || !got && err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if err := CheckLog(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Errorf("without a log: %v", err)
	}
}
