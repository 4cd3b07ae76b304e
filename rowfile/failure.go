package rowfile

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"leat"
)

// A Failure is a record that could not be delivered, and why. It becomes one
// line of an object under the error prefix, in the form that Firehose has.
type Failure struct {
	Record  leat.Record
	Code    string    // "DataFormatConversion.MalformedData"
	Message string    // what is wrong with this record
	At      time.Time // when delivery was attempted
}

// AppendFailure appends the line of a record that failed, for objects of the
// type format-conversion-failed or processing-failed. Beyond Firehose's
// members it has the partition key and the shard, so that the record can be put
// again where it came from.
func AppendFailure(dst []byte, kind string, f Failure) []byte {
	code, message := "errorCode", "errorMessage"
	if kind == "format-conversion-failed" {
		code, message = "lastErrorCode", "lastErrorMessage"
	}
	dst = append(dst, `{"attemptsMade":1,"arrivalTimestamp":`...)
	dst = strconv.AppendInt(dst, f.Record.Arrival, 10)
	dst = append(dst, `,"`+code+`":`...)
	dst = appendText(dst, f.Code)
	dst = append(dst, `,"`+message+`":`...)
	dst = appendText(dst, f.Message)
	dst = append(dst, `,"attemptEndingTimestamp":`...)
	dst = strconv.AppendInt(dst, f.At.UnixMilli(), 10)
	dst = append(dst, `,"rawData":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, f.Record.Data)
	dst = append(dst, `","sequenceNumber":"`...)
	dst, _ = f.Record.Sequence.AppendText(dst) // cannot fail
	dst = append(dst, `","subSequenceNumber":`...)
	dst = strconv.AppendUint(dst, uint64(f.Record.Subsequence), 10)
	dst = append(dst, `,"shardId":"shardId-`...)
	shard := strconv.Itoa(int(f.Record.Shard))
	for range 12 - len(shard) {
		dst = append(dst, '0')
	}
	dst = append(dst, shard...)
	dst = append(dst, `","partitionKey":`...)
	dst = appendText(dst, string(f.Record.PartitionKey))
	return append(dst, "}\n"...)
}

// appendText appends a JSON string; what is not UTF-8 becomes U+FFFD.
func appendText(dst []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings can always be encoded
	}
	return append(dst, quoted...)
}
