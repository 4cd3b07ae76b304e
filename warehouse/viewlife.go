package warehouse

import (
	"context"
	"errors"
	"fmt"

	"leat/duck"
)

// What follows comes after the commits of statements that make, alter and drop
// streaming views. Two sessions may come to it in another order than their
// commits had, so each looks into the catalog again, one after the other: w.lives.

// openView opens a streaming view as the catalog has it, or opens it anew when
// it has been renamed, and starts its loop when it refreshes by itself. One that
// is not there any more is none. One that cannot be opened harms only itself: its
// rows can be read, it can be dropped, and Views shows why.
func (w *Warehouse) openView(id int64) error {
	w.lives.Lock()
	defer w.lives.Unlock()
	var def *definition
	if err := w.using(func(conn *duck.Conn) error {
		found, err := queryDefinitions(context.Background(), conn, "SELECT "+definitionColumns+" FROM leat.views WHERE id = $1", id)
		if len(found) > 0 {
			def = &found[0]
		}
		return err
	}); err != nil || def == nil {
		return err
	}
	v := w.view(id)
	if v != nil && (v.def.Schema != def.Schema || v.def.Name != def.Name) {
		w.closeView(v)
		v = nil
	}
	err := w.using(func(conn *duck.Conn) error {
		return guard(func() (err error) {
			if v == nil {
				if v, err = w.addView(conn, *def); err != nil {
					return err
				}
			}
			return v.followCatalog(conn)
		})
	})
	if err == nil {
		return nil
	}
	if v != nil {
		w.closeView(v)
	}
	if errors.Is(err, errViewGone) {
		return nil
	}
	w.addBroken(*def, err)
	return err
}

// using runs f with a connection of its own to the database, which stays open
// meanwhile: f must not wait for a view's turn, see reopen.
func (w *Warehouse) using(f func(conn *duck.Conn) error) error {
	release, err := w.use(context.Background())
	if err != nil {
		return err
	}
	defer release()
	return w.withConn(f)
}

// withConn runs f with a connection of its own.
func (w *Warehouse) withConn(f func(conn *duck.Conn) error) error {
	conn, err := w.db.Connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	return f(conn)
}

// addBroken notes a view that could not be opened.
func (w *Warehouse) addBroken(def definition, err error) {
	w.logFailure(w.cfg.Logger.With("view", def.Schema+"."+def.Name), "open the view", err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = append(w.broken, ViewStatus{
		Schema: def.Schema, Name: def.Name, Stream: def.Stream, AutoRefresh: def.AutoRefresh,
		LastError: fmt.Sprintf("the view cannot be opened: %v", err),
	})
}

// followCatalog starts or stops the view's loop, as the catalog now says.
func (v *view) followCatalog(conn *duck.Conn) error {
	row, err := conn.Row(context.Background(), "SELECT auto_refresh FROM leat.views WHERE id = $1", v.def.ID)
	switch {
	case err != nil:
		return err
	case row == nil:
		return errViewGone
	}
	v.setAuto(row[0].(bool))
	return nil
}

// alteredView lets a view follow the catalog after ALTER MATERIALIZED VIEW.
func (w *Warehouse) alteredView(id int64) error {
	w.lives.Lock()
	defer w.lives.Unlock()
	v := w.view(id)
	if v == nil {
		return nil
	}
	if err := w.using(v.followCatalog); !errors.Is(err, errViewGone) {
		return err
	}
	return nil
}

// endView ends what goes on for a materialized view that is no longer in the
// catalog, and removes what it leaves behind. What cannot be removed now is when
// the database is opened next.
func (w *Warehouse) endView(def definition) {
	w.lives.Lock()
	defer w.lives.Unlock()
	w.forgetBroken(def.Schema, def.Name)
	if v := w.view(def.ID); v != nil {
		w.closeView(v)
	}
	if w.onViewEnd != nil {
		w.onViewEnd(def.Schema + "." + def.Name)
	}
	if err := w.using(removeLeftovers); err != nil {
		w.cfg.Logger.Warn("remove what a dropped view has left", "view", def.Schema+"."+def.Name, "err", err)
	}
}

// removeLeftovers removes progress and quarantine of views that are no longer
// in the catalog. DROP does not do it: a refresh changes the same rows, and one
// of the two would fail.
func removeLeftovers(conn *duck.Conn) error {
	return conn.ExecAll(context.Background(),
		"DELETE FROM leat.view_state WHERE view_id NOT IN (SELECT id FROM leat.views)",
		"DELETE FROM leat.quarantine WHERE view_id NOT IN (SELECT id FROM leat.views)")
}

// closeView closes a view that is no longer in the catalog. A refresh that runs
// is ended and waited for.
func (w *Warehouse) closeView(v *view) {
	w.mu.Lock()
	delete(w.views, v.def.ID)
	w.mu.Unlock()
	v.setAuto(false)
	v.mu.Lock()
	if v.stopManual != nil {
		v.stopManual(errViewGone)
	}
	v.mu.Unlock()
	v.lock(context.Background())
	defer v.unlock()
	v.close()
}
