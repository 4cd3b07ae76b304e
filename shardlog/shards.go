package shardlog

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"leat"
)

// ShardInfo describes one shard.
type ShardInfo struct {
	Number         uint32
	Parent         int64 // -1: none
	AdjacentParent int64 // -1: none
	// First and Last are the hash keys the shard takes, both inclusive.
	First, Last HashKey
	// Start is before every record of the shard, and no record's own: reading
	// at it or after it gives the shard from its first record.
	Start leat.Sequence
	End   *leat.Sequence // nil while open; not before any record of the shard
	// Created and Closed are when the shard began and ended to take records, in
	// the time of arrivals; Closed is zero while it is open.
	Created, Closed time.Time
}

// shardDefinition is one shard on disk. Start and End are ordinals: the one
// before the shard's first possible record, and that of its last possible one.
// Numbers ascend, and one that was used is never used again: the highest is
// always an open shard's, and only closed ones are dropped.
type shardDefinition struct {
	Number         uint32  `json:"number"`
	Parent         int64   `json:"parent"`
	AdjacentParent int64   `json:"adjacent_parent"`
	First          HashKey `json:"first"`
	Last           HashKey `json:"last"`
	Start          uint64  `json:"start"`
	End            *uint64 `json:"end,omitempty"`
	CreatedMillis  int64   `json:"created_ms,omitempty"` // 0: with the stream
	ClosedMillis   int64   `json:"closed_ms,omitempty"`
}

func (d *definition) shardInfo(shard shardDefinition) ShardInfo {
	s := ShardInfo{
		Number:         shard.Number,
		Parent:         shard.Parent,
		AdjacentParent: shard.AdjacentParent,
		First:          shard.First,
		Last:           shard.Last,
		Start:          leat.Sequence{Created: d.Created, Ordinal: shard.Start, Shard: shard.Number},
		Created:        time.UnixMilli(max(shard.CreatedMillis, d.CreatedMillis)),
	}
	if shard.End != nil {
		s.End = &leat.Sequence{Created: d.Created, Ordinal: *shard.End, Shard: shard.Number}
		s.Closed = time.UnixMilli(shard.ClosedMillis)
	}
	return s
}

// checkShards reports the first thing about the shards that cannot be. Open
// shards divide the hash-key space: each key has one.
func (d *definition) checkShards() error {
	for i, shard := range d.Shards {
		if i > 0 && shard.Number <= d.Shards[i-1].Number ||
			shard.First.Compare(shard.Last) > 0 ||
			shard.Parent >= int64(shard.Number) || shard.AdjacentParent >= int64(shard.Number) ||
			shard.End != nil && *shard.End < shard.Start {
			return fmt.Errorf("shard %d of the stream's definition is impossible", shard.Number)
		}
	}
	open := d.openShards()
	if len(open) == 0 {
		return fmt.Errorf("the stream's definition has no open shard")
	}
	next := HashKey{}
	for i, shard := range open {
		if i > 0 {
			next = open[i-1].Last.Next()
		}
		if shard.First != next || i > 0 && next == (HashKey{}) {
			return fmt.Errorf("the stream's open shards do not divide the hash-key space at shard %d", shard.Number)
		}
	}
	if last := open[len(open)-1]; last.Last != lastHashKey {
		return fmt.Errorf("the stream's open shards end at shard %d, before the hash-key space does", last.Number)
	}
	return nil
}

// openShards returns the open shards in order of their ranges.
func (d *definition) openShards() []shardDefinition {
	var open []shardDefinition
	for _, shard := range d.Shards {
		if shard.End == nil {
			open = append(open, shard)
		}
	}
	slices.SortFunc(open, func(a, b shardDefinition) int { return a.First.Compare(b.First) })
	return open
}

// until returns the ordinal after the last one that the shard can have in a
// snapshot.
func (s ShardInfo) until(st *state) uint64 {
	if s.End != nil {
		return min(s.End.Ordinal+1, st.tail)
	}
	return st.tail
}

// indexOfShard returns where a shard is in a list by number.
func indexOfShard(shards []ShardInfo, number uint32) (int, bool) {
	return slices.BinarySearchFunc(shards, number, func(s ShardInfo, n uint32) int { return cmp.Compare(s.Number, n) })
}

// checkTail reports a definition that is newer than the log: records that a
// change of the shards came after are gone.
func (d *definition) checkTail(tail uint64) error {
	for _, shard := range d.Shards {
		if shard.Start >= tail || shard.End != nil && *shard.End >= tail {
			return fmt.Errorf("the log ends at record %d, but shard %d was opened or closed after it", tail-1, shard.Number)
		}
	}
	return nil
}
