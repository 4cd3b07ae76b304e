package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/scan"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// PutRecord
//
// Behavior: appends one record to a stream. When the call returns it is on
// disk.
//
// Differs from AWS: records are ordered as they are appended, whatever
// SequenceNumberForOrdering says: a call made after another has returned always
// gets the greater number.
//
// Limits: as the stream allows, 10 MiB at most with its key; with
// --enforce-limits 1 MiB and 1,000 records a second and shard.

// putRecordHot reads the body with a scanner.
func (a *api) putRecordHot(ctx context.Context, body, dst []byte) ([]byte, bool, error) {
	b := newBatch("PutRecord")
	defer b.free()
	b.scanner.Reset(body)
	fields, ok := scanPutRecord(&b.scanner)
	if !ok || !fields.addTo(b) {
		return dst, false, nil
	}
	if ok, err := a.putOne(ctx, &fields, b); !ok {
		return dst, false, err
	}
	return putRecordOutput{b.receipts[0], b.encryption}.AppendJSON(dst), true, nil
}

// scanPutRecord reads a whole request.
func scanPutRecord(s *scan.Scanner) (putFields, bool) {
	var fields putFields
	if !s.Take('{') {
		return fields, false
	}
	for {
		name, ok := s.Name()
		if !ok {
			return fields, false
		}
		m := memberOf(name)
		if m == unknown || m == records || !fields.readField(s, m) {
			return fields, false
		}
		if !s.Take(',') {
			break
		}
	}
	return fields, s.Take('}') && s.End() && fields.named()
}

// putOne is put for a batch of one record.
func (a *api) putOne(ctx context.Context, fields *putFields, b *batch) (bool, error) {
	ok, err := a.put(ctx, fields, b)
	if ok {
		err = b.refusedRecord()
	}
	return err == nil && ok, err
}

// putRecord is the ordinary way.
func (a *api) putRecord(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err == nil {
		err = a.checkUsable(s, name)
	}
	if err != nil {
		return nil, err
	}
	if after := in.Text("SequenceNumberForOrdering"); in.Has("SequenceNumberForOrdering") && !canOrder(after, a.now()) {
		return nil, awsapi.Errorf(invalidArgument, "ExclusiveMinimumSequenceNumber %s used in PutRecord on stream %s under account %s is invalid.", after, name, a.place.Account)
	}
	if err := checkKeys(s, []shape.Object{in}, func(int) string { return "" }); err != nil {
		return nil, err
	}
	b := newBatch("PutRecord")
	defer b.free()
	if err := b.add([]byte(in.Text("PartitionKey")), in.Bytes("Data"), []byte(in.Text("ExplicitHashKey"))); err != nil {
		return nil, err
	}
	if err := a.dryRunPut(in, s, b); err != nil {
		return nil, err
	}
	if err := a.append(ctx, s, name, b); err != nil {
		return nil, err
	}
	if err := b.refusedRecord(); err != nil {
		return nil, err
	}
	return putRecordOutput{b.receipts[0], b.encryption}, nil
}

type putRecordOutput struct {
	receipt    shardlog.Receipt
	encryption string
}

// AppendJSON writes the response.
func (o putRecordOutput) AppendJSON(dst []byte) []byte {
	return appendEncryption(appendReceipt(dst, o.receipt), o.encryption)
}
