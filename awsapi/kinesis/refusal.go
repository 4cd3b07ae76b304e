package kinesis

import (
	"context"
	"net/http"
	"slices"

	"leat/awsapi"
	"leat/awsapi/cbor"
	"leat/shardlog"
)

// A refusal is why one record of a batch is not appended, as its producer is
// told: ErrorCode and ErrorMessage of PutRecords, the exception of PutRecord.
// The zero refusal is none.
type refusal struct {
	code    string
	message string
}

// internalFailure is the other code, beside exceptions of throughput, that AWS
// gives single records.
const internalFailure = awsapi.InternalFailure

// A gate looks at a batch before it is appended to a stream, and refuses those
// of its records that must not be, or all of them by an error. Gates are asked
// in turn; one that counts records should pass over those that are refused
// already.
type gate func(a *api, s *shardlog.Stream, name string, b *batch) error

// refuse keeps one record of the batch from being appended. The first refusal
// of a record stands. Only gates may call it.
func (b *batch) refuse(record int, code, message string) {
	if b.refusals == nil {
		b.refusals = make([]refusal, len(b.entries))
	}
	if b.refusals[record].code == "" {
		b.refusals[record] = refusal{code, message}
		b.refused++
	}
}

// isRefused reports whether a record will not be appended.
func (b *batch) isRefused(record int) bool { return b.refused > 0 && b.refusals[record].code != "" }

// pass asks the gates, and takes what they refuse out of the batch.
func (a *api) pass(ctx context.Context, s *shardlog.Stream, name string, b *batch) error {
	if a.refuse != nil {
		if err := a.refuse(ctx, b.operation, name, len(b.entries), b.refuse); err != nil {
			return err
		}
	}
	for _, ask := range a.gates {
		if err := ask(a, s, name, b); err != nil {
			return err
		}
	}
	if b.refused == 0 {
		return nil
	}
	i := -1
	b.entries = slices.DeleteFunc(b.entries, func(entry shardlog.Entry) bool {
		i++
		if b.isRefused(i) {
			b.bytes -= len(entry.PartitionKey) + len(entry.Data)
		}
		return b.isRefused(i)
	})
	return nil
}

// refusedRecord is the error of a call that puts one record, when it was
// refused.
func (b *batch) refusedRecord() error {
	if b.refused == 0 {
		return nil
	}
	err := &awsapi.Error{Type: b.refusals[0].code, Message: b.refusals[0].message}
	if err.Type == internalFailure {
		err.Status = http.StatusInternalServerError
	}
	return err
}

// appendRefusal writes a record that was refused, without the closing brace.
func appendRefusal(dst []byte, r refusal) []byte {
	dst = awsapi.AppendString(append(dst, `{"ErrorCode":`...), r.code)
	return awsapi.AppendString(append(dst, `,"ErrorMessage":`...), r.message)
}

// appendRefusalCBOR writes a record that was refused, as two entries of a map.
func appendRefusalCBOR(dst []byte, r refusal) []byte {
	dst = cbor.AppendText(cbor.AppendText(dst, "ErrorCode"), r.code)
	return cbor.AppendText(cbor.AppendText(dst, "ErrorMessage"), r.message)
}
