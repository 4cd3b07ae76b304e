package warehouse

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"leat"
	"leat/duck"
	"leat/vfs"
)

// The files of a warehouse's folder.
const (
	databaseFile = "warehouse.duckdb"
	rowGroupRows = 20_480 // a sixth of what a thread takes from a batch
	lockFile     = "LOCK"
)

// A Warehouse is one open database.
type Warehouse struct {
	cfg      Config
	lock     io.Closer
	db       *duck.DB
	life     life
	history  *history
	governor governor
	marks    marks
	// checkpoint is the present length of the log at which a commit makes a
	// checkpoint, in bytes.
	checkpoint atomic.Int64
	// bulk holds the one batch that is large for the memory, while no view
	// uses it.
	bulk chan *duck.Batch
	// fill is held by views that read more than a first slice, alone by the one
	// refresh that works on although it ran out of memory.
	fill, alone chan struct{}
	changes     catalogChanges
	system      systemRelations
	lastSession atomic.Int32
	lastQuery   atomic.Int64
	waiting     atomic.Int64 // statements that wait for other sessions
	onRefresh   func(view string, rows int, newestArrival time.Time)
	onViewEnd   func(view string)
	testFault   func(step string) error // see fault
	testRow     func(data []byte) error // the failure of one row's insert

	// lives is held while a view is opened or ended, see openView. It comes
	// before mu.
	lives sync.Mutex

	// mu guards what follows.
	mu       sync.Mutex
	views    map[int64]*view
	sessions map[int32]*Session
	broken   []ViewStatus // views that could not be opened
	// loops are the views' loops; nil while Run does not run.
	loops  *group
	closed bool
}

// Open opens the folder's database, or makes it. A folder in use is an Error
// with code InUse. With a damaged database the warehouse is open and does not
// work: Failure says why, and Run tries again until the file can be opened.
func Open(cfg Config) (_ *Warehouse, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("warehouse folder: %w", err)
	}
	w := &Warehouse{
		cfg:      cfg,
		bulk:     make(chan *duck.Batch, 1),
		fill:     make(chan struct{}, fillTurns),
		alone:    make(chan struct{}, 1),
		life:     life{suspects: make(chan error, 1)},
		views:    map[int64]*view{},
		sessions: map[int32]*Session{},
		governor: newGovernor(cfg),
	}
	if w.lock, err = lockFolder(cfg.Dir); err != nil {
		return nil, err
	}
	err = w.start()
	if leat.CodeOf(err) == leat.Corrupt {
		// Streams and delivery streams work without: the warehouse says why it does
		// not, and is there as soon as its file can be opened.
		w.cfg.Logger.Error("the warehouse does not work", "err", err)
		w.life.cause, w.life.opened = err, make(chan struct{})
		return w, nil
	}
	if err != nil {
		w.lock.Close()
		return nil, err
	}
	return w, nil
}

// start opens the database and reads what is in it. After an error nothing is
// open.
func (w *Warehouse) start() (err error) {
	if w.db, err = w.openDatabase(); err != nil {
		return err
	}
	if err := w.load(); err != nil {
		w.closeViews()
		w.db.Close()
		w.db = nil
		return fmt.Errorf("read the catalog of %s: %w", w.cfg.Dir, explainDamage(err))
	}
	return nil
}

// lockFolder takes the folder for this process.
func lockFolder(dir string) (io.Closer, error) {
	lock, err := vfs.OS().Lock(filepath.Join(dir, lockFile))
	var locked *vfs.LockedError
	if errors.As(err, &locked) {
		return nil, &leat.Error{
			Code:    leat.InUse,
			Message: fmt.Sprintf("the warehouse folder %s is in use", dir),
			Hint:    "Stop the other process, or use another folder.",
			Err:     err,
		}
	}
	return lock, err
}

// openDatabase opens the database's file. While queries keep its limit from going
// back after a refresh or a commit, the governor ends one after another.
func (w *Warehouse) openDatabase() (*duck.DB, error) {
	cfg := w.cfg
	path, spill := filepath.Join(cfg.Dir, databaseFile), filepath.Join(cfg.Dir, "spill")
	// What a process that was killed has left there is of use to nobody.
	if err := os.RemoveAll(spill); err != nil {
		return nil, fmt.Errorf("empty the folder for what does not fit into memory: %w", err)
	}
	db, err := duck.Open(duck.Config{
		Path:         path,
		RowGroupRows: rowGroupRows,
		MemoryBytes:  cfg.MemoryBytes - cfg.batchBytes(),
		Threads:      cfg.Threads,
		TempDir:      spill,
		Crowded:      func() { w.governor.endOne() },
		Settings: map[string]string{
			// Rows have no order in Redshift either; without it, threads
			// insert side by side.
			"preserve_insertion_order": "false",
			"default_null_order":       "NULLS_LAST_ON_ASC_FIRST_ON_DESC",
			"checkpoint_threshold":     itoa(checkpointBytes) + "B",
			// A snapshot is taken when a transaction begins, not when it first
			// reads: see Session.snapshot.
			"immediate_transaction_mode": "true",
		},
		Changeable: []string{"TimeZone"},
	})
	switch {
	case err == nil:
		return db, nil
	case duck.TypeOf(err) == duck.IO || duck.TypeOf(err) == duck.Serialization || duck.TypeOf(err) == duck.Internal || duck.TypeOf(err) == duck.Fatal:
		return nil, &leat.Error{
			Code:    leat.Corrupt,
			Message: fmt.Sprintf("the database file %s cannot be opened", path),
			Hint:    "The file is damaged, or is none of Leat's. Move it away, or restore it from a copy: views over streams fill again from what the streams still hold.",
			Err:     err,
		}
	}
	return nil, fmt.Errorf("open the database %s: %w", path, err)
}

// explainDamage marks errors that mean a damaged file.
func explainDamage(err error) error {
	switch duck.TypeOf(err) {
	case duck.IO, duck.Fatal, duck.Internal, duck.Serialization:
		return &leat.Error{
			Code: leat.Corrupt, Message: "the database file is damaged",
			Hint: "Restore the file from a copy, or move it away: views over streams fill again from what the streams still hold.",
			Err:  err,
		}
	}
	return err
}

// load makes what a new database lacks and reads the views.
func (w *Warehouse) load() error {
	conn, err := w.db.Connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := bootstrap(conn, w.cfg); err != nil {
		return err
	}
	bulk, err := w.db.NewBatch()
	if err != nil {
		return err
	}
	w.bulk <- bulk
	if w.history, err = openHistory(w.db, w.cfg); err != nil {
		return err
	}
	if err := removeLeftovers(conn); err != nil {
		return err
	}
	definitions, err := readViews(conn)
	if err != nil {
		return err
	}
	for _, def := range definitions {
		if def.Kind != streamView {
			continue
		}
		w.openView(def.ID) // a failure is shown, and harms only the view
	}
	return nil
}

// OnRefresh sets a function that is called after each committed refresh with
// the newest arrival time it made visible. Set it before Run.
func (w *Warehouse) OnRefresh(f func(view string, rows int, newestArrival time.Time)) {
	w.onRefresh = f
}

// OnViewEnd sets a function that is called when a materialized view has been
// dropped. Set it before Run.
func (w *Warehouse) OnViewEnd(f func(view string)) { w.onViewEnd = f }

// Close closes the database. Run must have returned before; open sessions are
// cancelled and closed.
func (w *Warehouse) Close() error {
	w.mu.Lock()
	w.closed = true
	sessions := w.sessions
	w.sessions = map[int32]*Session{}
	w.mu.Unlock()
	for _, s := range sessions {
		s.Cancel()
		s.Close()
	}
	w.governor.watch.Wait()
	if w.db == nil { // given up, and not opened anew
		return w.lock.Close()
	}
	err := w.history.close()
	w.closeViews()
	return errors.Join(err, w.db.Close(), w.lock.Close())
}

func (w *Warehouse) closeViews() {
	// Closing takes views' own locks, which come before w.mu.
	w.mu.Lock()
	views := w.views
	w.views = map[int64]*view{}
	w.mu.Unlock()
	for _, v := range views {
		v.close()
	}
	select {
	case bulk := <-w.bulk:
		bulk.Close()
	default:
	}
	if w.history != nil {
		w.history.closeConn()
	}
}
