package kinesis

import (
	"context"

	"leat"
	"leat/awsapi/cbor"
	"leat/shardlog"
)

// The hot operations in CBOR, which the AWS SDK for Java and the Kinesis Client
// Library speak. Records' data are bytes there, so nothing is decoded or copied.

// putRecordsHotCBOR is putRecordsHot for CBOR.
func (a *api) putRecordsHotCBOR(ctx context.Context, body, dst []byte) ([]byte, bool, error) {
	b := newBatch("PutRecords")
	defer b.free()
	b.cbor.Reset(body)
	fields, ok := scanPutRecordsCBOR(&b.cbor, b)
	if !ok {
		return dst, false, nil
	}
	if ok, err := a.put(ctx, &fields, b); !ok {
		return dst, false, err
	}
	return b.output().AppendCBOR(dst), true, nil
}

// putRecordHotCBOR is putRecordHot for CBOR.
func (a *api) putRecordHotCBOR(ctx context.Context, body, dst []byte) ([]byte, bool, error) {
	b := newBatch("PutRecord")
	defer b.free()
	b.cbor.Reset(body)
	fields, ok := scanPutRecordCBOR(&b.cbor)
	if !ok || !fields.addTo(b) {
		return dst, false, nil
	}
	if ok, err := a.putOne(ctx, &fields, b); !ok {
		return dst, false, err
	}
	return putRecordOutput{b.receipts[0], b.encryption}.AppendCBOR(dst), true, nil
}

// scanPutRecordsCBOR reads a whole request: its records go into b.
func scanPutRecordsCBOR(s *cbor.Scanner, b *batch) (putFields, bool) {
	var fields putFields
	members, ok := s.Map()
	if !ok {
		return fields, false
	}
	for s.Next(&members) {
		name, ok := s.Text()
		if !ok {
			return fields, false
		}
		switch m := memberOf(name); m {
		case streamNameMember, streamARNMember:
			ok = fields.readField(s, m)
		case records:
			ok = !fields.seen[records] && scanRecordsCBOR(s, b)
			fields.seen[records] = true
		default:
			ok = false
		}
		if !ok {
			return fields, false
		}
	}
	return fields, s.End() && fields.named() && len(b.entries) > 0
}

func scanRecordsCBOR(s *cbor.Scanner, b *batch) bool {
	elements, ok := s.List()
	if !ok {
		return false
	}
	for s.Next(&elements) {
		if len(b.entries) == maxRecords || !scanEntryCBOR(s, b) {
			return false
		}
	}
	return true
}

// scanEntryCBOR reads one record of PutRecords.
func scanEntryCBOR(s *cbor.Scanner, b *batch) bool {
	var fields putFields
	members, ok := s.Map()
	if !ok {
		return false
	}
	for s.Next(&members) {
		name, ok := s.Text()
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
	}
	return fields.addTo(b)
}

// scanPutRecordCBOR reads a whole request of PutRecord.
func scanPutRecordCBOR(s *cbor.Scanner) (putFields, bool) {
	var fields putFields
	members, ok := s.Map()
	if !ok {
		return fields, false
	}
	for s.Next(&members) {
		name, ok := s.Text()
		if !ok {
			return fields, false
		}
		m := memberOf(name)
		if m == unknown || m == records || !fields.readField(s, m) {
			return fields, false
		}
	}
	return fields, s.End() && fields.named()
}

// AppendCBOR writes the response.
func (o putRecordsOutput) AppendCBOR(dst []byte) []byte {
	dst = cbor.AppendMap(dst, 2+encryptionMembers(o.encryption))
	failed := o.failed()
	dst = cbor.AppendInt(cbor.AppendText(dst, "FailedRecordCount"), int64(failed))
	dst = cbor.AppendList(cbor.AppendText(dst, "Records"), len(o.receipts)+failed)
	for i, receipt := range o.records() {
		dst = cbor.AppendMap(dst, 2)
		if receipt == nil {
			dst = appendRefusalCBOR(dst, o.refusals[i])
		} else {
			dst = appendReceiptCBOR(dst, *receipt)
		}
	}
	return appendEncryptionCBOR(dst, o.encryption)
}

// AppendCBOR writes the response.
func (o putRecordOutput) AppendCBOR(dst []byte) []byte {
	return appendEncryptionCBOR(appendReceiptCBOR(cbor.AppendMap(dst, 2+encryptionMembers(o.encryption)), o.receipt), o.encryption)
}

// appendReceiptCBOR writes where a record went, as two entries of a map.
func appendReceiptCBOR(dst []byte, receipt shardlog.Receipt) []byte {
	var text [64]byte
	sequence, _ := receipt.Sequence.AppendText(text[:0]) // never fails
	dst = cbor.AppendText(cbor.AppendText(dst, "SequenceNumber"), sequence)
	return cbor.AppendText(cbor.AppendText(dst, "ShardId"), appendShardID(text[:0], receipt.Shard))
}

// encryptionMembers is how many entries appendEncryptionCBOR appends.
func encryptionMembers(encryption string) int {
	if encryption == notEncrypted {
		return 0
	}
	return 1
}

func appendEncryptionCBOR(dst []byte, encryption string) []byte {
	if encryption == notEncrypted {
		return dst
	}
	return cbor.AppendText(cbor.AppendText(dst, "EncryptionType"), encryption)
}

// AppendCBOR writes the response.
func (o getRecordsOutput) AppendCBOR(dst []byte) []byte {
	members := 2
	if o.next != "" {
		members++
	}
	if o.children != nil {
		members++
	}
	dst = appendRecordsCBOR(cbor.AppendMap(dst, members), o.records)
	if o.next != "" {
		dst = cbor.AppendText(cbor.AppendText(dst, "NextShardIterator"), o.next)
	}
	dst = cbor.AppendInt(cbor.AppendText(dst, "MillisBehindLatest"), o.behindMillis)
	if o.children != nil {
		dst = appendChildrenCBOR(cbor.AppendText(dst, "ChildShards"), o.children)
	}
	return dst
}

// appendRecordsCBOR writes an entry Records of a map.
func appendRecordsCBOR(dst []byte, records []leat.Record) []byte {
	dst = cbor.AppendList(cbor.AppendText(dst, "Records"), len(records))
	var text [64]byte
	for _, record := range records {
		sequence, _ := record.Sequence.AppendText(text[:0]) // never fails
		dst = cbor.AppendMap(dst, 4)
		dst = cbor.AppendText(cbor.AppendText(dst, "SequenceNumber"), sequence)
		dst = cbor.AppendTimestamp(cbor.AppendText(dst, "ApproximateArrivalTimestamp"), record.Arrival)
		dst = cbor.AppendBlob(cbor.AppendText(dst, "Data"), record.Data)
		dst = cbor.AppendText(cbor.AppendText(dst, "PartitionKey"), record.PartitionKey)
	}
	return dst
}

func appendChildrenCBOR(dst []byte, children []childShard) []byte {
	dst = cbor.AppendList(dst, len(children))
	for _, child := range children {
		dst = cbor.AppendMap(dst, 3)
		dst = cbor.AppendText(cbor.AppendText(dst, "ShardId"), child.id)
		dst = cbor.AppendList(cbor.AppendText(dst, "ParentShards"), len(child.parents))
		for _, parent := range child.parents {
			dst = cbor.AppendText(dst, parent)
		}
		dst = cbor.AppendMap(cbor.AppendText(dst, "HashKeyRange"), 2)
		dst = cbor.AppendText(cbor.AppendText(dst, "StartingHashKey"), child.keys.StartingHashKey)
		dst = cbor.AppendText(cbor.AppendText(dst, "EndingHashKey"), child.keys.EndingHashKey)
	}
	return dst
}
