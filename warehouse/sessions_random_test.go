package warehouse

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSessionsAgreeWithAModel lets several sessions do random things in turn.
// Each sees the database as its snapshot and its own changes make it; what is
// committed is what the model says; a statement fails as it does there, or
// because another session was faster.
func TestSessionsAgreeWithAModel(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		checks.Value.Set("30") // a hundred take half a minute
		defer checks.Value.Set(checks.DefValue)
	}
	f := newFixture(t)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		schema := fmt.Sprintf("r%d", round)
		f.do("CREATE SCHEMA " + schema)
		m := &modelRun{T: t, f: f, schema: schema, world: &modelWorld{committed: newModelDB()}}
		for range 3 {
			m.sessions = append(m.sessions, m.newSession())
		}
		defer m.end()
		for range rapid.IntRange(10, 60).Draw(t, "steps") {
			m.step(m.sessions[rapid.IntRange(0, len(m.sessions)-1).Draw(t, "session")])
		}
		for _, s := range m.sessions {
			if s.TxStatus() != 'I' {
				m.run(s, "ROLLBACK")
			}
		}
		m.compare()
	})
}

type modelRun struct {
	*rapid.T
	f        *fixture
	schema   string
	world    *modelWorld
	changes  int // committed
	sessions []*modelSession
	trace    []string
}

type modelSession struct {
	*Session
	name           string
	snapshot, mine *modelDB // nil while there is none
	version        int      // how many changes were committed before the snapshot
}

func (m *modelRun) newSession() *modelSession {
	s := &modelSession{Session: m.f.newSession(), name: fmt.Sprintf("s%d", len(m.sessions)+1)}
	if _, err := try(s.Session, "SET search_path = "+m.schema+"; SET lock_timeout = 1"); err != nil {
		m.Fatal(err)
	}
	return s
}

func (m *modelRun) end() {
	for _, s := range m.sessions {
		s.Close()
	}
	if _, err := try(m.f.session, "DROP SCHEMA "+m.schema+" CASCADE"); err != nil {
		m.Fatalf("drop the schema: %v", err)
	}
}

// run runs a statement and returns its rows and its SQLSTATE.
func (m *modelRun) run(s *modelSession, sql string) (shown, state string) {
	m.trace = append(m.trace, s.name+": "+sql)
	rows, err := try(s.Session, sql)
	for _, row := range rows {
		shown += strings.Trim(fmt.Sprint(row), "[]") + "\n"
	}
	if err != nil {
		state = stateOfError(err)
		m.trace = append(m.trace, "  "+err.Error())
	}
	return shown, state
}

func (m *modelRun) fatalf(format string, args ...any) {
	m.Helper()
	m.Fatalf(format+"\n%s", append(args, strings.Join(m.trace, "\n"))...)
}

func (m *modelRun) step(s *modelSession) {
	switch kind := rapid.IntRange(0, 9).Draw(m.T, "kind"); {
	case kind <= 2 && s.TxStatus() == 'I':
		m.run(s, "BEGIN")
	case kind <= 1 && s.TxStatus() != 'I':
		m.endBlock(s, rapid.Bool().Draw(m.T, "commit"))
	default:
		m.statement(s, m.draw())
	}
}

func (m *modelRun) draw() modelStep {
	w := m.world
	name := func() string { return rapid.SampledFrom([]string{"a", "a", "b"}).Draw(m.T, "table") }
	column := func() string { return rapid.SampledFrom([]string{"x", "y"}).Draw(m.T, "column") }
	view := func() string { return rapid.SampledFrom([]string{"v", "w"}).Draw(m.T, "view") }
	number := func() int { return rapid.IntRange(0, 3).Draw(m.T, "number") }
	switch rapid.IntRange(0, 18).Draw(m.T, "statement") {
	case 0, 1:
		return w.create(name())
	case 2, 3:
		return w.drop(name(), rapid.Bool().Draw(m.T, "cascade"))
	case 4:
		return w.rename(name(), name())
	case 5, 6:
		return w.addColumn(name(), column(), number())
	case 7:
		return w.dropColumn(name(), column())
	case 8:
		return w.renameColumn(name(), column(), column())
	case 9, 10:
		return w.insert(name())
	case 11:
		return w.update(name(), column(), number(), number()%3)
	case 12:
		return w.remove(name(), number())
	case 13, 14:
		return w.createView(view(), name())
	case 15:
		return w.dropView(view())
	case 16:
		return w.readView(view())
	}
	return w.read(name())
}

// statement runs a step and compares it with the model.
func (m *modelRun) statement(s *modelSession, step modelStep) {
	block := s.TxStatus()
	if block == 'E' {
		if _, state := m.run(s, step.sql); state != stateAborted {
			m.fatalf("in a failed block: %s", state)
		}
		return
	}
	before := m.world.committed
	if s.mine != nil {
		before = s.mine
	}
	after := before.clone()
	wantShown, want := step.apply(after)
	shown, state := m.run(s, step.sql)
	switch {
	case state == stateSerialization && m.mayClash(s):
	case state == stateUnsupported && strings.HasPrefix(step.sql, "ALTER") && block == 'T': // after an UPDATE
	case state != want:
		m.fatalf("%s gives %q, want %q", step.sql, state, want)
	case shown != wantShown:
		m.fatalf("%s gives\n%swant\n%s", step.sql, shown, wantShown)
	}
	switch {
	case block == 'T' && state != "":
		s.snapshot, s.mine = nil, nil
	case block == 'T':
		if s.snapshot == nil {
			s.snapshot, s.version = before.clone(), m.changes
		}
		s.mine = after
	case state == "":
		m.world.committed = after
		m.changes++
	}
}

// mayClash reports whether another session can be in the way of one: it has
// changed something that is not committed, or since this one's snapshot.
func (m *modelRun) mayClash(s *modelSession) bool {
	if s.mine != nil && s.version != m.changes {
		return true
	}
	return slices.ContainsFunc(m.sessions, func(other *modelSession) bool { return other != s && other.mine != nil })
}

func (m *modelRun) endBlock(s *modelSession, commit bool) {
	word := "ROLLBACK"
	if commit {
		word = "COMMIT"
	}
	failed := s.TxStatus() == 'E'
	_, state := m.run(s, word)
	switch {
	case state != "" && (state != stateSerialization || !m.mayClash(s)):
		m.fatalf("%s gives %s", word, state)
	case s.TxStatus() != 'I':
		m.fatalf("after %s the state is %c", word, s.TxStatus())
	case commit && !failed && state == "" && s.mine != nil:
		m.world.committed.merge(s.snapshot, s.mine)
		m.changes++
	}
	s.snapshot, s.mine = nil, nil
}

// compare looks at everything that is committed.
func (m *modelRun) compare() {
	var want []string
	for _, table := range m.world.committed.tables {
		want = append(want, table.name)
		if got, state := m.run(m.sessions[0], "SELECT * FROM "+table.name+" ORDER BY id"); state != "" || got != table.content() {
			m.fatalf("table %s has\n%s%s, want\n%s", table.name, got, state, table.content())
		}
	}
	for view := range m.world.committed.views {
		want = append(want, view)
		if _, state := m.run(m.sessions[0], "SELECT * FROM "+view); state != "" {
			m.fatalf("view %s cannot be read: %s", view, state)
		}
	}
	slices.Sort(want)
	rows, err := try(m.f.session, "SELECT table_name FROM information_schema.tables WHERE table_schema = '"+m.schema+"' ORDER BY 1")
	var got []string
	for _, row := range rows {
		got = append(got, row[0].(string))
	}
	if err != nil || !slices.Equal(got, want) {
		m.fatalf("the catalog shows %v, want %v (%v)", got, want, err)
	}
}
