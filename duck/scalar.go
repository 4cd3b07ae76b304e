package duck

import (
	"encoding/binary"
	"encoding/hex"
	"time"
)

// A TimeTZ is a time of day with an offset from UTC.
type TimeTZ struct {
	SinceMidnight time.Duration
	OffsetSeconds int
}

// maxTimeTZOffset is ±15:59:59, the bias that DuckDB adds to offsets.
const maxTimeTZOffset = 16*60*60 - 1

// timeTZ takes DuckDB's packing apart: 40 bits of microseconds, then 24 bits of
// offset, stored so that later offsets sort first.
func timeTZ(bits uint64) TimeTZ {
	return TimeTZ{
		SinceMidnight: time.Duration(bits>>24) * time.Microsecond,
		OffsetSeconds: maxTimeTZOffset - int(bits&0xFFFFFF),
	}
}

// uuidText renders a UUID, which DuckDB stores as a 128-bit integer with the top bit
// flipped so that signed order is text order.
func uuidText(words [2]uint64) string {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], words[1]^1<<63)
	binary.BigEndian.PutUint64(raw[8:], words[0])
	var text [36]byte
	hex.Encode(text[0:8], raw[0:4])
	hex.Encode(text[9:13], raw[4:6])
	hex.Encode(text[14:18], raw[6:8])
	hex.Encode(text[19:23], raw[8:10])
	hex.Encode(text[24:36], raw[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}
