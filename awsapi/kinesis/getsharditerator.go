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
// Differs from AWS: none known. As there, only the number in ShardId counts:
// shard-0 is shardId-000000000000.
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
	name, err := nameIn(in)
	if err != nil {
		return nil, err
	}
	number, err := a.shardID(name, in.Text("ShardId"))
	if err != nil {
		return nil, err
	}
	s, err := a.find(name)
	if err == nil {
		err = a.checkUsable(s, name)
	}
	if isMissing(err) {
		return nil, a.noShard(name, number)
	}
	if err != nil {
		return nil, err
	}
	info := s.Info()
	shard, err := a.shardToRead(info, number)
	if err != nil {
		return nil, err
	}
	ordinal, err := a.seek(s, info, shard, position{
		operation: "GetShardIterator", of: in, kind: in.Text("ShardIteratorType"), sequence: "StartingSequenceNumber"})
	if err != nil {
		return nil, err
	}
	if err := dryRun(in); err != nil {
		return nil, err
	}
	if err := a.throttleIterator(name, shard.Number); err != nil {
		return nil, err
	}
	return getShardIteratorOutput{a.seal(iterator{stream: name, streamID: info.ID, shard: shard.Number, ordinal: ordinal})}, nil
}

// A position is where a request wants to start reading.
type position struct {
	operation string
	of        shape.Object // the structure that has the members
	kind      string
	sequence  string // the name of the member with the sequence number
}

// seek finds the ordinal of a position in a shard.
func (a *api) seek(s *shardlog.Stream, info shardlog.Info, shard shardlog.ShardInfo, p position) (uint64, error) {
	start, err := a.start(info, shard, p)
	if err != nil {
		return 0, err
	}
	if start.Sequence == shard.Start && (start.At == shardlog.AtSequence || start.At == shardlog.AfterSequence && s.Tail() <= shard.Start.Ordinal) {
		// A shard's own starting sequence number is good before any record has one.
		start = shardlog.Start{At: shardlog.TrimHorizon}
	}
	ordinal, err := s.Seek(shard.Number, start)
	return ordinal, a.streamError(err, info.Name)
}

// start reads a position.
func (a *api) start(info shardlog.Info, shard shardlog.ShardInfo, p position) (shardlog.Start, error) {
	switch p.kind {
	case atSequenceNumber, afterSequenceNumber:
		sequence, err := a.startingSequence(info, shard, p)
		at := shardlog.AtSequence
		if p.kind == afterSequenceNumber {
			at = shardlog.AfterSequence
		}
		return shardlog.Start{At: at, Sequence: sequence}, err
	case atTimestamp:
		if !p.of.Has("Timestamp") {
			return shardlog.Start{}, awsapi.Errorf(invalidArgument, "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.")
		}
		moment, now := p.of.Time("Timestamp"), a.now()
		if moment.After(now) {
			return shardlog.Start{}, awsapi.Errorf(invalidArgument, "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %d, currentTimestampInMillis: %d", moment.UnixMilli(), now.UnixMilli())
		}
		return shardlog.Start{At: shardlog.AtTimestamp, Time: moment}, nil
	}
	if p.of.Has(p.sequence) {
		return shardlog.Start{}, sequenceMismatch(p.kind, "also a StartingSequenceNumber")
	}
	if p.kind == latest {
		return shardlog.Start{At: shardlog.Latest}, nil
	}
	return shardlog.Start{At: shardlog.TrimHorizon}, nil
}

func sequenceMismatch(kind, given string) error {
	return awsapi.Errorf(invalidArgument, "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified %s and %s.", kind, given)
}

// startingSequence reads a sequence number, which must be of this shard.
func (a *api) startingSequence(info shardlog.Info, shard shardlog.ShardInfo, p position) (leat.Sequence, error) {
	if !p.of.Has(p.sequence) {
		return leat.Sequence{}, sequenceMismatch(p.kind, "no StartingSequenceNumber")
	}
	text := p.of.Text(p.sequence)
	sequence, err := leat.ParseSequence(text)
	switch {
	case err != nil:
		return sequence, awsapi.Errorf(invalidArgument, "StartingSequenceNumber %s used in %s on shard %s in stream %s under account %s is invalid.", text, p.operation, shardName(shard.Number), info.Name, a.place.Account)
	case sequence.Shard != shard.Number:
		return sequence, awsapi.Errorf(invalidArgument, "Invalid StartingSequenceNumber. It encodes %s, while it was used in a call to a shard with %s", shardName(sequence.Shard), shardName(shard.Number))
	case sequence.Created != shard.Start.Created:
		return sequence, awsapi.Errorf(invalidArgument, "StartingSequenceNumber %s used in %s on shard %s in stream %s under account %s is invalid because it did not come from this stream.", text, p.operation, shardName(shard.Number), info.Name, a.place.Account)
	}
	return sequence, nil
}
