package shardlog

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
)

// A HashKey is a point in the 128-bit space that a stream's shards divide: the
// MD5 of a partition key, big-endian, or a producer's explicit hash key.
type HashKey struct{ Hi, Lo uint64 }

// Compare orders hash keys as numbers.
func (k HashKey) Compare(other HashKey) int {
	if c := cmp.Compare(k.Hi, other.Hi); c != 0 {
		return c
	}
	return cmp.Compare(k.Lo, other.Lo)
}

// Next returns the key after k; the first one after the last.
func (k HashKey) Next() HashKey {
	lo, carry := bits.Add64(k.Lo, 1, 0)
	return HashKey{k.Hi + carry, lo}
}

// bytes returns the key with its highest byte first.
func (k HashKey) bytes() (b [16]byte) {
	binary.BigEndian.PutUint64(b[:8], k.Hi)
	binary.BigEndian.PutUint64(b[8:], k.Lo)
	return b
}

// before returns the key in front of k, which is not the first one.
func (k HashKey) before() HashKey {
	lo, borrow := bits.Sub64(k.Lo, 1, 0)
	return HashKey{k.Hi - borrow, lo}
}

// distance returns how many keys are between two, the greatest number when it is
// more than that.
func distance(a, b HashKey) uint64 {
	if a.Compare(b) < 0 {
		a, b = b, a
	}
	lo, borrow := bits.Sub64(a.Lo, b.Lo, 0)
	if a.Hi-b.Hi-borrow != 0 {
		return ^uint64(0)
	}
	return lo
}

// lastHashKey is the greatest there is.
var lastHashKey = HashKey{^uint64(0), ^uint64(0)}

// MarshalText writes a key as 32 hexadecimal digits.
func (k HashKey) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%016x%016x", k.Hi, k.Lo), nil
}

// UnmarshalText reads what MarshalText writes.
func (k *HashKey) UnmarshalText(text []byte) error {
	if len(text) != 32 {
		return fmt.Errorf("hash key %q is not 32 digits", text)
	}
	hi, errHi := strconv.ParseUint(string(text[:16]), 16, 64)
	lo, errLo := strconv.ParseUint(string(text[16:]), 16, 64)
	if errHi != nil || errLo != nil {
		return fmt.Errorf("hash key %q is not hexadecimal", text)
	}
	*k = HashKey{hi, lo}
	return nil
}

// evenRange returns the i-th of n even parts of the hash-key space, as Kinesis
// divides it: each starts at i·⌊2¹²⁸/n⌋, and the last takes the rest.
func evenRange(i, n int) (first, last HashKey) {
	if n == 1 {
		return HashKey{}, lastHashKey
	}
	// ⌊2¹²⁸/n⌋ by long division of 1·2¹²⁸, digit by digit of 2⁶⁴.
	hi, rest := bits.Div64(1, 0, uint64(n))
	lo, _ := bits.Div64(rest, 0, uint64(n))
	times := func(i uint64) HashKey {
		carry, low := bits.Mul64(lo, i)
		return HashKey{hi*i + carry, low}
	}
	first = times(uint64(i))
	if i == n-1 {
		return first, lastHashKey
	}
	return first, times(uint64(i + 1)).before()
}

// A router finds the open shard of a hash key. It is immutable. Open shards
// have slots, 0 and up in order of their numbers.
type router struct {
	numbers []uint32 // shard number by slot
	// ranges are the open shards' last keys in order of range, with their slots.
	ranges []routeRange
	// start has, for each value of a key's top bits, the range to look at first.
	start []uint32
	shift uint
}

type routeRange struct {
	last HashKey
	slot uint32
}

func newRouter(shards []ShardInfo) *router {
	r := &router{}
	for _, shard := range shards {
		if shard.End == nil {
			r.ranges = append(r.ranges, routeRange{shard.Last, uint32(len(r.numbers))})
			r.numbers = append(r.numbers, shard.Number)
		}
	}
	slices.SortFunc(r.ranges, func(a, b routeRange) int { return a.last.Compare(b.last) })
	// About four starts per shard, so that a search seldom takes a second step.
	width := uint(bits.Len(uint(4 * len(r.ranges))))
	r.shift = 64 - width
	r.start = make([]uint32, 1<<width)
	at := uint32(0)
	for top := range r.start {
		low := HashKey{Hi: uint64(top) << r.shift}
		for int(at) < len(r.ranges)-1 && r.ranges[at].last.Compare(low) < 0 {
			at++
		}
		r.start[top] = at
	}
	return r
}

// slotOf returns the slot of an open shard by its number.
func (r *router) slotOf(number uint32) (slot int, open bool) {
	return slices.BinarySearch(r.numbers, number)
}

// slot returns the slot of the open shard a key belongs to.
func (r *router) slot(key HashKey) uint32 {
	i := r.start[key.Hi>>r.shift]
	for r.ranges[i].last.Hi < key.Hi || r.ranges[i].last.Hi == key.Hi && r.ranges[i].last.Lo < key.Lo {
		i++
	}
	return r.ranges[i].slot
}
