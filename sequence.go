package leat

import (
	"fmt"
	"strconv"
)

// SequenceDigits is the length of a sequence number in text, as Kinesis writes
// it.
const SequenceDigits = 56

// A Sequence is a record's place in its stream. Text order and numeric order
// agree; within a shard later records have greater numbers, and a stream that
// is deleted and made again continues above the old one.
//
// In text it is 56 decimal digits: "49", then fixed fields that are cheap to
// write and read back:
//
//	49 CCCCCCCCCCC OOOOOOOOOOOOOOOOOOOO SSSSSSSSSSSSSSSSSSSSSSS
//	   created(11) ordinal(20)          shard(23)
type Sequence struct {
	// Created is when the stream was made, in seconds of Unix time.
	Created uint64
	// Ordinal counts the stream's records from 1 in order of commit; 0 is the
	// place before them all.
	Ordinal uint64
	// Shard is the shard's number.
	Shard uint32
}

// AppendText appends the 56 digits to dst. The error is always nil; it is
// there for encoding.TextAppender.
func (s Sequence) AppendText(dst []byte) ([]byte, error) {
	start := len(dst)
	dst = append(dst, "49000000000000000000000000000000000000000000000000000000"...)
	digits := dst[start:]
	putDecimal(digits[2:13], s.Created)
	putDecimal(digits[13:33], s.Ordinal)
	putDecimal(digits[33:], uint64(s.Shard))
	return dst, nil
}

// String returns the 56 digits.
func (s Sequence) String() string {
	text, _ := s.AppendText(make([]byte, 0, SequenceDigits))
	return string(text)
}

// ParseSequence reads the 56 digits that String writes. Anything else is an
// Error with code InvalidArgument.
func ParseSequence(text string) (Sequence, error) {
	bad := func() (Sequence, error) {
		return Sequence{}, &Error{Code: InvalidArgument, Message: fmt.Sprintf("sequence number %q is not one of this stream's", text)}
	}
	if len(text) != SequenceDigits || text[:2] != "49" {
		return bad()
	}
	created, errCreated := strconv.ParseUint(text[2:13], 10, 64)
	ordinal, errOrdinal := strconv.ParseUint(text[13:33], 10, 64)
	shard, errShard := strconv.ParseUint(text[33:], 10, 32)
	if errCreated != nil || errOrdinal != nil || errShard != nil {
		return bad()
	}
	return Sequence{Created: created, Ordinal: ordinal, Shard: uint32(shard)}, nil
}

// putDecimal writes n in decimal at the end of dst, which holds zeros.
func putDecimal(dst []byte, n uint64) {
	for i := len(dst) - 1; n > 0 && i >= 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
}
