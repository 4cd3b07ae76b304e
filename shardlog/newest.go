package shardlog

import "bytes"

// A newest is a stream's last commit, kept in memory when somebody waited for
// its records: those who are woken read it from here and not from the file, which
// with many readers of single records is most of their work. It is immutable.
type newest struct {
	head frameHead
	body []byte
}

// maxNewestBytes bounds the commit that is kept: as many records as there are in
// a larger one make up for reading a file.
const maxNewestBytes = blockBytes

// keepNewest copies a commit, or returns nil for one that is too large.
func keepNewest(frame []byte, head frameHead) *newest {
	if len(frame) > maxNewestBytes {
		return nil
	}
	frame = bytes.Clone(frame)
	head.table = frame[frameHeadBytes:head.headLen()]
	return &newest{head, frame[head.headLen():]}
}

// newestHolds reports whether the newest commit is in memory and has all that the
// stream holds from an ordinal on.
func (st *state) newestHolds(from uint64) bool {
	return st.newest != nil && from >= st.newest.head.first && st.newest.head.end() == st.tail
}

// stepNewest is step when there is nothing but the commit in memory.
func (c *shardCursor) stepNewest() (h frameHead, g frameGroup, ok bool, err error) {
	h = c.newest.head
	if c.newestDone {
		return h, g, false, nil
	}
	c.newestDone = true
	g, ok = h.find(c.shard)
	return h, g, ok && h.first+uint64(g.before)+uint64(g.records) > c.from, nil
}
