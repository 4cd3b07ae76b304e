package fuzz

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// watchLife waits for the end of the server, which must not come. It then looks
// for the statement that did it, and starts the server again.
func (c *campaign) watchLife(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.server.Ended():
		}
		c.at.Store(nil)
		c.mu.Lock()
		var suspects []statement
		for _, s := range c.running {
			if s.sql != "" {
				suspects = append(suspects, s)
			}
		}
		c.mu.Unlock()
		last := c.server.Printed()
		os.WriteFile(filepath.Join(filepath.Dir(c.server.Data()), fmt.Sprintf("died-%d.log", time.Now().Unix())), last, 0o600) // to be looked at
		f := finding{Kind: died, What: lastWords(last), Want: "a server that lives"}
		if err := c.server.Restart(ctx); err != nil {
			f.What += "\n  and it does not start again: " + err.Error()
			c.accuse(&f, suspects)
			c.find(f)
			c.enough()
			return
		}
		select {
		case <-c.server.Ended():
			f.What += "\n  and it dies again, with nobody connected: " + lastWords(c.server.Printed())
			f.Where = "a record that a view or a delivery stream reads"
			c.find(f)
			c.enough()
			return
		case <-time.After(settles):
		}
		slices.SortFunc(suspects, func(a, b statement) int { return b.began.Compare(a.began) })
		if !c.culprit(ctx, &f, suspects) {
			c.accuse(&f, suspects)
		}
		c.find(f)
		c.answers()
	}
}

// accuse names all that ran.
func (c *campaign) accuse(f *finding, suspects []statement) {
	var b strings.Builder
	for _, s := range suspects {
		fmt.Fprintf(&b, "-- session %d, statement %d\n%s;\n", s.number>>32, uint32(s.number), s.sql)
	}
	f.Where, f.Statement, f.Whole = "one of these, or a record", b.String(), b.String()
}

// culprit sends each statement alone to a server that has been started again
// until it dies, and makes that statement shorter.
func (c *campaign) culprit(ctx context.Context, f *finding, suspects []statement) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Minute)
	defer cancel()
	kills := func(ctx context.Context, sql string) bool {
		addr := c.server.SQL
		s, err := connect(ctx, addr)
		if err == nil {
			s.ask(ctx, sql)
			s.Close(ctx)
		}
		select {
		case <-c.server.Ended():
			return c.server.Restart(ctx) == nil
		case <-time.After(300 * time.Millisecond):
			return false
		}
	}
	for _, s := range suspects {
		if kills(ctx, s.sql) {
			f.Statement, f.Whole = minimize(ctx, s.sql, time.Minute, kills), s.sql
			f.Where = fmt.Sprintf("session %d, statement %d", s.number>>32, uint32(s.number))
			return true
		}
	}
	return false
}

// settles is how long a server that was started again has to die of what is on
// its disk.
const settles = 5 * time.Second

var alarming = regexp.MustCompile(`(?i)(panic|fatal|SIGSEGV|signal arrived|internal error|assertion|invalidated|runtime error|out of memory)`)

// lastWords are the lines of a log that say why it ends.
func lastWords(log []byte) string {
	lines := bytes.Split(log, []byte("\n"))
	for i, line := range lines {
		if alarming.Match(line) {
			return string(bytes.Join(lines[i:min(i+12, len(lines))], []byte("\n")))
		}
	}
	return string(bytes.Join(lines[max(0, len(lines)-5):], []byte("\n")))
}

var alarmingInLog = regexp.MustCompile(`(?i)(panic|fatal error|SIGSEGV|internal error|assertion|invalidated|runtime error|goroutine [0-9]+ \[)`)

// lookAtLog looks for words of alarm in what the server has printed.
func (c *campaign) lookAtLog() {
	for line := range bytes.SplitSeq(c.server.Printed(), []byte("\n")) {
		if alarmingInLog.Match(line) {
			c.find(finding{Kind: "log", What: string(line), Want: "a log without panics and internal errors"})
		}
	}
}
