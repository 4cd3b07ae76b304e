package kinesis

import (
	"math/big"
	"strconv"
	"time"

	"leat"
)

// canOrder reports whether SequenceNumberForOrdering is a number that Leat or
// AWS could have given a record: programs keep the last one that they got, which
// may be older than their stream, or 0.
//
// AWS's own numbers, in hexadecimal:
//
//	version 2: 2 · second of the shard's creation(9) · .(1) · index(16) · .(2) · second(9) · shard(8) · 2
//	version 1: 2 · second of the shard's creation(9) · .(3) · second(9) · .(24) · 1
//	version 0: 1 · second of the shard's creation(9) · .(22), or the same without the 1
func canOrder(text string, now time.Time) bool {
	if _, err := leat.ParseSequence(text); err == nil {
		return true
	}
	n, ok := new(big.Int).SetString(text, 10)
	if !ok || n.Sign() < 0 {
		return false
	}
	if lowest := new(big.Int).Lsh(big.NewInt(1), 124); n.Cmp(lowest) < 0 {
		n.Add(n, lowest)
	}
	hex := n.Text(16)
	// seconds reads a moment; there is none after the year 2477.
	seconds := func(digits string, before int64) bool {
		at, err := strconv.ParseInt(digits, 16, 64)
		return err == nil && at < before
	}
	const never = 16025175000
	switch {
	case n.BitLen() <= 125:
		return seconds(hex[1:10], never)
	case len(hex) != 47 || hex[0] != '2' || !seconds(hex[1:10], never):
		return false
	case hex[46] == '1':
		return seconds(hex[13:22], now.Unix()+1)
	case hex[46] == '2':
		return hex[11] <= '7' && seconds(hex[29:38], now.Unix()+1)
	}
	return false
}
