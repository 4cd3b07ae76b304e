package warehouse

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leat/redshift"
)

var rewrite = flag.Bool("rewrite", false, "write what the scripts of sessions give, and what is generated into the manual")

// TestSessionsInterleaveAsWritten runs testdata/sessions: what several sessions
// do in turn, and what each of them sees. A line is a step, the indented lines
// below it are its result; blank lines and # lines are kept. Steps:
//
//	s1: SQL                  run statements in session s1, made when first named
//	s1 begins: SQL           start a statement that waits for another session
//	s1 ends                  the result of the statement that s1 began
//	s1 cancel                cancel what s1 runs
//	s1 close                 end the session
//	s1 prepare p: SQL        prepare a statement
//	s1 execute p: 1, 2       run it with arguments
//	s1 open c: SQL           run a query and read its first row
//	s1 fetch c               read the rest
//	put events: {} {}        put documents into a stream, made when first named
//	hold public.v            take a streaming view's turn, as a refresh does
//	release public.v         give it back
//	reopen                   close the warehouse and open it again
func TestSessionsInterleaveAsWritten(t *testing.T) {
	files, err := filepath.Glob("testdata/sessions/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := newSessionScript(t).run(string(text))
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(strings.Split(string(text), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s (-want +got; go test -rewrite accepts it):\n%s", file, diff)
			}
			if words := foreignWords.FindString(got); words != "" {
				t.Errorf("%s shows words of the database below: %q", file, words)
			}
		})
	}
}

// foreignWords are in no message of Redshift's.
var foreignWords = regexp.MustCompile(`(?i)binder|catalog error|transactioncontext|write-write|duckdb|candidate bindings|did you mean|internal error|configuration|\bleat\.`)

// A sessionScript is a script that runs.
type sessionScript struct {
	*fixture
	sessions map[string]*scriptSession
}

type scriptSession struct {
	*Session
	prepared map[string]*Prepared
	cursors  map[string]*Rows
	pending  chan string // the result of a statement that waits
}

func newSessionScript(t *testing.T) *sessionScript {
	return &sessionScript{fixture: newFixture(t), sessions: map[string]*scriptSession{}}
}

func (s *sessionScript) run(text string) string {
	var out strings.Builder
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "  "): // a result, made anew
			continue
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
			out.WriteString(line + "\n")
			continue
		}
		out.WriteString(line + "\n")
		for _, result := range strings.Split(strings.TrimRight(s.step(line), "\n"), "\n") {
			if result != "" {
				out.WriteString("  " + result + "\n")
			}
		}
	}
	return out.String()
}

func (s *sessionScript) step(line string) string {
	head, rest, _ := strings.Cut(line, ": ")
	words := strings.Fields(head)
	switch words[0] {
	case "put":
		return s.put(words[1], rest)
	case "reopen":
		s.sessions = map[string]*scriptSession{}
		s.reopen()
		return ""
	case "hold":
		s.named(words[1]).lock(s.t.Context())
		return ""
	case "release":
		s.named(words[1]).unlock()
		return ""
	}
	session := s.of(words[0])
	if len(words) == 1 {
		return session.run(rest)
	}
	return s.act(session, words[1], strings.Join(words[2:], " "), rest)
}

func (s *sessionScript) act(session *scriptSession, verb, name, rest string) string {
	switch verb {
	case "begins":
		return s.begins(session, rest)
	case "ends":
		return <-session.pending
	case "cancel":
		session.Cancel()
		return ""
	case "close":
		return failure(session.Close())
	case "prepare":
		statements, err := redshift.Parse(rest)
		if err == nil {
			session.prepared[name], err = session.Prepare(s.t.Context(), statements[0], nil)
		}
		return failure(err)
	case "execute":
		var args []any
		for arg := range strings.SplitSeq(rest, ", ") {
			if arg != "" {
				args = append(args, arg)
			}
		}
		rows, err := session.Execute(s.t.Context(), session.prepared[name], args)
		if err != nil {
			return failure(err)
		}
		defer rows.Close()
		return session.show(rows, -1)
	case "open":
		statements, err := redshift.Parse(rest)
		if err != nil {
			return failure(err)
		}
		p, err := session.Prepare(s.t.Context(), statements[0], nil)
		if err != nil {
			return failure(err)
		}
		rows, err := session.Execute(s.t.Context(), p, nil)
		if err != nil {
			return failure(err)
		}
		session.cursors[name] = rows
		return session.show(rows, 1)
	case "fetch":
		defer session.cursors[name].Close()
		return session.show(session.cursors[name], -1)
	}
	s.t.Fatalf("the step %q of a script", verb)
	return ""
}

// begins starts a statement that has to wait and returns when it does.
func (s *sessionScript) begins(session *scriptSession, sql string) string {
	session.pending = make(chan string, 1)
	before := s.waiting.Load()
	go func() { session.pending <- session.run(sql) }()
	for s.waiting.Load() == before {
		select {
		case result := <-session.pending:
			return "(does not wait)\n" + result
		default:
			runtime.Gosched()
		}
	}
	return "(waits)"
}

func (s *sessionScript) of(name string) *scriptSession {
	if s.sessions[name] == nil {
		s.sessions[name] = &scriptSession{Session: s.newSession(), prepared: map[string]*Prepared{}, cursors: map[string]*Rows{}}
	}
	return s.sessions[name]
}

func (s *sessionScript) put(name, documents string) string {
	s.streams.mu.Lock()
	stream := s.streams.streams[name]
	s.streams.mu.Unlock()
	if stream == nil {
		stream = newFakeStream(name)
		s.streams.set(name, stream)
	}
	stream.put(strings.Fields(documents)...)
	return ""
}

// named returns an open view by its qualified name.
func (s *sessionScript) named(name string) *view {
	for _, v := range s.openViews() {
		if v.def.Schema+"."+v.def.Name == name {
			return v
		}
	}
	s.t.Fatalf("no open view %s", name)
	return nil
}

// run runs statements up to the first that fails.
func (s *scriptSession) run(sql string) string {
	ctx, out := context.Background(), ""
	statements, err := redshift.Parse(sql)
	if err != nil {
		return failure(err)
	}
	for _, stmt := range statements {
		p, err := s.Prepare(ctx, stmt, nil)
		if err != nil {
			return out + s.said() + failure(err)
		}
		rows, err := s.Execute(ctx, p, nil)
		if err != nil {
			return out + s.said() + failure(err)
		}
		out += s.show(rows, -1)
		rows.Close()
	}
	return out
}

// said returns the session's notices.
func (s *scriptSession) said() (out string) {
	for _, n := range s.Notices() {
		out += fmt.Sprintf("%s: %s\n", n.Severity, n.Message)
	}
	return out
}

// show writes rows, up to a limit; at the end the tag of what returns none.
func (s *scriptSession) show(rows *Rows, limit int) string {
	out, n := s.said(), 0
	for n != limit && rows.Next() {
		n++
		cells := make([]string, len(rows.Values()))
		for i, v := range rows.Values() {
			if cells[i] = "NULL"; v != nil {
				cells[i] = fmt.Sprint(v)
			}
		}
		out += strings.Join(cells, " | ") + "\n"
	}
	switch {
	case rows.Err() != nil:
		return out + s.said() + failure(rows.Err())
	case rows.Columns() == nil:
		return out + rows.Tag() + "\n"
	case n == 0:
		return out + "(no rows)\n"
	}
	return out
}

// failure writes an error as a client shows it.
func failure(err error) string {
	if err == nil {
		return ""
	}
	e, ok := err.(*redshift.Error)
	if !ok {
		return "ERROR without SQLSTATE: " + err.Error() + "\n"
	}
	out := "ERROR " + e.SQLSTATE + ": " + e.Message + "\n"
	if e.Detail != "" {
		out += "DETAIL: " + e.Detail + "\n"
	}
	return out
}
