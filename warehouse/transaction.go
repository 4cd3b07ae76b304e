package warehouse

import (
	"context"
	"errors"
)

// A txState is a session's state as the protocol shows it.
type txState byte

const (
	txIdle   txState = 'I'
	txOpen   txState = 'T'
	txFailed txState = 'E'
)

// A transaction is what a session has open.
type transaction struct {
	state    txState
	onCommit []func() error
	// changed tells that the catalog changes with this transaction.
	changed bool
	params  parameters // as they were at its start
	temp    []string   // temporary tables made in it
}

// beginBlock opens a transaction block.
func (s *Session) beginBlock(ctx context.Context) error {
	if s.tx.state == txOpen {
		s.notice("WARNING", stateActive, "there is already a transaction in progress")
		return nil
	}
	return s.start(ctx)
}

func (s *Session) start(ctx context.Context) error {
	if err := s.conn.Begin(ctx); err != nil {
		return err
	}
	s.tx = transaction{state: txOpen, params: s.params.clone()}
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
	if err := s.conn.Commit(); err != nil {
		s.rollback()
		return false, err
	}
	tx := s.tx
	s.tx = transaction{state: txIdle}
	if local := s.params.dropLocal(tx.params); local {
		err = s.applyParameters(context.Background(), nil)
	}
	if tx.changed {
		s.w.catalogVersion.Add(1)
	}
	for _, f := range tx.onCommit {
		err = errors.Join(err, f())
	}
	s.releaseViews()
	return true, err
}

// rollback undoes the transaction, and the settings made in it.
func (s *Session) rollback() error {
	if s.tx.state == txIdle {
		s.notice("WARNING", stateNoTransaction, "there is no transaction in progress")
		return nil
	}
	err := s.conn.Rollback()
	tx := s.tx
	s.tx = transaction{state: txIdle}
	before := s.params
	s.params = tx.params
	if applyErr := s.applyParameters(context.Background(), &before); err == nil {
		err = applyErr
	}
	for _, name := range tx.temp {
		delete(s.temp, name)
	}
	if tx.changed {
		s.cache = relationCache{}
	}
	s.releaseViews()
	return err
}

// fail notes that a statement has failed: a transaction block takes nothing
// more until its end.
func (s *Session) fail() {
	if s.tx.state == txOpen {
		s.tx.state = txFailed
	}
}

// within runs f in the open block, or in a transaction of its own.
func (s *Session) within(ctx context.Context, f func() error) error {
	if s.tx.state != txIdle {
		return f()
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	if err := f(); err != nil {
		s.rollback()
		return err
	}
	_, err := s.commit()
	return err
}

// changeCatalog notes a change of the catalog: what is remembered of it is
// forgotten, here now and elsewhere after the commit.
func (s *Session) changeCatalog() {
	s.tx.changed = true
	s.cache = relationCache{}
}

func (s *Session) afterCommit(f func() error) { s.tx.onCommit = append(s.tx.onCommit, f) }
