package awsapi

import (
	"strconv"
	"time"
)

// A Timestamp is a moment as AWS writes it in JSON: seconds of Unix time, with
// milliseconds as a fraction.
type Timestamp time.Time

// MarshalJSON writes the number.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	return AppendTimestamp(nil, time.Time(t).UnixMilli()), nil
}

// AppendTimestamp appends milliseconds of Unix time as a Timestamp.
func AppendTimestamp(dst []byte, milliseconds int64) []byte {
	dst = strconv.AppendInt(dst, milliseconds/1000, 10)
	fraction := milliseconds % 1000
	return append(dst, '.', byte('0'+fraction/100), byte('0'+fraction/10%10), byte('0'+fraction%10))
}
