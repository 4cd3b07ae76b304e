package server

import (
	"context"

	"leat"
	"leat/awsapi/kinesis/hotkey"
	"leat/delivery"
	"leat/shardlog"
	"leat/warehouse"
)

// Status is how far everything is.
type Status struct {
	Streams    []StreamStatus
	Views      []warehouse.ViewStatus
	Deliveries []delivery.Status
}

// StreamStatus is what a stream holds.
type StreamStatus struct {
	shardlog.Info
	// Taken is how many records the stream has ever taken, Kept how many of them
	// it still holds.
	Taken, Kept uint64
	// HotKey is the partition key that makes most of what was put within about
	// the last minute, if it is worth a word. HotShard is the shard it goes to.
	HotKey   *hotkey.Key
	HotShard uint32
}

// Status takes a snapshot. Streams and delivery streams that are deleted
// meanwhile are left out.
func (s *Server) Status() (Status, error) {
	status := Status{Views: s.warehouse.Views()}
	for i := range status.Views {
		// The view knows how far behind it was when it last read; its stream knows
		// how far it is now.
		view := &status.Views[i]
		if stream, err := s.streams.Stream(view.Stream); err == nil {
			view.Pending = stream.Behind(view.Position)
		}
	}
	for _, name := range s.streams.Names() {
		stream, err := s.streams.Stream(name)
		if leat.CodeOf(err) == leat.NotFound {
			continue
		}
		if err != nil {
			return Status{}, err
		}
		// Ordinals count from 1, and the tail is the next record's. The head is
		// asked first: it may move on, but not beyond a later tail.
		head, tail := stream.Head(), stream.Tail()
		one := StreamStatus{Info: stream.Info(), Taken: tail - 1, Kept: tail - head}
		one.HotKey, one.HotShard = s.hotKey(stream)
		status.Streams = append(status.Streams, one)
	}
	for _, name := range s.deliveries.Names() {
		one, err := s.deliveries.Status(name)
		if leat.CodeOf(err) == leat.NotFound {
			continue
		}
		if err != nil {
			return Status{}, err
		}
		status.Deliveries = append(status.Deliveries, one)
	}
	return status, nil
}

// hotKey returns a stream's hot partition key and its shard, or nil.
func (s *Server) hotKey(stream *shardlog.Stream) (*hotkey.Key, uint32) {
	counters := s.monitor.Find(stream)
	if counters == nil {
		return nil, 0
	}
	key, ok := counters.Keys.Top(s.cfg.Now())
	if !ok || !key.Notable() {
		return nil, 0
	}
	return &key, stream.Route(nil, []shardlog.Entry{{Hash: key.Hash}})[0]
}

// Flush delivers all that has arrived at a delivery stream so far, without
// waiting for its buffer to fill, and returns when it is in the bucket.
func (s *Server) Flush(ctx context.Context, deliveryStream string) error {
	return s.deliveries.Flush(ctx, deliveryStream)
}
