package warehouse

import "time"

// maxIdleTransaction is how long a block may stay open without a statement,
// when idle_in_transaction_session_timeout does not say: Redshift's own limit. An
// open block keeps old rows in the database and clashes with others' changes.
const maxIdleTransaction = 6 * time.Hour

// idleWatch ends a session whose client has gone quiet. It is guarded by
// Session.use.
type idleWatch struct {
	timer *time.Timer
	round int   // of the timer that counts
	seen  int64 // rows that an open result had given when the timer was set
	// onEnd is told when the session ends; ended is why it did.
	onEnd func(error)
	ended error
}

// OnEnd sets a function that is called when the session ends by itself, for
// having been idle too long, with the error that its client should get. It is
// called from another goroutine, and may close the session.
func (s *Session) OnEnd(f func(error)) {
	s.use.Lock()
	defer s.use.Unlock()
	s.idle.onEnd = f
}

// active stops the watch, while a statement runs.
func (s *Session) active() {
	s.idle.round++
	if s.idle.timer != nil {
		s.idle.timer.Stop()
	}
}

// quiet starts the watch: the client has its answer.
func (s *Session) quiet() {
	s.active()
	limit := s.params.duration("idle_session_timeout")
	switch s.tx.state {
	case txStatement:
		return // its rows are being read
	case txOpen, txFailed:
		if limit = s.params.duration("idle_in_transaction_session_timeout"); limit == 0 {
			limit = maxIdleTransaction
		}
	}
	if limit == 0 || s.closed {
		return
	}
	s.idle.seen = 0
	if s.open != nil {
		s.idle.seen = s.open.count
	}
	round := s.idle.round
	s.idle.timer = time.AfterFunc(limit, func() { s.expire(round) })
}

// expire ends the session, unless its client has said something meanwhile.
func (s *Session) expire(round int) {
	s.use.Lock()
	defer s.use.Unlock()
	switch {
	case s.closed || round != s.idle.round:
		return
	case s.open != nil && s.open.count != s.idle.seen:
		s.quiet() // it is reading rows
		return
	}
	s.idle.ended = sqlError("57P05", "terminating connection due to idle-session timeout")
	if s.tx.state != txIdle {
		s.idle.ended = sqlError("25P03", "terminating connection due to idle-in-transaction timeout")
	}
	if err := s.end(); err != nil {
		s.w.cfg.Logger.Warn("end an idle session", "session", s.id, "err", err)
	}
	if s.idle.onEnd != nil {
		s.idle.onEnd(s.idle.ended)
	}
}
