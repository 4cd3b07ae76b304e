package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"leat/cmd/leat/client"
)

// TestOtherUsersOfTheMachineReadNothing looks at the permissions of every file
// that a server makes, also after a start on a folder whose files were open.
func TestOtherUsersOfTheMachineReadNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := serve(t, data)
	p.createStream(t, "events", 1)
	p.createDelivery(t, client.Archive("archive", "events", "private", 1, 1))
	execute(t, p.connect(t), "CREATE TABLE t (a int)", "INSERT INTO t VALUES (1)")
	checkPrivate(t, data)
	if code := p.stop(t); code != 0 {
		t.Fatalf("leat serve ended with %d", code)
	}
	for _, open := range []string{"warehouse/warehouse.duckdb", "delivery/delivery.db", "token.key"} {
		if err := os.Chmod(filepath.Join(data, open), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	serve(t, data)
	checkPrivate(t, data)
}

func checkPrivate(t *testing.T, data string) {
	t.Helper()
	err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o007 != 0 || entry.Name() == "token.key" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
