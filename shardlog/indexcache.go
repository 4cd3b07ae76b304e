package shardlog

import (
	"container/list"
	"errors"
	"fmt"
	"sync"
)

// An indexCache bounds the memory of full segments' indexes: those used least
// recently are forgotten, and loaded again when they are needed.
type indexCache struct {
	maxBytes int64

	mu    sync.Mutex // guards what is below; taken before a segment's
	order *list.List // of *cachedIndex, most recently used first
	items map[*segment]*list.Element
	used  int64
}

type cachedIndex struct {
	seg   *segment
	bytes int64
}

func newIndexCache(maxBytes int64) *indexCache {
	return &indexCache{maxBytes: maxBytes, order: list.New(), items: map[*segment]*list.Element{}}
}

// add notes the use of a full segment's index.
func (c *indexCache) add(seg *segment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if item := c.items[seg]; item != nil {
		c.order.MoveToFront(item)
		return
	}
	seg.mu.RLock()
	index := seg.index
	seg.mu.RUnlock()
	if index == nil {
		return
	}
	bytes := index.bytes()
	c.items[seg] = c.order.PushFront(&cachedIndex{seg, bytes})
	c.used += bytes
	// The newest stays, however large: someone is about to use it.
	for c.used > c.maxBytes && c.order.Len() > 1 {
		c.removeLocked(c.order.Back())
	}
}

// remove forgets a segment's index.
func (c *indexCache) remove(seg *segment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if item := c.items[seg]; item != nil {
		c.removeLocked(item)
	}
}

func (c *indexCache) removeLocked(item *list.Element) {
	cached := c.order.Remove(item).(*cachedIndex)
	delete(c.items, cached.seg)
	c.used -= cached.bytes
	cached.seg.mu.Lock()
	cached.seg.index = nil
	cached.seg.mu.Unlock()
}

// load makes the segment's index cover it up to offset end, where the record
// next is to come. A stored index may cover more, unless end is the segment's
// own.
func (s *segment) load(end int64, next uint64, sealed bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index != nil && s.index.next >= next {
		return nil
	}
	f, err := s.fs.Open(s.path())
	if err != nil {
		return err
	}
	defer f.Close()
	head, err := s.headOf(f)
	if err != nil {
		return err
	}
	x, err := s.readIndex(head.salt)
	if err != nil {
		return err
	}
	if x == nil {
		x = newIndex(head)
	}
	if x.end < end {
		if _, err := scan(f, x, head.salt, end, nil); err != nil {
			return s.damage(err)
		}
	}
	if x.end > end && sealed {
		return corrupt(s.path(), end, fmt.Errorf("segment is shorter than it was, %d bytes", x.end))
	}
	if x.end == end && x.next != next || x.end > end && x.next <= next {
		return corrupt(s.path(), x.end, fmt.Errorf("segment ends before record %d, want %d", x.next, next))
	}
	s.index = x
	return nil
}

// damage makes an Error with code Corrupt of a *badFrame, and leaves other
// errors alone.
func (s *segment) damage(err error) error {
	var bad *badFrame
	if errors.As(err, &bad) {
		return corrupt(s.path(), bad.offset, bad.cause)
	}
	return err
}

// lookup calls use with the index of the i-th segment of a snapshot. The index
// may cover commits that are newer than the snapshot.
func (s *Stream) lookup(st *state, i int, use func(*index)) error {
	seg, sealed := st.segments[i], i < len(st.segments)-1
	for {
		seg.mu.RLock()
		if seg.index != nil && seg.index.next >= st.endOf(i) {
			use(seg.index)
			seg.mu.RUnlock()
			if sealed {
				s.store.indexes.add(seg)
			}
			return nil
		}
		seg.mu.RUnlock()
		end := st.end
		if sealed {
			info, err := s.fs.Stat(seg.path())
			if err != nil {
				return err
			}
			end = info.Size()
		}
		if err := seg.load(end, st.endOf(i), sealed); err != nil {
			return err
		}
	}
}
