package warehouse

import (
	"context"
	"fmt"
	"sync"
	"time"

	"leat/duck"
)

// A life is the present opening of the database file. DuckDB gives up a
// database that it cannot keep right: when a checkpoint finds the disk full, or
// a rollback fails. What is committed is safe in the file and its log, and
// opening the file anew reads it.
type life struct {
	suspects chan error // what may mean that the database is given up

	mu     sync.Mutex     // guards what follows
	cause  error          // why the database is being opened anew; nil while it is open
	opened chan struct{}  // closed when it is open again
	uses   sync.WaitGroup // short uses of the database outside of sessions and views
}

// suspect has the database looked at after an error that may mean that it has
// been given up.
func (w *Warehouse) suspect(err error) {
	switch duck.TypeOf(err) {
	case duck.Internal, duck.IO, duck.Connection:
	default:
		if !duck.IsGivenUp(err) {
			return
		}
	}
	select {
	case w.life.suspects <- err:
	default:
	}
}

// use keeps the database open until release is called; it waits a little while it
// is being opened anew.
func (w *Warehouse) use(ctx context.Context) (release func(), err error) {
	const patience = 5 * time.Second
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		w.life.mu.Lock()
		cause, opened := w.life.cause, w.life.opened
		if cause == nil {
			w.life.uses.Add(1)
			w.life.mu.Unlock()
			return w.life.uses.Done, nil
		}
		w.life.mu.Unlock()
		select {
		case <-opened:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-timeout.C:
			e := sqlError("57P03", "the warehouse is opening its database anew after a failure: %s", firstLine(cause.Error()))
			e.Hint = "Try again. If the disk is full, make room on it first."
			return nil, e
		}
	}
}

// Failure says why the database cannot be used at present; nil when it can.
func (w *Warehouse) Failure() error {
	w.life.mu.Lock()
	defer w.life.mu.Unlock()
	return w.life.cause
}

// Check looks whether the database answers. An error says why it does not.
func (w *Warehouse) Check(ctx context.Context) error {
	if cause := w.Failure(); cause != nil {
		return cause
	}
	release, err := w.use(ctx)
	if err != nil {
		return err
	}
	defer release()
	err = w.withConn(func(conn *duck.Conn) error {
		_, err := conn.Row(ctx, "SELECT format FROM leat.meta")
		return err
	})
	w.suspect(err)
	if duck.TypeOf(err) == duck.OutOfMemory {
		return nil // it answers, and others use its memory
	}
	return err
}

// keepOpen opens the database anew when DuckDB has given it up, until ctx ends.
func (w *Warehouse) keepOpen(ctx context.Context) {
	if w.Failure() != nil {
		w.startAtLast(ctx)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case suspected := <-w.life.suspects:
			if cause := w.probe(suspected); cause != nil {
				w.reopen(ctx, cause)
			}
		}
	}
}

// startAtLast opens a database that was damaged when the warehouse was opened,
// once its file has been put right or moved away.
func (w *Warehouse) startAtLast(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryMax):
		}
		err := w.start()
		w.life.mu.Lock()
		if w.life.cause = err; err == nil {
			close(w.life.opened)
		}
		w.life.mu.Unlock()
		if err == nil {
			break
		}
	}
	w.cfg.Logger.Info("the warehouse works")
	for _, v := range w.openViews() {
		v.setAuto(v.isAuto())
	}
}

// probe returns why the database is given up; nil when it is not.
func (w *Warehouse) probe(suspected error) error {
	err := w.withConn(func(conn *duck.Conn) error {
		_, err := conn.Row(context.Background(), "SELECT format FROM leat.meta")
		return err
	})
	switch duck.TypeOf(err) {
	case "", duck.OutOfMemory, duck.Interrupt:
		return nil
	}
	return fmt.Errorf("the database was given up: %w", suspected)
}

// reopen takes everybody away from the database, opens its file anew, and brings
// the views back. Sessions come back by themselves, see Session.usable.
func (w *Warehouse) reopen(ctx context.Context, cause error) {
	w.cfg.Logger.Error("the database is opened anew", "err", cause)
	w.life.mu.Lock()
	w.life.cause, w.life.opened = cause, make(chan struct{})
	w.life.mu.Unlock()

	for _, s := range w.openSessions() {
		s.Cancel()
		s.disconnect(cause)
	}
	// Not before the sessions: an open transaction may have a view's turn.
	views := w.openViews()
	for _, v := range views {
		v.turn <- struct{}{}
		v.disconnect()
	}
	w.history.disconnect()
	bulk := <-w.bulk
	bulk.Close()
	w.life.uses.Wait()
	w.db.Close()

	wait := retryMin
	for {
		err := w.connectAgain(views)
		if err == nil {
			break
		}
		w.cfg.Logger.Error("open the database anew", "err", err)
		select {
		case <-ctx.Done():
			// The warehouse is being closed as it is.
			for _, v := range views {
				v.unlock()
			}
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, retryMax)
	}
	w.life.mu.Lock()
	w.life.cause = nil
	close(w.life.opened)
	w.life.mu.Unlock()
	for _, v := range views {
		v.unlock()
	}
	w.reconcile(views)
	w.cfg.Logger.Info("the database is open again")
}

func (w *Warehouse) openSessions() []*Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	sessions := make([]*Session, 0, len(w.sessions))
	for _, s := range w.sessions {
		sessions = append(sessions, s)
	}
	return sessions
}

// connectAgain opens the file and connects history and views. After an error
// nothing is open.
func (w *Warehouse) connectAgain(views []*view) (err error) {
	if w.db, err = w.openDatabase(); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			return
		}
		for _, v := range views {
			v.disconnect()
		}
		w.history.disconnect()
		w.db.Close()
		w.db = nil
	}()
	bulk, err := w.db.NewBatch()
	if err != nil {
		return err
	}
	if err := w.history.connect(w.db); err != nil {
		bulk.Close()
		return err
	}
	for _, v := range views {
		if err := v.connect(); err != nil {
			bulk.Close()
			return err
		}
	}
	w.checkpoint.Store(0)
	w.bulk <- bulk
	return nil
}

// reconcile makes the open views those of the catalog: it may have got a view, or
// lost one, by a commit whose end nobody saw.
func (w *Warehouse) reconcile(views []*view) {
	known := map[int64]bool{}
	err := w.withConn(func(conn *duck.Conn) error {
		definitions, err := readViews(conn)
		if err != nil {
			return err
		}
		for _, def := range definitions {
			known[def.ID] = true
			if def.Kind != streamView || w.view(def.ID) != nil || w.isBroken(def.Schema, def.Name) {
				continue
			}
			w.openView(def.ID) // a failure is shown, and harms only the view
		}
		return nil
	})
	if err != nil {
		w.suspect(err)
		return
	}
	for _, v := range views {
		if !known[v.def.ID] {
			w.closeView(v)
		}
	}
}
