package e2e

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// A typist types at leat sql's prompt, in a terminal, and reads the screen.
type typist struct {
	t      *testing.T
	screen safeBuffer
	seen   int // of screen, by await
	pty    *os.File
	ended  chan error
}

func typeAt(t *testing.T, p *process, home string) *typist {
	t.Helper()
	command := exec.Command(binary, "sql", "--address", p.SQL)
	command.Env = append(os.Environ(), "TERM=xterm", "HOME="+home, "XDG_CACHE_HOME="+home)
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	w := &typist{t: t, pty: terminal, ended: make(chan error, 1)}
	go func() {
		io.Copy(&w.screen, terminal) // ends with an error when the program does
		w.ended <- command.Wait()
	}()
	t.Cleanup(func() {
		command.Process.Kill() // fails only when it has ended
		terminal.Close()
	})
	return w
}

func (w *typist) types(text string) {
	w.t.Helper()
	if _, err := w.pty.WriteString(text); err != nil {
		w.t.Fatal(err)
	}
}

// await waits for text that has come since the last await.
func (w *typist) await(text string) {
	w.t.Helper()
	err := poll(func() (bool, error) {
		fresh := w.screen.String()[w.seen:]
		i := strings.Index(fresh, text)
		if i >= 0 {
			w.seen += i + len(text)
		}
		return i >= 0, nil
	})
	if err != nil {
		w.t.Fatalf("%q does not appear: %v\n%s", text, err, w.screen.String())
	}
}

func TestPeopleTypeSQLAtAPrompt(t *testing.T) {
	p := serve(t, t.TempDir())
	home := t.TempDir()
	w := typeAt(t, p, home)
	w.await("dev=> ")
	w.types("SELECT 'a;b' AS x,\r")
	w.await("dev-> ")
	w.types("\\timing\r")
	w.await("Timing is on.")
	w.types("40 + 2 AS y;\r")
	w.await("a;b | 42")
	w.await("Time: ")
	w.await("dev=> ")
	w.types("SELECT nothing;\r")
	w.await(`column "nothing" does not exist`)
	w.await("^")
	w.types("CREATE TABLE orders (id int NOT NULL, note varchar(10));\r")
	w.await("CREATE TABLE")
	w.types("\\d\r")
	w.await("orders")
	w.types("\\d orders\r")
	w.await("character varying(10)")
	w.types("\\nonsense\r")
	w.await(`\? lists what there is`)
	w.types("BEGIN;\r")
	w.await("dev=*> ")
	w.types("SELECT 1/0;\r")
	w.await("dev=!> ")
	w.types("ROLLBACK;\r")
	w.await("dev=> ")

	// Ctrl-C: what is half typed is forgotten, and what runs is cancelled.
	w.types("SELECT half\r")
	w.await("dev-> ")
	w.types("\x03")
	w.await("dev=> ")
	w.types("CREATE TABLE n AS SELECT 1 AS i UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4;\r")
	w.await("dev=> ")
	w.types("SELECT count(*) FROM n a, n b, n c, n d, n e, n f, n g, n h, n i, n j, n k, n l, n m, n o, n p, n q, n r;\r")
	w.await("n r;")
	// The statement may not have begun when the first Ctrl-C comes.
	if err := poll(func() (bool, error) {
		w.types("\x03")
		screen := w.screen.String()
		return strings.Contains(screen, "57014") || strings.Contains(screen, "leat: cancelled"), nil
	}); err != nil {
		t.Fatalf("Ctrl-C does not cancel: %v\n%s", err, w.screen.String())
	}
	w.await("dev=> ")
	w.types("SELECT 'still ' || 'here' AS z;\r")
	w.await("still here\r\n")
	w.await("dev=> ")
	w.types("\x04")
	if err := <-w.ended; err != nil {
		t.Errorf("Ctrl-D ends it with %v", err)
	}

	// The arrow up brings back what was typed the last time.
	w = typeAt(t, p, home)
	w.await("dev=> ")
	w.types("\x1b[A")
	w.await("'still ' || 'here'")
	w.types("\r")
	w.await("still here")
	w.types("\\q\r")
	if err := <-w.ended; err != nil {
		t.Errorf("\\q ends it with %v", err)
	}
}
