package shardlog

import "sort"

// blockBytes is how much of a segment one entry of its index stands for.
const blockBytes = 64 << 10

// An index says where in a segment a record, a time or a shard's next records
// are, to within a block: a run of small commits of about blockBytes, or one
// larger commit. It is a fraction of a percent of the segment, whatever the
// number of records, and can always be made again from the segment.
//
// An index covers a prefix of its segment, up to end.
type index struct {
	blocks []block
	shards map[uint32][]blockRun

	end     int64  // offset after the last commit covered
	next    uint64 // ordinal after the last record covered
	arrival int64  // of the last commit covered
}

// A block is a run of commits.
type block struct {
	offset  int64
	first   uint64 // ordinal of its first record
	arrival int64  // of its first commit
}

// A blockRun is a run of neighbouring blocks that all hold records of a shard.
type blockRun struct{ from, to uint32 } // inclusive

func newIndex(head segmentHead) *index {
	return &index{shards: map[uint32][]blockRun{}, end: segmentHeadBytes, next: head.first, arrival: head.floor}
}

// add covers one more commit, which starts at end.
func (x *index) add(h *frameHead) {
	n := len(x.blocks)
	if n == 0 || h.length() >= blockBytes || x.end-x.blocks[n-1].offset >= blockBytes {
		x.blocks = append(x.blocks, block{x.end, h.first, h.arrival})
		n++
	}
	at := uint32(n - 1)
	for i := range h.groups {
		shard := h.group(i).shard
		runs := x.shards[shard]
		switch last := len(runs) - 1; {
		case last >= 0 && runs[last].to == at:
			continue
		case last >= 0 && runs[last].to+1 == at:
			runs[last].to = at
		default:
			x.shards[shard] = append(runs, blockRun{at, at})
		}
	}
	x.end += h.length()
	x.next = h.end()
	x.arrival = h.arrival
}

// bytes is about how much memory the index takes.
func (x *index) bytes() int64 {
	n := int64(len(x.blocks)) * 24
	for _, runs := range x.shards {
		n += 48 + int64(len(runs))*8
	}
	return n
}

// blockEnd returns the offset after a block.
func (x *index) blockEnd(i int) int64 {
	if i+1 < len(x.blocks) {
		return x.blocks[i+1].offset
	}
	return x.end
}

// blockOf returns the block that holds a record, or the nearest after it, or
// len(blocks).
func (x *index) blockOf(ordinal uint64) int {
	if ordinal >= x.next {
		return len(x.blocks)
	}
	i := sort.Search(len(x.blocks), func(i int) bool { return x.blocks[i].first > ordinal })
	return max(i-1, 0)
}

// blockAt returns the block where the first commit that arrived at or after a
// time may be: the last one that starts before it, or the first.
func (x *index) blockAt(arrival int64) int {
	i := sort.Search(len(x.blocks), func(i int) bool { return x.blocks[i].arrival >= arrival })
	return max(i-1, 0)
}

// shardBlock returns the first block at or after from that holds records of a
// shard, or len(blocks).
func (x *index) shardBlock(shard uint32, from int) int {
	runs := x.shards[shard]
	i := sort.Search(len(runs), func(i int) bool { return int(runs[i].to) >= from })
	if i == len(runs) {
		return len(x.blocks)
	}
	return max(int(runs[i].from), from)
}
