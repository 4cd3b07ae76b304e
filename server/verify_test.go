package server

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"leat/duck"
)

// oldFolder unpacks a data folder that has something in every part.
func oldFolder(t *testing.T) Folder {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("tar", "-xzf", "../e2e/testdata/folders/first.tar.gz", "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return Folder(filepath.Join(dir, "data"))
}

// flip changes one bit in the middle of a file.
func flip(t *testing.T, pattern string, at func(size int) int) {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("there is no %s: %v", pattern, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	text[at(len(text))] ^= 0x10
	if err := os.WriteFile(found[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func middle(size int) int { return size / 2 }

// contents is a sum of every file of a folder.
func contents(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	sums := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.EqualFold(entry.Name(), "lock") {
			return err
		}
		text, err := os.ReadFile(path)
		sums[path] = sha256.Sum256(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func TestVerifyFindsDamageInEveryPartAndChangesNothing(t *testing.T) {
	for _, test := range []struct {
		name, pattern string
		at            func(size int) int
		part          string // "": nothing is damaged
	}{
		{"nothing", "", nil, ""},
		{"a stream's record", "streams/events/*.log", middle, "stream events"},
		{"a record of DirectPut", "delivery/direct/*/*.log", middle, "delivery stream "},
		{"the warehouse's header", "warehouse/warehouse.duckdb", func(int) int { return 40 }, "the warehouse"},
		{"the warehouse's log", "warehouse/warehouse.duckdb.wal", middle, "the warehouse"},
		{"the delivery streams' log", "delivery/delivery.db-wal", middle, "the delivery streams"},
		{"the log's header", "delivery/delivery.db-wal", func(int) int { return 9 }, "the delivery streams"},
		{"an object in gzip", "buckets/lake/archive/*/*/*/*/*.gz", middle, "bucket lake"},
		{"the foot of an object in Parquet", "buckets/lake/raw/*/*/*/*/*.parquet", func(n int) int { return n - 7 }, "bucket lake"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := oldFolder(t)
			if test.pattern != "" {
				flip(t, filepath.Join(string(folder), test.pattern), test.at)
			}
			before := contents(t, string(folder))
			findings, err := Verify(t.Context(), folder)
			if err != nil {
				t.Fatal(err)
			}
			for path, sum := range contents(t, string(folder)) {
				if old := before[path]; !bytes.Equal(old[:], sum[:]) {
					t.Errorf("verify has changed %s", path)
				}
			}
			var damaged []string
			for _, f := range findings {
				if f.Damage {
					damaged = append(damaged, f.Part)
				}
			}
			switch {
			case test.part == "" && len(damaged) > 0:
				t.Errorf("damage is found where none is: %+v", findings)
			case test.part != "" && (len(damaged) == 0 || !strings.HasPrefix(damaged[0], test.part)):
				t.Errorf("the damaged parts are %q, want %q: %+v", damaged, test.part, findings)
			}
		})
	}
}

// The blocks of a table are checked too, and not the log alone.
func TestVerifyReadsEveryBlockOfATable(t *testing.T) {
	folder := Folder(t.TempDir())
	s, err := Open(testConfig(t, string(folder)))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder.Warehouse(), "warehouse.duckdb")
	db, err := duck.Open(duck.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE TABLE public.wide AS SELECT i, sha256(i::varchar) AS text FROM range(100000) r(i)"); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	db.Close()
	flip(t, path, middle)
	findings, err := Verify(t.Context(), folder)
	if err != nil || len(findings) == 0 || !strings.Contains(findings[0].Message, "wide") {
		t.Errorf("a flipped bit in a table is not found: %+v, %v", findings, err)
	}
}
