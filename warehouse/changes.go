package warehouse

import (
	"sync"
	"sync/atomic"
)

// maxChanged bounds how many changed objects are remembered: transactions that
// are older than all of them are told to try again.
const maxChanged = 10_000

// An object is what a change of the catalog is about. Uses stands for the list
// of what is made from an object, or lies in a schema: making a view from a
// table changes the table's uses and leaves the table as it is.
type object struct {
	kind string // "relation", "schema", "user" …; see the functions below
	name string
	uses bool
}

func relationObject(schema, name string) object {
	return object{kind: "relation", name: schema + "\x00" + name}
}
func schemaObject(name string) object     { return object{kind: "schema", name: name} }
func userObject(kind, name string) object { return object{kind: kind, name: name} }

func (o object) withUses() object { o.uses = true; return o }

// catalogChanges counts the changes of the catalog. It answers two questions:
// of which state of the catalog is a transaction's snapshot, and has something
// that a transaction relied on been changed since. DuckDB refuses two
// transactions that change one of its own objects, and knows nothing of what
// Leat keeps in tables: views' dependencies, external schemas, users.
type catalogChanges struct {
	// began and ended count commits that change the catalog. They differ while
	// one is under way, when nobody can tell which state a new snapshot has.
	began, ended atomic.Uint64
	// shared is what all sessions remember of the newest state.
	shared atomic.Pointer[relationCache]

	mu    sync.Mutex        // held by a commit that changes the catalog; guards what follows
	last  map[object]uint64 // the commit that changed an object last
	floor uint64            // commits up to this one are forgotten
}

// settled returns what is remembered of the catalog's state, nil while a
// commit changes it. Only a snapshot that is taken before unchanged is asked,
// and finds it so, is of this state.
func (c *catalogChanges) settled() *relationCache {
	version := c.ended.Load()
	if c.began.Load() != version {
		return nil
	}
	for {
		shared := c.shared.Load()
		switch {
		case shared != nil && shared.version == version:
			return shared
		case shared != nil && shared.version > version:
			return nil
		}
		fresh := newRelationCache(version)
		if c.shared.CompareAndSwap(shared, fresh) {
			return fresh
		}
	}
}

// unchanged reports whether no commit has begun since a state.
func (c *catalogChanges) unchanged(cache *relationCache) bool {
	return c.began.Load() == cache.version
}

// commit runs the commit of a transaction that changes objects, whose snapshot
// is of a version or newer and which relied on others. It fails with errClash
// when another commit was faster.
func (c *catalogChanges) commit(version uint64, relied, changed map[object]bool, commit func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for o := range relied {
		if c.last[o] > version || version < c.floor {
			return errClash
		}
	}
	now := c.began.Add(1)
	defer c.ended.Store(now)
	if err := commit(); err != nil {
		return err
	}
	if len(c.last) > maxChanged || c.last == nil {
		c.floor, c.last = now-1, map[object]uint64{}
	}
	for o := range changed {
		c.last[o] = now
	}
	return nil
}
