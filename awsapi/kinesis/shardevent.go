package kinesis

import (
	"strconv"

	"leat"
	"leat/awsapi/cbor"
)

// A shardEvent is a SubscribeToShardEvent. Its records are let go of as soon as
// they are encoded, since sending may take a slow client long.
type shardEvent struct {
	records      []leat.Record
	continuation leat.Sequence // zero at the end of the shard
	behindMillis int64
	children     []childShard // at the end of the shard
}

// EventType is the event's name in the model.
func (e *shardEvent) EventType() string { return "SubscribeToShardEvent" }

// last says that the shard ends with this event.
func (e *shardEvent) last() bool { return e.continuation == (leat.Sequence{}) }

// size counts the records, and the bytes of their data and keys.
func (e *shardEvent) size() (bytes, records int) {
	for i := range e.records {
		bytes += len(e.records[i].PartitionKey) + len(e.records[i].Data)
	}
	return bytes, len(e.records)
}

// AppendJSON writes the event.
func (e *shardEvent) AppendJSON(dst []byte) []byte {
	dst = appendRecords(append(dst, '{'), e.records)
	e.records = nil
	if !e.last() {
		dst, _ = e.continuation.AppendText(append(dst, `,"ContinuationSequenceNumber":"`...)) // never fails
		dst = append(dst, '"')
	}
	dst = strconv.AppendInt(append(dst, `,"MillisBehindLatest":`...), e.behindMillis, 10)
	return append(appendChildShards(dst, e.children), '}')
}

// AppendCBOR writes the event.
func (e *shardEvent) AppendCBOR(dst []byte) []byte {
	members := 2
	if !e.last() {
		members++
	}
	if e.children != nil {
		members++
	}
	dst = appendRecordsCBOR(cbor.AppendMap(dst, members), e.records)
	e.records = nil
	if !e.last() {
		var text [64]byte
		sequence, _ := e.continuation.AppendText(text[:0]) // never fails
		dst = cbor.AppendText(cbor.AppendText(dst, "ContinuationSequenceNumber"), sequence)
	}
	dst = cbor.AppendInt(cbor.AppendText(dst, "MillisBehindLatest"), e.behindMillis)
	if e.children != nil {
		dst = appendChildrenCBOR(cbor.AppendText(dst, "ChildShards"), e.children)
	}
	return dst
}
