package kinesis

import (
	"context"
	"time"

	"leat"
	"leat/awsapi"
	"leat/awsapi/kinesis/monitor"
	"leat/shardlog"
	"leat/source"
)

// idleEventTime is how long a subscription goes without an event.
const idleEventTime = 5 * time.Second

// An event is small, as every subscription whose client is slow holds one.
const (
	maxEventRecords = 1000
	maxEventBytes   = 256 << 10
)

// A follower makes events of a shard's records, as they come. Between two of
// them it holds no memory and no file.
type follower struct {
	api      *api
	stream   *shardlog.Stream
	shard    shardlog.ShardInfo
	consumer string // its name
	next     uint64 // ordinal to go on with
	counters *monitor.Consumer
}

// follow sends events until the shard ends, which is no error, or ctx does.
func (f *follower) follow(ctx context.Context, send func(awsapi.Event) error) error {
	for {
		event, err := f.read()
		if err != nil {
			return err
		}
		bytes, records := event.size()
		if err := send(&event); err != nil {
			return err
		}
		f.counters.ObserveEvent(f.api.now(), bytes, records, event.behindMillis)
		if event.last() {
			return nil
		}
		if err := f.pace(ctx, bytes); err != nil {
			return err
		}
		if event.behindMillis > 0 && ctx.Err() == nil {
			continue // there is more
		}
		if err := f.wait(ctx); err != nil {
			return err
		}
	}
}

// read makes an event of the records that there are, which may be none.
func (f *follower) read() (shardEvent, error) {
	batch, err := f.stream.ReadShard(f.shard.Number, f.next, source.Limit{Records: maxEventRecords, Bytes: maxEventBytes})
	if err != nil {
		return shardEvent{}, f.missing(err)
	}
	f.next = batch.Next
	event := shardEvent{records: batch.Records, behindMillis: batch.BehindMillis}
	if batch.Drained {
		event.children = childrenOf(f.stream.Info(), f.shard.Number)
		return event, nil
	}
	// The place before the next record: whoever goes on after it misses nothing
	// and gets nothing twice.
	event.continuation = leat.Sequence{Created: f.shard.Start.Created, Ordinal: max(f.next-1, f.shard.Start.Ordinal), Shard: f.shard.Number}
	return event, nil
}

// pace waits, when limits are enforced, until what was sent is paid for: the
// consumer gets 2 MiB of the shard a second.
func (f *follower) pace(ctx context.Context, sent int) error {
	if f.api.limits == nil {
		return nil
	}
	wait := f.api.limits.Stream(f.stream.Info().Name).Push(f.api.now(), f.consumer, f.shard.Number, sent)
	if wait == 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait waits for a record, but not longer than there may be no event.
func (f *follower) wait(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, idleEventTime)
	defer cancel()
	err := f.stream.WaitShard(waiting, f.shard.Number, f.next)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && waiting.Err() == nil:
		return f.missing(err)
	}
	return nil
}

// missing says what is missing: the stream or, when retention has outrun the
// subscription, the shard.
func (f *follower) missing(err error) error {
	info := f.stream.Info()
	if leat.CodeOf(err) == leat.NotFound && f.stream.Err() == nil {
		_, err = f.api.shard(info, f.shard.Number)
		return err
	}
	return f.api.streamError(err, info.Name)
}
