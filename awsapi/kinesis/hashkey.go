package kinesis

import (
	"crypto/md5"
	"encoding/binary"
	"math/bits"

	"leat/shardlog"
)

// hashOf is where a partition key lies in the hash-key space.
func hashOf(key []byte) shardlog.HashKey {
	sum := md5.Sum(key)
	return shardlog.HashKey{Hi: binary.BigEndian.Uint64(sum[:8]), Lo: binary.BigEndian.Uint64(sum[8:])}
}

// parseHashKey reads a decimal number below 2^128.
func parseHashKey[T string | []byte](digits T) (shardlog.HashKey, bool) {
	var key shardlog.HashKey
	if len(digits) == 0 || len(digits) > 39 || digits[0] == '0' && len(digits) > 1 {
		return key, false
	}
	for i := range len(digits) {
		c := digits[i]
		if c < '0' || c > '9' {
			return key, false
		}
		// key = key*10 + digit, in two words
		carry, low := bits.Mul64(key.Lo, 10)
		over, high := bits.Mul64(key.Hi, 10)
		low, carryLow := bits.Add64(low, uint64(c-'0'), 0)
		high, carryHigh := bits.Add64(high, carry, carryLow)
		if over != 0 || carryHigh != 0 {
			return key, false
		}
		key = shardlog.HashKey{Hi: high, Lo: low}
	}
	return key, true
}

// formatHashKey writes a hash key in decimal.
func formatHashKey(key shardlog.HashKey) string {
	var digits [39]byte
	i := len(digits)
	for {
		high := key.Hi / 10
		low, digit := bits.Div64(key.Hi%10, key.Lo, 10)
		i--
		digits[i] = byte('0' + digit)
		key = shardlog.HashKey{Hi: high, Lo: low}
		if high == 0 && low == 0 {
			return string(digits[i:])
		}
	}
}
