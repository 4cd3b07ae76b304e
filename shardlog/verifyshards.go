package shardlog

import (
	"maps"
	"slices"
)

// A seenShard is where the first and the last record of a shard are.
type seenShard struct{ first, last seenRecord }

type seenRecord struct {
	ordinal uint64
	file    string
	offset  int64
}

// see notes a shard's records in a commit.
func (v *verifier) see(h *frameHead, g frameGroup, file string, offset int64) {
	start := h.first + uint64(g.before)
	shard := v.seen[g.shard]
	if shard == nil {
		shard = &seenShard{first: seenRecord{start, file, offset}}
		v.seen[g.shard] = shard
	}
	shard.last = seenRecord{start + uint64(g.records) - 1, file, offset}
}

// shards holds the records that were seen against the definition, as it was
// before and as it is now: in a folder in use the shards may have changed since,
// which only opens some, closes some after all that was seen, and drops some.
func (v *verifier) shards(before *definition) error {
	now, err := readDefinition(v.fs, v.dir)
	if err != nil {
		return err
	}
	known := map[uint32]shardDefinition{}
	for _, shard := range slices.Concat(before.Shards, now.Shards) {
		known[shard.Number] = shard
	}
	for _, number := range slices.Sorted(maps.Keys(v.seen)) {
		seen := v.seen[number]
		shard, ok := known[number]
		switch {
		case !ok:
			v.add(seen.first.file, seen.first.offset, true, "record %d is in shard %d, which the definition lacks", seen.first.ordinal, number)
		case seen.first.ordinal <= shard.Start:
			v.add(seen.first.file, seen.first.offset, true, "record %d is in shard %d, which was opened after record %d", seen.first.ordinal, number, shard.Start)
		case shard.End != nil && seen.last.ordinal > *shard.End:
			v.add(seen.last.file, seen.last.offset, true, "record %d is in shard %d, which was closed at record %d", seen.last.ordinal, number, *shard.End)
		}
	}
	return nil
}
