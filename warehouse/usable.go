package warehouse

import (
	"context"
	"fmt"

	"leat/redshift"
)

// lostError tells a client what it has lost when the database was opened anew.
// It is a serialization failure: what was lost can be done again from its start.
func lostError(cause error) error {
	e := sqlError(stateSerialization, "the database was opened anew: the open transaction was undone, temporary tables are gone")
	e.Detail = firstLine(cause.Error())
	e.Hint = "Run the transaction again."
	return e
}

// disconnect takes the session away from a database that is given up. What it had
// open is lost, and its next statement says so.
func (s *Session) disconnect(cause error) {
	s.use.Lock()
	defer s.use.Unlock()
	if s.closed || s.conn == nil {
		return
	}
	if open := s.open; open != nil {
		open.close()
		open.err = lostError(cause) // not the end of its rows
	}
	if len(s.temp.columns) > 0 {
		s.lost, s.temp = cause, &tempTables{}
	}
	s.conn.Close()
	s.conn = nil
	if s.ending {
		return // its commit finds out by itself what has become of it
	}
	switch s.tx.state {
	case txOpen, txFailed:
		if s.tx.begun {
			s.lost, s.tx.state = cause, txFailed
		}
		s.tx.begun, s.tx.temp = false, s.temp
	case txStatement:
		s.tx = transaction{state: txIdle}
	}
}

// usable connects the session again after its database was opened anew, and
// tells what it has lost by that, once.
func (s *Session) usable(ctx context.Context, stmt redshift.Statement) error {
	if s.closed {
		return s.errClosed()
	}
	if s.conn == nil {
		release, err := s.w.use(ctx)
		if err != nil {
			return err
		}
		defer release()
		if s.conn, err = s.w.db.Connect(); err != nil {
			return err
		}
		if err := s.applyParameters(ctx, nil); err != nil {
			s.conn.Close()
			s.conn = nil
			return err
		}
	}
	cause := s.lost
	if cause == nil {
		return nil
	}
	s.lost = nil
	switch stmt.(type) {
	case *redshift.Rollback:
		return nil
	case *redshift.Commit:
		s.rollback()
	}
	return lostError(cause)
}

// commitMarked commits the transaction with a mark in it. When the commit fails,
// the mark tells what has become of it: a commit may have failed only in what
// comes after it is durable.
func (s *Session) commitMarked() error {
	mark := s.w.marks.take()
	defer s.w.marks.give(mark)
	if _, err := s.conn.Exec(context.Background(), fmt.Sprintf("INSERT INTO leat.commits VALUES (%d)", mark)); err != nil {
		return err
	}
	failed := s.conn.Commit()
	if failed == nil || !mayBeDurable(failed) {
		return failed
	}
	s.w.suspect(failed)
	// The database may be opened anew meanwhile, which takes this session's
	// connection away.
	s.ending = true
	s.use.Unlock()
	durable, err := s.w.isDurable(mark)
	s.use.Lock()
	s.ending = false
	switch {
	case err != nil:
		e := sqlError("08007", "the outcome of the transaction is not known: %s", firstLine(failed.Error()))
		e.Detail = firstLine(err.Error())
		e.Hint = "Look whether its changes are there before you repeat it."
		return e
	case durable:
		return nil
	}
	return failed
}
