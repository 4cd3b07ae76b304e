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
type streamSources struct{ streams *shardlog.Store }

// open returns a stream as a source of user records: aggregates of the Kinesis
// Producer Library are taken apart. An unknown stream is a leat.Error with code
// NotFound.
func (s streamSources) open(_ context.Context, name string) (source.Source, error) {
	stream, err := s.streams.Stream(name)
	if err != nil {
		return nil, err
	}
	return kpl.Split(stream.Source()), nil
}

// openKind is open for external schemas, which say what kind of service their
// streams are in.
func (s streamSources) openKind(ctx context.Context, kind, name string) (source.Source, error) {
	if kind != "KINESIS" {
		return nil, &leat.Error{
			Code:    leat.Unsupported,
			Message: fmt.Sprintf("external schemas FROM %s are not supported", kind),
			Hint:    "Use CREATE EXTERNAL SCHEMA … FROM KINESIS: it reads this server's own streams.",
		}
	}
	return s.open(ctx, name)
}
