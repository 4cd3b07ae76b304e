package server

import (
	"context"
	"fmt"

	"leat"
	"leat/shardlog"
	"leat/source"
	"leat/source/kpl"
)

// streamSources opens the embedded streams for those who read them on their own
// account: streaming views and delivery streams.
type streamSources struct {
	streams        *shardlog.Store
	keepAggregates bool // for streaming views
}

// forDelivery returns a stream as a source of user records: aggregates of the
// Kinesis Producer Library are taken apart. An unknown stream is a leat.Error
// with code NotFound.
func (s streamSources) forDelivery(_ context.Context, name string) (source.Source, error) {
	stream, err := s.streams.Stream(name)
	if err != nil {
		return nil, err
	}
	return kpl.Split(stream.Source()), nil
}

// forView is the same for a streaming view, whose external schema says what
// kind of service its streams are in.
func (s streamSources) forView(_ context.Context, kind, name string) (source.Source, error) {
	if kind != "KINESIS" {
		return nil, &leat.Error{
			Code:    leat.Unsupported,
			Message: fmt.Sprintf("external schemas FROM %s are not supported", kind),
			Hint:    "Use CREATE EXTERNAL SCHEMA … FROM KINESIS: it reads this server's own streams.",
		}
	}
	stream, err := s.streams.Stream(name)
	if err != nil {
		return nil, err
	}
	if s.keepAggregates {
		return stream.Source(), nil
	}
	return kpl.Split(stream.Source()), nil
}
