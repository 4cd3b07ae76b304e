package awsapi

import (
	"strconv"
	"time"

	"leat/awsapi/cbor"
)

// A Timestamp is a moment as AWS writes it: in JSON seconds of Unix time, with
// milliseconds as a fraction; in CBOR tagged milliseconds.
type Timestamp time.Time

// MarshalJSON writes the number.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	return AppendTimestamp(nil, time.Time(t).UnixMilli()), nil
}

// MarshalCBOR writes the tagged number.
func (t Timestamp) MarshalCBOR() ([]byte, error) {
	return cbor.AppendTimestamp(nil, time.Time(t).UnixMilli()), nil
}

// AppendTimestamp appends milliseconds of Unix time as a Timestamp.
func AppendTimestamp(dst []byte, milliseconds int64) []byte {
	dst = strconv.AppendInt(dst, milliseconds/1000, 10)
	fraction := milliseconds % 1000
	return append(dst, '.', byte('0'+fraction/100), byte('0'+fraction/10%10), byte('0'+fraction%10))
}
