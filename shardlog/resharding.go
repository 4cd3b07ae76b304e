package shardlog

import (
	"cmp"
	"fmt"
	"slices"

	"leat"
)

// maxShards bounds the shards of a stream, closed ones that are still listed
// included, and so the length of its definition.
const maxShards = 50_000

// A Resharding is a change of a stream's shards that is being decided. It is
// valid in Reshard's function alone.
type Resharding struct {
	// Settings may be changed too, as by Change.
	Settings Settings

	stream string
	next   definition
	// fresh are the numbers from which on shards are new, and closed those that
	// end: their ordinals and times are known when the change happens.
	fresh  uint32
	closed map[uint32]bool
}

func newResharding(stream string, d *definition) *Resharding {
	r := &Resharding{
		Settings: d.settings(),
		stream:   stream, next: *d, fresh: d.Shards[len(d.Shards)-1].Number + 1, closed: map[uint32]bool{},
	}
	r.next.Shards = slices.Clone(d.Shards)
	return r
}

// Open returns how many shards are open.
func (r *Resharding) Open() int {
	n := 0
	for _, shard := range r.next.Shards {
		if shard.End == nil {
			n++
		}
	}
	return n
}

// IsOpen reports whether there is an open shard of a number.
func (r *Resharding) IsOpen(shard uint32) bool {
	_, err := r.open(shard)
	return err == nil
}

// Split closes a shard and opens two in its place: one for its keys below at,
// and one for at and above. Both must have a key.
func (r *Resharding) Split(shard uint32, at HashKey) error {
	_, _, err := r.split(shard, at)
	return err
}

func (r *Resharding) split(number uint32, at HashKey) (lower, upper uint32, err error) {
	shard, err := r.open(number)
	if err != nil {
		return 0, 0, err
	}
	if at.Compare(shard.First) <= 0 || at.Compare(shard.Last) > 0 {
		return 0, 0, invalid("hash key %s does not divide shard %d of stream %s", formatKey(at), number, r.stream)
	}
	r.close(number)
	parent := int64(number)
	lower = r.add(shardDefinition{Parent: parent, AdjacentParent: -1, First: shard.First, Last: at.before()})
	upper = r.add(shardDefinition{Parent: parent, AdjacentParent: -1, First: at, Last: shard.Last})
	return lower, upper, nil
}

// Merge closes two shards and opens one in their place. The first key of upper
// must be the one after lower's last.
func (r *Resharding) Merge(lower, upper uint32) error {
	_, err := r.merge(lower, upper)
	return err
}

func (r *Resharding) merge(lower, upper uint32) (merged uint32, err error) {
	low, err := r.open(lower)
	if err != nil {
		return 0, err
	}
	high, err := r.open(upper)
	if err != nil {
		return 0, err
	}
	if low.Last == lastHashKey || low.Last.Next() != high.First {
		return 0, invalid("shard %d of stream %s does not follow shard %d: they cannot be merged", upper, r.stream, lower)
	}
	r.close(lower)
	r.close(upper)
	return r.add(shardDefinition{Parent: int64(lower), AdjacentParent: int64(upper), First: low.First, Last: high.Last}), nil
}

// Uniform splits and merges shards until n of even ranges are open. Each shard
// has at most two parents, so there are shards in between, which are closed as
// they are opened and never hold a record. Shards that have the right range
// already stay.
func (r *Resharding) Uniform(n int) error {
	if n < 1 || n > 20_000 {
		return invalid("stream %s cannot have %d shards, 1 to 20000 are allowed", r.stream, n)
	}
	open := r.next.openShards()
	borders := borders(open, n)
	var pieces []uint32 // in order of range, none across a border
	i := 0
	for _, shard := range open {
		number := shard.Number
		for ; i < len(borders) && borders[i].Compare(shard.Last) <= 0; i++ {
			if borders[i] == shard.First {
				continue
			}
			lower, upper, err := r.split(number, borders[i])
			if err != nil {
				return err
			}
			pieces, number = append(pieces, lower), upper
		}
		pieces = append(pieces, number)
	}
	return r.mergeWithin(borders, pieces)
}

// mergeWithin merges neighbouring pieces that no border is between.
func (r *Resharding) mergeWithin(borders []HashKey, pieces []uint32) error {
	whole := pieces[0]
	for _, piece := range pieces[1:] {
		shard, err := r.open(piece)
		if err != nil {
			return err
		}
		if len(borders) > 0 && shard.First == borders[0] {
			whole, borders = piece, borders[1:]
			continue
		}
		if whole, err = r.merge(whole, piece); err != nil {
			return err
		}
	}
	return nil
}

// rounding is how far from its even place a border may be. ⌊2¹²⁸/n⌋ leaves a
// rest, so that the borders of n shards are not quite among those of 2n; a shard
// is more than 10³⁴ keys wide.
const rounding = 1 << 20

// borders returns the first keys of n even shards but the first one, which
// starts at 0. Where an open shard starts within the rounding, it is that.
func borders(open []shardDefinition, n int) []HashKey {
	borders := make([]HashKey, 0, n-1)
	for i := 1; i < n; i++ {
		even, _ := evenRange(i, n)
		border, best := even, uint64(rounding)+1
		at, _ := slices.BinarySearchFunc(open, even, func(s shardDefinition, k HashKey) int { return s.First.Compare(k) })
		for _, shard := range open[max(at-1, 1):min(at+1, len(open))] {
			if d := distance(shard.First, even); d < best {
				border, best = shard.First, d
			}
		}
		borders = append(borders, border)
	}
	return borders
}

// open returns a shard that must be open.
func (r *Resharding) open(number uint32) (shardDefinition, error) {
	i, ok := r.index(number)
	if !ok {
		return shardDefinition{}, shardNotFound(number, r.stream)
	}
	shard := r.next.Shards[i]
	if shard.End != nil {
		return shard, invalid("shard %d of stream %s is closed", number, r.stream)
	}
	return shard, nil
}

func (r *Resharding) index(number uint32) (int, bool) {
	return slices.BinarySearchFunc(r.next.Shards, number, func(s shardDefinition, n uint32) int { return cmp.Compare(s.Number, n) })
}

// close and add note what ends and begins; place fills in where and when.
func (r *Resharding) close(number uint32) {
	i, _ := r.index(number)
	r.next.Shards[i].End = new(uint64)
	r.closed[number] = true
}

func (r *Resharding) add(shard shardDefinition) uint32 {
	shard.Number = r.next.Shards[len(r.next.Shards)-1].Number + 1
	r.next.Shards = append(r.next.Shards, shard)
	return shard.Number
}

// settle checks what was decided.
func (r *Resharding) settle() error {
	if len(r.next.Shards) > maxShards {
		return &leat.Error{
			Code:    leat.LimitExceeded,
			Message: fmt.Sprintf("stream %s would have %d shards, at most %d are allowed, closed ones included", r.stream, len(r.next.Shards), maxShards),
			Hint:    "wait until the retention of closed shards has passed",
		}
	}
	if err := checkSettings(r.stream, r.Settings); err != nil {
		return err
	}
	r.next.setSettings(r.Settings)
	return nil
}

// place puts the change between an ordinal and the next one.
func (r *Resharding) place(at uint64, millis int64) {
	for i := range r.next.Shards {
		shard := &r.next.Shards[i]
		if shard.Number >= r.fresh {
			shard.Start, shard.CreatedMillis = at, millis
		}
		if r.closed[shard.Number] {
			*shard.End, shard.ClosedMillis = at, millis
		}
	}
}

func formatKey(key HashKey) string {
	text, _ := key.MarshalText() // never fails
	return string(text)
}
