package kinesis

import (
	"context"
	"encoding/base64"
	"strconv"
	"time"

	"leat"
	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
	"leat/source"
)

// GetRecords
//
// Behavior: returns the records of a shard from an iterator on, at once, and
// the iterator to go on with; an empty page when there is nothing new. At the
// end of a closed shard there is no iterator, and ChildShards names the shards
// that took over.
//
// Differs from AWS: reading is throttled only when limits are enforced.
//
// Limits: 10,000 records and 10 MiB of data and keys a call, but always one
// record if there is one; with --enforce-limits 5 calls and 2 MiB a second and
// shard.

const (
	maxGetRecords      = 10_000
	maxGetRecordsBytes = 10 << 20
)

func (a *api) getRecords(_ context.Context, in shape.Object) (any, error) {
	began := time.Now()
	if err := refuseStreamID(in); err != nil {
		return nil, err
	}
	it, err := a.openIterator(in.Text("ShardIterator"))
	if err != nil {
		return nil, err
	}
	if in.Has("StreamARN") {
		if name, err := nameOf(in.Text("StreamARN")); err != nil {
			return nil, err
		} else if name != it.stream {
			return nil, awsapi.Errorf(invalidArgument, "The ShardIterator is not one of stream %s.", name)
		}
	}
	s, err := a.find(it.stream)
	if isMissing(err) {
		return nil, a.noShard(it.stream, it.shard)
	}
	if err != nil {
		return nil, err
	}
	info := s.Info()
	if info.ID != it.streamID {
		return nil, awsapi.Errorf(expiredIterator, "Iterator expired. Stream %s under account %s was deleted and made again since the iterator was created.", it.stream, a.place.Account)
	}
	if _, err := a.shardToRead(info, it.shard); err != nil {
		return nil, err // closed, and dropped since the iterator was made
	}
	if err := dryRun(in); err != nil {
		return nil, err
	}
	limit := source.Limit{Records: int(in.Int("Limit", maxGetRecords)), Bytes: maxGetRecordsBytes}
	batch, err := a.readShard(s, it, limit)
	a.countGet(s, it.shard, began, batch, err)
	if err != nil {
		return nil, a.streamError(err, it.stream)
	}
	out := getRecordsOutput{records: batch.Records, behindMillis: batch.BehindMillis}
	if batch.Drained {
		out.children = childrenOf(s.Info(), it.shard) // closed perhaps since info was taken
	} else {
		it.ordinal = batch.Next
		out.next = a.seal(it)
	}
	return out, nil
}

// readShard reads from an iterator on, if limits allow it.
func (a *api) readShard(s *shardlog.Stream, it iterator, limit source.Limit) (shardlog.ShardBatch, error) {
	now := a.now()
	if err := a.throttleGet(it.stream, it.shard, now); err != nil {
		return shardlog.ShardBatch{}, err
	}
	batch, err := s.ReadShard(it.shard, it.ordinal, limit)
	if err == nil {
		a.chargeGet(it.stream, it.shard, now, batch)
	}
	return batch, err
}

type childShard struct {
	id      string
	parents []string
	keys    hashKeyRange
}

// childrenOf returns the shards that took over from a closed one.
func childrenOf(info shardlog.Info, number uint32) []childShard {
	var children []childShard
	for _, shard := range info.Shards {
		if shard.Parent != int64(number) && shard.AdjacentParent != int64(number) {
			continue
		}
		child := childShard{id: shardName(shard.Number), keys: rangeOf(shard)}
		for _, parent := range []int64{shard.Parent, shard.AdjacentParent} {
			if parent >= 0 {
				child.parents = append(child.parents, shardName(uint32(parent)))
			}
		}
		children = append(children, child)
	}
	return children
}

type getRecordsOutput struct {
	records      []leat.Record
	next         string
	behindMillis int64
	children     []childShard
}

// AppendJSON writes the response without reflection: it can be 14 MiB.
func (o getRecordsOutput) AppendJSON(dst []byte) []byte {
	dst = appendRecords(append(dst, '{'), o.records)
	if o.next != "" {
		dst = append(dst, `,"NextShardIterator":`...)
		dst = awsapi.AppendString(dst, o.next)
	}
	dst = append(dst, `,"MillisBehindLatest":`...)
	dst = strconv.AppendInt(dst, o.behindMillis, 10)
	return append(appendChildShards(dst, o.children), '}')
}

// appendRecords writes a member Records.
func appendRecords(dst []byte, records []leat.Record) []byte {
	dst = append(dst, `"Records":[`...)
	for i, record := range records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"SequenceNumber":"`...)
		dst, _ = record.Sequence.AppendText(dst) // never fails
		dst = append(dst, `","ApproximateArrivalTimestamp":`...)
		dst = awsapi.AppendTimestamp(dst, record.Arrival)
		dst = append(dst, `,"Data":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, record.Data)
		dst = append(dst, `","PartitionKey":`...)
		dst = awsapi.AppendString(dst, record.PartitionKey)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendChildShards writes a member ChildShards, unless there are none.
func appendChildShards(dst []byte, children []childShard) []byte {
	if children == nil {
		return dst
	}
	return append(appendChildren(append(dst, `,"ChildShards":[`...), children), ']')
}

func appendChildren(dst []byte, children []childShard) []byte {
	for i, child := range children {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = awsapi.AppendString(append(dst, `{"ShardId":`...), child.id)
		dst = append(dst, `,"ParentShards":[`...)
		for j, parent := range child.parents {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = awsapi.AppendString(dst, parent)
		}
		dst = awsapi.AppendString(append(dst, `],"HashKeyRange":{"StartingHashKey":`...), child.keys.StartingHashKey)
		dst = awsapi.AppendString(append(dst, `,"EndingHashKey":`...), child.keys.EndingHashKey)
		dst = append(dst, "}}"...)
	}
	return dst
}
