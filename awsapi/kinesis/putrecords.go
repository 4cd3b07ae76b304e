package kinesis

import (
	"context"
	"iter"
	"slices"
	"strconv"

	"leat/awsapi/scan"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// PutRecords
//
// Behavior: appends up to 500 records to a stream, each to the shard that the
// MD5 of its partition key, or its ExplicitHashKey, falls into. When the call
// returns all of them are on disk. Aggregates of the Kinesis Producer Library
// are kept and handed out as they are; streaming views and delivery streams take
// them apart.
//
// Differs from AWS: the records of one call that are not refused are appended as
// one unit, in the order of the request within each shard: either all of them
// or, when the call fails, none. Without limits and faults none is refused, and
// FailedRecordCount is 0.
//
// Limits: 500 records, 10 MiB of data and keys a call; each record as the
// stream allows. With --enforce-limits records over their shard's 1 MiB and 1,000
// records a second fail with ProvisionedThroughputExceededException, and the
// others are stored.

const maxPutBytes = 10 << 20

// putRecordsHot reads the body with a scanner.
func (a *api) putRecordsHot(ctx context.Context, body, dst []byte) ([]byte, bool, error) {
	b := newBatch("PutRecords")
	defer b.free()
	b.scanner.Reset(body)
	fields, ok := scanPutRecords(&b.scanner, b)
	if !ok {
		return dst, false, nil
	}
	if ok, err := a.put(ctx, &fields, b); !ok {
		return dst, false, err
	}
	return b.output().AppendJSON(dst), true, nil
}

// put appends the records of a scanned request. It reports false, having done
// nothing, when the request must go the ordinary way, or has failed.
func (a *api) put(ctx context.Context, fields *putFields, b *batch) (bool, error) {
	s, name := a.streamOfPut(fields)
	if s == nil {
		return false, nil
	}
	err := a.append(ctx, s, name, b)
	return err == nil, err
}

// scanPutRecords reads a whole request: its records go into b.
func scanPutRecords(s *scan.Scanner, b *batch) (putFields, bool) {
	var fields putFields
	if !s.Take('{') {
		return fields, false
	}
	for {
		name, ok := s.Name()
		if !ok {
			return fields, false
		}
		switch m := memberOf(name); m {
		case streamNameMember, streamARNMember:
			ok = fields.readField(s, m)
		case records:
			ok = !fields.seen[records] && scanRecords(s, b)
			fields.seen[records] = true
		default:
			ok = false
		}
		if !ok {
			return fields, false
		}
		if !s.Take(',') {
			break
		}
	}
	return fields, s.Take('}') && s.End() && fields.seen[records] && fields.named()
}

// scanRecords reads the list of records.
func scanRecords(s *scan.Scanner, b *batch) bool {
	if !s.Take('[') {
		return false
	}
	for {
		if len(b.entries) == maxRecords || !scanRecord(s, b) {
			return false
		}
		if !s.Take(',') {
			return s.Take(']')
		}
	}
}

func scanRecord(s *scan.Scanner, b *batch) bool {
	if !s.Take('{') {
		return false
	}
	var fields putFields
	for {
		name, ok := s.Name()
		if !ok {
			return false
		}
		switch m := memberOf(name); m {
		case dataMember, partitionKeyMember, explicitHashKeyMember:
			ok = fields.readField(s, m)
		default:
			ok = false
		}
		if !ok {
			return false
		}
		if !s.Take(',') {
			return s.Take('}') && fields.addTo(b)
		}
	}
}

// putRecords is the ordinary way.
func (a *api) putRecords(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err == nil {
		err = a.checkUsable(s, name)
	}
	if err != nil {
		return nil, err
	}
	if err := checkKeys(s, in.Objects("Records"), pathOfRecord); err != nil {
		return nil, err
	}
	b := newBatch("PutRecords")
	defer b.free()
	for _, record := range in.Objects("Records") {
		if err := b.add([]byte(record.Text("PartitionKey")), record.Bytes("Data"), []byte(record.Text("ExplicitHashKey"))); err != nil {
			return nil, err
		}
	}
	if err := a.dryRunPut(in, s, b); err != nil {
		return nil, err
	}
	if err := a.append(ctx, s, name, b); err != nil {
		return nil, err
	}
	out := b.output()
	out.receipts = slices.Clone(out.receipts) // the batch is used again
	return out, nil
}

type putRecordsOutput struct {
	receipts   []shardlog.Receipt // of the records that were not refused
	refusals   []refusal          // of all records; nil when none was refused
	encryption string
}

// output is the response to the appended batch, good until it is freed.
func (b *batch) output() putRecordsOutput {
	return putRecordsOutput{b.receipts, b.refusals, b.encryption}
}

// failed counts the records that were refused.
func (o putRecordsOutput) failed() int { return max(0, len(o.refusals)-len(o.receipts)) }

// records goes through the records in the order of the request. A record that
// was refused has no receipt.
func (o putRecordsOutput) records() iter.Seq2[int, *shardlog.Receipt] {
	return func(yield func(int, *shardlog.Receipt) bool) {
		next := 0
		for i := range max(len(o.refusals), len(o.receipts)) {
			var receipt *shardlog.Receipt
			if o.refusals == nil || o.refusals[i].code == "" {
				receipt = &o.receipts[next]
				next++
			}
			if !yield(i, receipt) {
				return
			}
		}
	}
}

// AppendJSON writes the response.
func (o putRecordsOutput) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"FailedRecordCount":`...)
	dst = strconv.AppendInt(dst, int64(o.failed()), 10)
	dst = append(dst, `,"Records":[`...)
	for i, receipt := range o.records() {
		if i > 0 {
			dst = append(dst, ',')
		}
		if receipt == nil {
			dst = appendRefusal(dst, o.refusals[i])
		} else {
			dst = appendReceipt(dst, *receipt)
		}
		dst = append(dst, '}')
	}
	return appendEncryption(append(dst, ']'), o.encryption)
}

// appendReceipt writes where a record went, without the closing brace.
func appendReceipt(dst []byte, receipt shardlog.Receipt) []byte {
	dst = append(dst, `{"SequenceNumber":"`...)
	dst, _ = receipt.Sequence.AppendText(dst) // never fails
	dst = append(dst, `","ShardId":"`...)
	return append(appendShardID(dst, receipt.Shard), '"')
}

// appendEncryption ends a response. Of records that are not encrypted AWS does
// not say so.
func appendEncryption(dst []byte, encryption string) []byte {
	if encryption == notEncrypted {
		return append(dst, '}')
	}
	dst = append(dst, `,"EncryptionType":"`...)
	return append(append(dst, encryption...), `"}`...)
}
