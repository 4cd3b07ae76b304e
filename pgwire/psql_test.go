package pgwire

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"leat/source"
	"leat/warehouse"
)

// goldenPsql is the version of psql that the golden files are from. What another
// one prints differs in words; it must still meet no error that is not expected.
const goldenPsql = "15"

// TestPsqlScripts runs the real psql over testdata/psql against a real warehouse
// and holds all it prints against the file beside the script.
func TestPsqlScripts(t *testing.T) {
	psql := lookPsql(t)
	version, err := exec.Command(psql, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	same := regexp.MustCompile(`\) ` + goldenPsql + `\.`).Match(version)
	scripts, err := filepath.Glob("testdata/psql/*.sql")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".sql")
		t.Run(name, func(t *testing.T) {
			host, port, err := net.SplitHostPort(serveWarehouse(t))
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(testContext(t), psql, "-X", "-a", "-P", "pager=off", "-f", script, "-h", host, "-p", port, "-U", "admin", "dev")
			cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "PGTZ=UTC", "PGSSLMODE=disable")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			out = bytes.ReplaceAll(out, []byte(port), []byte("PORT"))
			if same {
				golden(t, filepath.Join("psql", name+".txt"), out)
				return
			}
			want, err := os.ReadFile(filepath.Join("testdata", "psql", name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := bytes.Count(out, []byte("ERROR:")), bytes.Count(want, []byte("ERROR:")); got != want {
				t.Errorf("%d errors, want %d:\n%s", got, want, out)
			}
		})
	}
}

// serveWarehouse serves an empty warehouse until the test ends.
func serveWarehouse(t *testing.T) string {
	t.Helper()
	w, err := warehouse.Open(warehouse.Config{
		Dir: t.TempDir(),
		OpenSource: func(context.Context, string, string) (source.Source, error) {
			return emptySource{}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Warehouse: w})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if err := w.Close(); err != nil {
			t.Errorf("close the warehouse: %v", err)
		}
	})
	return ln.Addr().String()
}

// emptySource is a stream without records.
type emptySource struct{}

func (emptySource) Identity() string                                 { return "empty" }
func (emptySource) Horizon(context.Context) (source.Position, error) { return "0", nil }
func (emptySource) Latest(context.Context) (source.Position, error)  { return "0", nil }
func (emptySource) Open(context.Context, source.Position) (source.Reader, error) {
	return emptyReader{}, nil
}

type emptyReader struct{}

func (emptyReader) Next(ctx context.Context, _ source.Limit) (source.Batch, error) {
	<-ctx.Done()
	return source.Batch{}, ctx.Err()
}
func (emptyReader) Close() error { return nil }
