package warehouse

import (
	"context"
	"errors"
	"time"

	"leat/duck"
)

// A txState is a session's state as the protocol shows it.
type txState byte

const (
	txIdle   txState = 'I'
	txOpen   txState = 'T'
	txFailed txState = 'E'
	// txStatement is the transaction of one statement outside a block; clients
	// see it as idle.
	txStatement txState = 's'
)

// A transaction is what a session has open.
type transaction struct {
	state    txState
	onCommit []func() error
	params   parameters // as they were at its start; of blocks only
	temp     *tempTables

	// begun tells that DuckDB's transaction is open, with its snapshot. BEGIN
	// does not open it, the first statement that looks at data or the catalog does,
	// as in Redshift.
	begun bool
	// cache is what is known of the catalog as the snapshot has it, version the
	// last change of the catalog that is surely in it.
	cache   *relationCache
	version uint64
	// changed are the objects that change with this transaction, relied those
	// that must not have been changed by others meanwhile.
	changed, relied map[object]bool
	// rewritten are the tables in which rows were updated or deleted.
	rewritten map[object]bool
}

// beginBlock opens a transaction block.
func (s *Session) beginBlock() {
	if s.tx.state == txOpen {
		s.notice("WARNING", stateActive, "there is already a transaction in progress")
		return
	}
	s.tx = transaction{state: txOpen, params: s.params.clone(), temp: s.temp}
}

// snapshot opens DuckDB's transaction, unless it is open.
func (s *Session) snapshot(ctx context.Context) error {
	if s.tx.begun {
		return nil
	}
	changes := &s.w.changes
	version := changes.ended.Load()
	cache := changes.settled()
	if err := s.conn.Begin(ctx); err != nil {
		return err
	}
	if cache == nil || !changes.unchanged(cache) {
		// A commit is under way: the snapshot may have it or not.
		cache = newRelationCache(version)
	}
	s.tx.begun, s.tx.cache, s.tx.version = true, cache, version
	return nil
}

// commit ends the transaction. A failed one is rolled back, and ok is false.
func (s *Session) commit() (ok bool, err error) {
	switch s.tx.state {
	case txIdle:
		s.notice("WARNING", stateNoTransaction, "there is no transaction in progress")
		return true, nil
	case txFailed:
		return false, s.rollback()
	}
	if err := s.commitData(); err != nil {
		s.rollback()
		return false, err
	}
	tx := s.tx
	s.tx = transaction{state: txIdle}
	if tx.state == txOpen && s.params.dropLocal(tx.params) {
		err = s.applyParameters(context.Background(), nil)
	}
	for _, f := range tx.onCommit {
		err = errors.Join(err, f())
	}
	return true, err
}

// commitData commits what DuckDB's transaction has.
func (s *Session) commitData() error {
	if !s.tx.begun {
		return nil
	}
	commit := s.conn.Commit
	if s.conn.Wrote() {
		commit = s.commitMarked
	}
	if len(s.tx.changed) == 0 {
		return commit()
	}
	return s.w.changes.commit(s.tx.version, s.tx.relied, s.tx.changed, commit)
}

// rollback undoes the transaction, and the settings made in it.
func (s *Session) rollback() error {
	if s.tx.state == txIdle {
		s.notice("WARNING", stateNoTransaction, "there is no transaction in progress")
		return nil
	}
	var err error
	if s.conn != nil {
		err = s.conn.Rollback()
		s.w.suspect(err)
	}
	tx := s.tx
	s.tx = transaction{state: txIdle}
	s.temp = tx.temp
	if tx.state != txStatement {
		before := s.params
		s.params = tx.params
		if applyErr := s.applyParameters(context.Background(), &before); err == nil {
			err = applyErr
		}
	}
	return err
}

// fail notes that a statement has failed: a transaction block takes nothing
// more until its end. What it has done is undone now, so that others can go on.
func (s *Session) fail() {
	if s.tx.state == txOpen {
		s.tx.state = txFailed
	}
	if s.tx.state == txFailed && s.open == nil {
		s.conn.Rollback()
	}
}

// endStatement ends the transaction of a statement whose rows have been read,
// or failed.
func (s *Session) endStatement(failed error) {
	switch {
	case s.tx.state == txFailed:
		s.fail()
	case s.tx.state != txStatement:
	case failed != nil:
		s.rollback()
	default:
		s.commit()
	}
}

// How long a statement outside a block tries again that clashes with another
// transaction, when lock_timeout does not say; and how long it waits between.
const (
	clashTimeout = 10 * time.Second
	clashPause   = 100 * time.Millisecond
)

// statement runs f in the open block, or in a transaction of its own. Rows that
// are not read yet take that transaction with them. A statement that clashes
// with another transaction runs again: in Redshift it would have waited.
func (s *Session) statement(ctx context.Context, f func() (*Rows, error)) (*Rows, error) {
	if s.tx.state != txIdle {
		if err := s.snapshot(ctx); err != nil {
			return nil, err
		}
		return f()
	}
	started, pause, notices := time.Now(), time.Millisecond, len(s.notices)
	limit := s.params.lockTimeout()
	if limit == 0 {
		limit = clashTimeout
	}
	for {
		rows, err := s.statementOnce(ctx, f)
		if !isClash(err) || time.Since(started)+pause > limit {
			return rows, err
		}
		s.notices = s.notices[:notices]
		if pause == time.Millisecond {
			s.w.waiting.Add(1)
			defer s.w.waiting.Add(-1)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, clashPause)
	}
}

func (s *Session) statementOnce(ctx context.Context, f func() (*Rows, error)) (*Rows, error) {
	s.tx = transaction{state: txStatement, temp: s.temp}
	err := s.snapshot(ctx)
	var rows *Rows
	if err == nil {
		rows, err = f()
	}
	if err != nil {
		s.rollback()
		return nil, err
	}
	if rows != nil && rows.result != nil {
		return rows, nil // the transaction ends with them
	}
	if s.tx.state == txStatement { // and not ended by the statement itself
		_, err = s.commit()
	}
	return rows, err
}

// within is statement for what returns no rows.
func (s *Session) within(ctx context.Context, f func() error) error {
	_, err := s.statement(ctx, func() (*Rows, error) { return nil, f() })
	return err
}

// errClash is the failure of a transaction that was overtaken by another.
var errClash = errors.New("the catalog was changed by another transaction")

// isClash reports whether an error says that another transaction was faster, or
// is: the same statement may succeed later.
func isClash(err error) bool {
	return errors.Is(err, errClash) || duck.TypeOf(err) == duck.Transaction && !mayBeDurable(err)
}

// change notes that objects of the catalog change: what is remembered of it is
// forgotten, here now and elsewhere after the commit. Two transactions that
// change one object clash.
func (s *Session) change(objects ...object) {
	if s.tx.changed == nil {
		s.tx.changed = map[object]bool{}
	}
	for _, o := range objects {
		s.tx.changed[o] = true
		if !o.uses {
			s.rely(o)
		}
	}
	s.tx.cache = newRelationCache(s.tx.version)
}

// rely notes objects that must be at the commit as they are now.
func (s *Session) rely(objects ...object) {
	if s.tx.relied == nil {
		s.tx.relied = map[object]bool{}
	}
	for _, o := range objects {
		s.tx.relied[o] = true
	}
}

func (s *Session) afterCommit(f func() error) { s.tx.onCommit = append(s.tx.onCommit, f) }
