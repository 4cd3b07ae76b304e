package warehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"leat/duck"
	"leat/redshift"
	"leat/source"
)

// A view is an open streaming view: its connection, its batch, and how far it
// is. All its refreshes go through refresh, one at a time.
type view struct {
	w     *Warehouse
	def   definition
	query *redshift.StreamQuery

	// turn is held, see lock, for the length of one refresh, and by statements
	// that change the view. It guards conn, small, state and bite.
	turn  chan struct{}
	conn  *duck.Conn
	small *load // for batches that need no turn, see bulk
	state viewState
	bite  *bite // nil: the view takes what it can get

	lastGroup atomic.Int64 // bytes, see noteSize

	// mu guards what follows.
	mu     sync.Mutex
	status ViewStatus
	// stopAuto ends the view's loop and waits for it; nil when none runs.
	stopAuto func()
	// stopManual ends the REFRESH that has the turn; nil when there is none.
	stopManual context.CancelCauseFunc
	gone       bool
}

// A viewState is a row of leat.view_state: committed progress.
type viewState struct {
	identity    string
	position    source.Position
	read        uint64
	rows        uint64
	filtered    uint64
	quarantined uint64
	lost        uint64
	refreshed   time.Time
}

// ViewStatus is how far a streaming view is. Read = Rows + Filtered +
// Quarantined.
type ViewStatus struct {
	Schema, Name string
	Stream       string
	AutoRefresh  bool
	Rows         uint64 // rows inserted since the view was made
	Quarantined  uint64 // records that an expression could not take
	Filtered     uint64 // records that the view's WHERE left out
	Read         uint64 // records read
	Lost         uint64 // records that retention dropped before they were read
	Pending      uint64 // records not yet read, as far as the last refresh saw
	Position     source.Position
	LastRefresh  time.Time
	LastError    string // of the last refresh; "" when it succeeded
}

// Views returns the streaming views' status, by id; those that could not be
// opened come last.
func (w *Warehouse) Views() []ViewStatus {
	w.mu.Lock()
	views, broken := sortedByID(w.views), slices.Clone(w.broken)
	w.mu.Unlock()
	out := make([]ViewStatus, 0, len(views))
	for _, v := range views {
		v.mu.Lock()
		out = append(out, v.status)
		v.mu.Unlock()
	}
	return append(out, broken...)
}

// isBroken reports whether a view is one that could not be opened.
func (w *Warehouse) isBroken(schema, name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.broken, func(v ViewStatus) bool { return v.Schema == schema && v.Name == name })
}

// forgetBroken removes a dropped view from those that could not be opened.
func (w *Warehouse) forgetBroken(schema, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = slices.DeleteFunc(w.broken, func(v ViewStatus) bool { return v.Schema == schema && v.Name == name })
}

// errViewGone ends a refresh of a view that has been dropped.
var errViewGone = errors.New("the view has been dropped")

// addView opens a streaming view of the catalog.
func (w *Warehouse) addView(conn *duck.Conn, def definition) (*view, error) {
	if err := w.fault("open view"); err != nil {
		return nil, err
	}
	query, err := translateStream(conn, w, def)
	if err != nil {
		return nil, err
	}
	v := &view{w: w, def: def, query: query, turn: make(chan struct{}, 1)}
	if err := v.connect(); err != nil {
		return nil, err
	}
	v.report(0, nil)
	w.mu.Lock()
	w.views[def.ID] = v
	w.mu.Unlock()
	return v, nil
}

// connect gives the view its connection and batch, and reads how far it is. After
// an error it has neither.
func (v *view) connect() (err error) {
	if v.conn, err = v.w.db.Connect(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			v.disconnect()
		}
	}()
	if err := v.readState(context.Background()); err != nil {
		return err
	}
	batch, err := v.w.db.NewBatch()
	if err != nil {
		return err
	}
	if v.small, err = newLoad(v, batch); err != nil {
		batch.Close()
	}
	return err
}

// disconnect frees what the view holds of the database.
func (v *view) disconnect() {
	if v.small != nil {
		v.small.close()
		v.small.batch.Close()
		v.small = nil
	}
	if v.conn != nil {
		v.conn.Close()
		v.conn = nil
	}
}

// view returns an open streaming view by its id.
func (w *Warehouse) view(id int64) *view {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.views[id]
}

// openViews returns the open streaming views.
func (w *Warehouse) openViews() []*view {
	w.mu.Lock()
	defer w.mu.Unlock()
	return sortedByID(w.views)
}

// lock waits for the view's turn, unlock gives it on.
func (v *view) lock(ctx context.Context) error {
	select {
	case v.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *view) unlock() { <-v.turn }

// lockWithin waits for the view's turn up to a limit; 0 is none.
func (v *view) lockWithin(ctx context.Context, limit time.Duration) error {
	select {
	case v.turn <- struct{}{}:
		return nil
	default:
	}
	v.w.waiting.Add(1)
	defer v.w.waiting.Add(-1)
	if limit == 0 {
		return v.lock(ctx)
	}
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := v.lock(waiting); err != nil {
		if ctx.Err() == nil {
			return sqlError("55P03", "canceling statement due to lock timeout: materialized view %q is being refreshed", v.def.Name)
		}
		return err
	}
	return nil
}

// close frees what the view holds; no refresh may run.
func (v *view) close() {
	v.mu.Lock()
	gone := v.gone
	v.gone = true
	v.mu.Unlock()
	if gone {
		return
	}
	v.disconnect()
}

func (v *view) isGone() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.gone
}

// readState reads what the last committed refresh left.
func (v *view) readState(ctx context.Context) error {
	row, err := v.conn.Row(ctx, `SELECT coalesce(identity, ''), coalesce(position, ''), read, rows, filtered, quarantined, lost, coalesce(refreshed, 'epoch'::timestamp)
		FROM leat.view_state WHERE view_id = $1 AND view_id IN (SELECT id FROM leat.views)`, v.def.ID)
	if err != nil {
		return fmt.Errorf("read the state of view %s.%s: %w", v.def.Schema, v.def.Name, err)
	}
	if row == nil {
		return errViewGone
	}
	v.state = viewState{
		identity: row[0].(string), position: source.Position(row[1].(string)),
		read: row[2].(uint64), rows: row[3].(uint64), filtered: row[4].(uint64), quarantined: row[5].(uint64), lost: row[6].(uint64),
		refreshed: row[7].(time.Time),
	}
	return nil
}

// report renews the status; the view must be locked.
func (v *view) report(pending uint64, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	auto := v.status.AutoRefresh
	if v.status.Name == "" {
		auto = v.def.AutoRefresh
	}
	v.status = ViewStatus{
		Schema: v.def.Schema, Name: v.def.Name, Stream: v.def.Stream, AutoRefresh: auto,
		Rows: v.state.rows, Quarantined: v.state.quarantined, Filtered: v.state.filtered, Read: v.state.read, Lost: v.state.lost,
		Pending: pending, Position: v.state.position,
	}
	if v.state.identity != "" {
		v.status.LastRefresh = v.state.refreshed
	}
	if err != nil {
		v.status.LastError = err.Error()
	}
}

// isCaughtUp reports whether the last refresh left nothing to read.
func (v *view) isCaughtUp() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.status.Pending == 0
}

// reportError adds an error to the status and leaves the rest as it is.
func (v *view) reportError(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.status.LastError = err.Error()
}

func sortedByID(views map[int64]*view) []*view {
	out := make([]*view, 0, len(views))
	for _, v := range views {
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b *view) int { return int(a.def.ID - b.def.ID) })
	return out
}
