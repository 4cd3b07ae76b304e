package shardlog

// waiting are those who wait for one shard: a stream may have hundreds of shards
// with consumers of their own, and a commit is to wake only those whose shards
// it has records of. The zero value has nobody waiting. It belongs to the
// stream's lock.
type waiting struct {
	shards map[uint32]chan struct{} // closed when something happens to the shard
}

// of returns the channel that is closed at the shard's next change.
func (w *waiting) of(shard uint32) <-chan struct{} {
	changed, ok := w.shards[shard]
	if !ok {
		if w.shards == nil {
			w.shards = map[uint32]chan struct{}{}
		}
		changed = make(chan struct{})
		w.shards[shard] = changed
	}
	return changed
}

// wake wakes those who wait for a shard, and reports whether there may be any.
func (w *waiting) wake(shard uint32) bool {
	changed, ok := w.shards[shard]
	if ok {
		close(changed)
		delete(w.shards, shard)
	}
	return ok
}

// wakeAll wakes everybody.
func (w *waiting) wakeAll() {
	for _, changed := range w.shards {
		close(changed)
	}
	clear(w.shards)
}
