package shardlog

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"leat/vfs"
)

// A shardCursor steps through the commits that hold records of one shard. Of a
// large commit it reads the head and, on request, the shard's group; small ones
// it reads by whole blocks, which costs less than many small reads.
type shardCursor struct {
	stream *Stream
	st     *state
	shard  uint32
	from   uint64 // groups that end before it are left out
	until  uint64 // the shard has no records from here on

	seg   int // index in st.segments
	block int // index of the block being read, in the segment's index
	file  vfs.File
	salt  uint64

	at   int64  // offset of the next commit of the block
	end  int64  // of the block
	next uint64 // ordinal the next commit starts with
	body int64  // offset of the body of the commit that step returned

	buf  *[]byte // pooled
	base int64   // file offset of (*buf)[0]
	have int

	// newest, if set, is read in place of files; newestDone says that it was.
	newest     *newest
	newestDone bool
}

// smallReadBytes is the most that is read of a block at once; a block of small
// commits is always shorter.
const smallReadBytes = 2 * blockBytes

var blockBuffers = sync.Pool{New: func() any { b := make([]byte, smallReadBytes); return &b }}

// cursor returns a cursor over a shard's groups that end after from. Close it.
func (s *Stream) cursor(st *state, info ShardInfo, from uint64) *shardCursor {
	from = max(from, st.head(), info.Start.Ordinal+1)
	c := &shardCursor{
		stream: s, st: st, shard: info.Number, from: from, until: info.until(st), seg: st.segmentOf(from), block: -1,
	}
	if st.newestHolds(from) {
		c.newest = st.newest
	} else {
		c.buf = blockBuffers.Get().(*[]byte)
	}
	return c
}

func (c *shardCursor) close() {
	if c.buf != nil && len(*c.buf) == smallReadBytes {
		blockBuffers.Put(c.buf)
	}
	if c.file != nil {
		c.file.Close() // was only read
	}
}

// step goes to the next commit with records of the shard; ok is false at the
// snapshot's tail and at the shard's end. What it returns is valid until the next step.
func (c *shardCursor) step() (h frameHead, g frameGroup, ok bool, err error) {
	if c.newest != nil {
		return c.stepNewest()
	}
	for {
		for c.at < c.end {
			if h, err = c.head(); err != nil {
				return h, g, false, c.damage(err)
			}
			if h.first >= c.until {
				return h, g, false, nil
			}
			c.body = c.at + h.headLen()
			c.at += h.length()
			c.next = h.end()
			g, ok = h.find(c.shard)
			if ok && h.first+uint64(g.before)+uint64(g.records) > c.from {
				return h, g, true, nil
			}
		}
		if ok, err = c.nextBlock(); !ok || err != nil {
			return h, g, false, c.damage(err)
		}
	}
}

func (c *shardCursor) damage(err error) error {
	if c.seg == len(c.st.segments) {
		return err
	}
	return c.st.segments[c.seg].damage(err)
}

// nextBlock finds the next block that holds records of the shard.
func (c *shardCursor) nextBlock() (ok bool, err error) {
	for c.seg < len(c.st.segments) && c.from < c.until && c.st.segments[c.seg].first < c.until {
		var b block
		c.end = 0
		err := c.stream.lookup(c.st, c.seg, func(x *index) {
			if c.block++; c.block == 0 {
				c.block = x.blockOf(c.from)
			}
			if c.block = x.shardBlock(c.shard, c.block); c.block < len(x.blocks) {
				b, c.end = x.blocks[c.block], x.blockEnd(c.block)
			}
		})
		if err != nil {
			return false, err
		}
		if c.end > 0 {
			if c.seg == len(c.st.segments)-1 {
				c.end = min(c.end, c.st.end)
			}
			c.at, c.next = b.offset, b.first
			if c.at >= c.end {
				return false, nil // newer than the snapshot
			}
			return true, c.openBlock()
		}
		if c.file != nil {
			c.file.Close() // was only read
		}
		c.file, c.block = nil, -1
		c.seg++
	}
	return false, nil
}

// openBlock has the segment open, and a small block in the buffer.
func (c *shardCursor) openBlock() (err error) {
	if c.file == nil {
		seg := c.st.segments[c.seg]
		if c.file, err = seg.fs.Open(seg.path()); err != nil {
			return err
		}
		head, err := seg.headOf(c.file)
		if err != nil {
			return err
		}
		c.salt = head.salt
	}
	size := c.end - c.at
	if size >= smallReadBytes {
		size = min(4096, size)
	}
	return c.fill(c.at, size)
}

// head returns the head of the commit at c.at.
func (c *shardCursor) head() (frameHead, error) {
	need := int64(frameHeadBytes)
	for {
		if c.at+need > c.end {
			return frameHead{}, &badFrame{c.at, fmt.Errorf("commit is cut short")}
		}
		if !c.holds(c.at, need) {
			if err := c.fill(c.at, min(max(need, 4096), c.end-c.at)); err != nil {
				return frameHead{}, err
			}
			if !c.holds(c.at, need) {
				return frameHead{}, &badFrame{c.at, io.ErrUnexpectedEOF}
			}
		}
		h, n, err := decodeHead((*c.buf)[c.at-c.base:c.have], c.salt)
		if err == nil && n > need {
			need = n
			continue
		}
		if err == nil && (h.first != c.next || c.at+h.length() > c.end) {
			err = fmt.Errorf("commit does not belong here")
		}
		if err != nil {
			return frameHead{}, &badFrame{c.at, err}
		}
		return h, nil
	}
}

// load returns the bytes of a group that step returned. They do not change.
func (c *shardCursor) load(h *frameHead, g frameGroup) (groupReader, error) {
	if c.newest != nil {
		return h.checkGroup(g, c.newest.body[g.offset:][:g.bytes])
	}
	at := c.body + int64(g.offset)
	p := make([]byte, g.bytes)
	if c.holds(at, int64(g.bytes)) {
		copy(p, (*c.buf)[at-c.base:])
	} else if _, err := c.file.ReadAt(p, at); err != nil {
		if errors.Is(err, io.EOF) {
			err = c.damage(&badFrame{at, io.ErrUnexpectedEOF})
		}
		return groupReader{}, err
	}
	group, err := h.checkGroup(g, p)
	if err != nil {
		return group, c.damage(&badFrame{at, err})
	}
	return group, nil
}

func (c *shardCursor) holds(at, n int64) bool {
	return at >= c.base && at+n <= c.base+int64(c.have)
}

// fill reads n bytes into the buffer, fewer at the file's end.
func (c *shardCursor) fill(at, n int64) error {
	if int64(len(*c.buf)) < n {
		b := make([]byte, n)
		c.buf = &b
	}
	have, err := c.file.ReadAt((*c.buf)[:n], at)
	c.base, c.have = at, have
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}
