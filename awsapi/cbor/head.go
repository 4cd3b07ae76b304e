package cbor

import "encoding/binary"

// The major types, the upper three bits of an item's first byte.
const (
	unsigned = iota << 5
	negative
	byteString
	textString
	array
	mapping
	tag
	simple

	majorBits = 0xe0
)

const (
	// indefinite, in the lower five bits, says that the length is not known
	// and that a breakByte ends the item.
	indefinite = 31
	breakByte  = 0xff
)

// Simple values and floats.
const (
	falseByte     = simple | 20
	trueByte      = simple | 21
	nullByte      = simple | 22
	undefinedByte = simple | 23
	half          = simple | 25
	single        = simple | 26
	double        = simple | 27
)

// timestampTag marks milliseconds of Unix time.
const timestampTag = 1

// head reads an item's first bytes: what it is, and its number, which is a
// length, a value or the bits of a float. Reserved forms are not ok.
func head(src []byte) (first byte, number uint64, size int, ok bool) {
	if len(src) == 0 {
		return 0, 0, 0, false
	}
	first = src[0]
	switch low := first &^ majorBits; {
	case low < 24:
		return first, uint64(low), 1, true
	case low == 24 && len(src) >= 2:
		return first, uint64(src[1]), 2, true
	case low == 25 && len(src) >= 3:
		return first, uint64(binary.BigEndian.Uint16(src[1:])), 3, true
	case low == 26 && len(src) >= 5:
		return first, uint64(binary.BigEndian.Uint32(src[1:])), 5, true
	case low == 27 && len(src) >= 9:
		return first, binary.BigEndian.Uint64(src[1:]), 9, true
	case low == indefinite:
		return first, 0, 1, true
	}
	return 0, 0, 0, false
}

// appendHead writes an item's first bytes in the shortest form.
func appendHead(dst []byte, major byte, number uint64) []byte {
	switch {
	case number < 24:
		return append(dst, major|byte(number))
	case number < 1<<8:
		return append(dst, major|24, byte(number))
	case number < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(number))
	case number < 1<<32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(number))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), number)
}
