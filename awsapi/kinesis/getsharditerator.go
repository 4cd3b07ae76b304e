package kinesis

import (
	"context"

	"leat"
	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// GetShardIterator
//
// Behavior: returns an iterator at the oldest record of a shard
// (TRIM_HORIZON), after the newest (LATEST), at or after a sequence number, or
// at the first record that arrived at or after a moment (AT_TIMESTAMP). LATEST
// is decided now, not when the iterator is used.
//
// Differs from AWS: none known.
//
// Limits: an iterator is good for five minutes, also across a restart when the
// server keeps its key.

const (
	trimHorizon         = "TRIM_HORIZON"
	latest              = "LATEST"
	atSequenceNumber    = "AT_SEQUENCE_NUMBER"
	afterSequenceNumber = "AFTER_SEQUENCE_NUMBER"
	atTimestamp         = "AT_TIMESTAMP"
)

type getShardIteratorOutput struct{ ShardIterator string }

func (a *api) getShardIterator(_ context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	info := s.Info()
	shard, err := a.shard(info, in.Text("ShardId"))
	if err != nil {
		return nil, err
	}
	if err := a.throttleIterator(name, shard.Number); err != nil {
		return nil, err
	}
	start, err := a.start(in, info, shard)
	if err != nil {
		return nil, err
	}
	if start.Sequence == shard.Start && (start.At == shardlog.AtSequence || start.At == shardlog.AfterSequence && s.Tail() <= shard.Start.Ordinal) {
		// A shard's own starting sequence number is good before any record has one.
		start = shardlog.Start{At: shardlog.TrimHorizon}
	}
	ordinal, err := s.Seek(shard.Number, start)
	if err != nil {
		return nil, a.streamError(err, name)
	}
	if err := dryRun(in); err != nil {
		return nil, err
	}
	return getShardIteratorOutput{a.seal(iterator{stream: name, streamID: info.ID, shard: shard.Number, ordinal: ordinal})}, nil
}

// start reads where the iterator is to start.
func (a *api) start(in shape.Object, info shardlog.Info, shard shardlog.ShardInfo) (shardlog.Start, error) {
	kind := in.Text("ShardIteratorType")
	switch kind {
	case atSequenceNumber, afterSequenceNumber:
		sequence, err := a.startingSequence(in, info, shard)
		at := shardlog.AtSequence
		if kind == afterSequenceNumber {
			at = shardlog.AfterSequence
		}
		return shardlog.Start{At: at, Sequence: sequence}, err
	case atTimestamp:
		if !in.Has("Timestamp") {
			return shardlog.Start{}, awsapi.Errorf(invalidArgument, "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.")
		}
		moment, now := in.Time("Timestamp"), a.now()
		if moment.After(now) {
			return shardlog.Start{}, awsapi.Errorf(invalidArgument, "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %d, currentTimestampInMillis: %d", moment.UnixMilli(), now.UnixMilli())
		}
		return shardlog.Start{At: shardlog.AtTimestamp, Time: moment}, nil
	}
	if in.Has("StartingSequenceNumber") {
		return shardlog.Start{}, sequenceMismatch(kind, "also a StartingSequenceNumber")
	}
	if kind == latest {
		return shardlog.Start{At: shardlog.Latest}, nil
	}
	return shardlog.Start{At: shardlog.TrimHorizon}, nil
}

func sequenceMismatch(kind, given string) error {
	return awsapi.Errorf(invalidArgument, "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified %s and %s.", kind, given)
}

// startingSequence reads a sequence number, which must be of this shard.
func (a *api) startingSequence(in shape.Object, info shardlog.Info, shard shardlog.ShardInfo) (leat.Sequence, error) {
	if !in.Has("StartingSequenceNumber") {
		return leat.Sequence{}, sequenceMismatch(in.Text("ShardIteratorType"), "no StartingSequenceNumber")
	}
	text := in.Text("StartingSequenceNumber")
	sequence, err := leat.ParseSequence(text)
	switch {
	case err != nil:
		return sequence, awsapi.Errorf(invalidArgument, "StartingSequenceNumber %s used in GetShardIterator on shard %s in stream %s under account %s is invalid.", text, shardName(shard.Number), info.Name, a.account)
	case sequence.Shard != shard.Number:
		return sequence, awsapi.Errorf(invalidArgument, "Invalid StartingSequenceNumber. It encodes %s, while it was used in a call to a shard with %s", shardName(sequence.Shard), shardName(shard.Number))
	case sequence.Created != shard.Start.Created:
		return sequence, awsapi.Errorf(invalidArgument, "StartingSequenceNumber %s used in GetShardIterator on shard %s in stream %s under account %s is invalid because it did not come from this stream.", text, shardName(shard.Number), info.Name, a.account)
	}
	return sequence, nil
}
