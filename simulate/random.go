package simulate

import "math/bits"

// random is a splitmix64 generator: eight bytes of state, no allocation, and
// good enough for data that only has to look alive.
type random uint64

// at returns the generator of one record.
func at(seed, index uint64) random {
	return random(mix(seed) ^ mix(index+0x632be59bd9b4e019))
}

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	return mix(uint64(*r))
}

// below returns a number in [0, n).
func (r *random) below(n uint64) uint64 {
	hi, _ := bits.Mul64(r.next(), n)
	return hi
}

// between returns a number in [low, high].
func (r *random) between(low, high uint64) uint64 { return low + r.below(high-low+1) }

// chance is true with probability p.
func (r *random) chance(p float64) bool {
	return float64(r.next()>>11)/(1<<53) < p
}

func pick[T any](r *random, from []T) T { return from[r.below(uint64(len(from)))] }

const hexDigits = "0123456789abcdef"

// appendUUID appends a random UUID, version 4.
func (r *random) appendUUID(dst []byte) []byte {
	hi, lo := r.next(), r.next()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(3<<62) | 2<<62
	var text [36]byte
	j := 0
	for i := range 32 {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			text[j] = '-'
			j++
		}
		word := hi
		if i >= 16 {
			word = lo
		}
		text[j] = hexDigits[word>>(60-4*(i&15))&15]
		j++
	}
	return append(dst, text[:]...)
}
