package warehouse

import (
	"sync"

	"leat/redshift"
)

// A relationCache remembers what names mean in one state of the catalog: nil
// for those that mean nothing. It may be shared by sessions; relations are not
// changed.
type relationCache struct {
	version uint64

	mu        sync.Mutex
	relations map[[2]string]*redshift.Relation // by schema and name; guarded by mu
}

func newRelationCache(version uint64) *relationCache {
	return &relationCache{version: version, relations: map[[2]string]*redshift.Relation{}}
}

// find returns what a name means; ok is false when that is not known.
func (c *relationCache) find(schema, name string) (relation *redshift.Relation, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	relation, ok = c.relations[[2]string{schema, name}]
	return relation, ok
}

// maxRemembered bounds the names of a cache: clients may ask for any number of
// names that mean nothing.
const maxRemembered = 20_000

func (c *relationCache) remember(schema, name string, relation *redshift.Relation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.relations) >= maxRemembered {
		clear(c.relations)
	}
	c.relations[[2]string{schema, name}] = relation
}
