package fuzz

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// statements sends statements of one session until ctx ends.
func (c *campaign) statements(ctx context.Context, number int) {
	var s *session
	for k := uint64(0); ctx.Err() == nil; k++ {
		for s == nil || s.IsClosed() {
			addr := c.at.Load()
			if addr == nil {
				pause(ctx, 20*time.Millisecond)
			} else if s, _ = connect(ctx, *addr); s == nil { // the probe tells when nobody can connect
				pause(ctx, 100*time.Millisecond)
			}
			if ctx.Err() != nil {
				return
			}
		}
		where := uint64(number)<<32 | k
		g := &grammar{dice: diceOf(c.Seed^0x5eed, where)}
		sql := g.next(c.known)
		c.begins(number, statement{where, sql, time.Now()})
		c.send(ctx, s, g, sql, fmt.Sprintf("session %d, statement %d", number, k))
		c.begins(number, statement{})
		if !s.IsClosed() && s.TxStatus() != 'I' && g.oneIn(2) {
			s.ask(ctx, "ROLLBACK")
		}
	}
	if s != nil {
		s.Close(context.WithoutCancel(ctx))
	}
}

// send sends one statement, and cancels it or goes away now and then.
func (c *campaign) send(ctx context.Context, s *session, g *grammar, sql, where string) {
	asking := context.WithoutCancel(ctx) // ask has a limit of its own
	switch {
	case g.oneIn(20):
		done := make(chan struct{})
		stop := time.AfterFunc(time.Duration(g.IntN(800))*time.Millisecond, func() {
			defer close(done)
			cancelling, end := context.WithTimeout(asking, 5*time.Second)
			defer end()
			s.CancelRequest(cancelling) // whether it comes in time is chance
		})
		defer func() {
			if !stop.Stop() {
				<-done
			}
		}()
		c.add(func(r *Report) { r.Cancels++ })
	case g.oneIn(60):
		leaving, leave := context.WithTimeout(asking, time.Duration(g.IntN(500))*time.Millisecond)
		defer leave()
		s.ask(leaving, sql)
		if !s.IsClosed() {
			s.Conn().Close()
			s.Close(leaving)
		}
		c.add(func(r *Report) { r.Disconnects++ })
		return
	}
	c.judgeIt(ctx, s.ask(asking, sql), sql, where)
}

// judgeIt notes what is wrong with an answer, if it can be made again, or can
// only be seen once.
func (c *campaign) judgeIt(ctx context.Context, a answer, sql, where string, parameters ...parameter) {
	c.add(func(r *Report) {
		r.Statements++
		r.Slowest = max(r.Slowest, a.took)
		if a.err != nil {
			r.Refused++
		}
	})
	kind, what := judge(a)
	if isGone(a.err) && !a.hung {
		if pause(ctx, time.Second); c.at.Load() == nil || ctx.Err() != nil {
			return // watchLife tells
		}
		kind, what = lost, a.err.Error()
	}
	if kind == "" || !c.isNew(kind, what, sql) {
		return
	}
	c.settling.Lock()
	defer c.settling.Unlock()
	fails := func(ctx context.Context, sql string) bool {
		a := c.alone(ctx, sql, parameters...)
		got, _ := judge(a)
		return (got == kind || kind == lost && isGone(a.err)) && (kind != late || tooLate(a))
	}
	again := func(ctx context.Context, sql string) bool {
		for range 2 { // by chance it is in time once
			if fails(ctx, sql) {
				return true
			}
		}
		return false
	}
	short := sql
	switch {
	case kind == late && (!tooLate(a) || !again(ctx, sql)):
		c.add(func(r *Report) { r.LateOnce++ })
		return
	case fails(ctx, sql):
		short = minimize(ctx, sql, 15*time.Second, fails)
	}
	c.find(finding{Kind: kind, What: what, Want: "rows or an SQLSTATE in time, in UTF-8", Statement: short, Whole: sql, Where: where})
}

// tooLate says whether an answer came more than a second of processor time after
// the timeout. On a machine that others use, that second is longer by the clock.
func tooLate(a answer) bool {
	over := a.took - statementTimeout
	return time.Duration(float64(over)*share()) > answerWithin-statementTimeout
}

// alone sends a statement in a session of its own.
func (c *campaign) alone(ctx context.Context, sql string, parameters ...parameter) answer {
	addr := c.at.Load()
	if addr == nil {
		return answer{err: errors.New("nobody answers")}
	}
	s, err := connect(ctx, *addr)
	if err != nil {
		return answer{err: err}
	}
	defer s.Close(context.WithoutCancel(ctx))
	return s.ask(ctx, sql, parameters...)
}

// isGone says whether a connection broke; watchLife tells why.
func isGone(err error) bool {
	var told *pgconn.PgError
	return err != nil && !errors.As(err, &told)
}

func (c *campaign) begins(session int, s statement) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running[session] = s
}

func (c *campaign) add(f func(*Report)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.report)
}
