package shardlog

import (
	"context"

	"leat"
)

// An Entry is one record to append. Its slices must not change until Append
// returns.
type Entry struct {
	PartitionKey []byte
	Hash         HashKey // of the partition key, or the explicit hash key
	Data         []byte
}

// A Receipt says where an appended record went.
type Receipt struct {
	Shard    uint32
	Sequence leat.Sequence
}

// A request is a batch that waits to be committed.
type request struct {
	entries  []Entry
	receipts []Receipt
	bytes    int64       // in a frame's body
	roll     bool        // begin a new segment if there are records in this one; no entries
	tidy     bool        // rest if nothing was written lately; no entries
	reshard  *Resharding // change the shards; no entries
	done     chan error
}

// maxKeyBytes is what 256 characters take at most.
const maxKeyBytes = 1024

// Append writes all entries as one unit, durable when it returns nil, and fills
// receipts, which must be as long as entries. One fsync serves all who wait.
// Order among entries of one shard is kept.
//
// A batch with a record over the stream's limit, or over 64 MiB in all, is
// refused with InvalidArgument before anything is written. When the disk is
// full the batch fails with Unavailable, and later ones may succeed. Any other
// write error stops the stream: this batch and all later ones fail with
// Unavailable. After an error other than InvalidArgument and NotFound it is not
// known whether the records will be there after a restart.
//
// When ctx ends while the batch still waits, it is withdrawn; once it is being
// written, Append waits for the outcome.
func (s *Stream) Append(ctx context.Context, entries []Entry, receipts []Receipt) error {
	if len(receipts) != len(entries) {
		return invalid("%d receipts for %d entries", len(receipts), len(entries))
	}
	if len(entries) == 0 {
		return s.Err()
	}
	bytes, largest, err := measure(entries)
	if err != nil {
		return err
	}
	req := &request{entries: entries, receipts: receipts, bytes: bytes, done: make(chan error, 1)}
	if err := s.enqueue(req, largest); err != nil {
		return err
	}
	return s.wait(ctx, req)
}

// Check returns the error that Append would refuse the entries with before
// anything is written, or nil.
func (s *Stream) Check(entries []Entry) error {
	_, largest, err := measure(entries)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusesLocked(largest)
}

// measure returns what a batch takes in a frame's body, and its largest record.
func measure(entries []Entry) (bytes int64, largest int, err error) {
	for i := range entries {
		key, data := len(entries[i].PartitionKey), len(entries[i].Data)
		if key > maxKeyBytes {
			return 0, 0, invalid("partition key of record %d is %d bytes long, at most %d are allowed", i, key, maxKeyBytes)
		}
		largest = max(largest, key+data)
		bytes += int64(recordHeadBytes + key + data)
	}
	if bytes > maxFrameBody {
		return 0, 0, invalid("batch of %d bytes is over the limit of %d", bytes, maxFrameBody)
	}
	return bytes, largest, nil
}

// refusesLocked says why the stream takes no records, or none as large.
func (s *Stream) refusesLocked(largest int) error {
	if err := s.state.Load().err; err != nil {
		return err
	}
	if s.failed != nil {
		return s.failed
	}
	if largest > s.info.MaxRecordBytes {
		return invalid("record of %d bytes is over the limit of stream %s, %d bytes with its key", largest, s.name, s.info.MaxRecordBytes)
	}
	return nil
}

// Route appends to dst the number of the open shard that each entry belongs to
// now. A stream that is resharded before they are appended may put them
// elsewhere.
func (s *Stream) Route(dst []uint32, entries []Entry) []uint32 {
	s.mu.Lock()
	router := s.router
	s.mu.Unlock()
	if router == nil { // a damaged stream takes no entries
		return append(dst, make([]uint32, len(entries))...)
	}
	for i := range entries {
		dst = append(dst, router.numbers[router.slot(entries[i].Hash)])
	}
	return dst
}

// enqueue hands a request to the stream's writer, and starts it if it rests.
func (s *Stream) enqueue(req *request, largest int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refusesLocked(largest); err != nil {
		return err
	}
	s.queue = append(s.queue, req)
	if !s.writing {
		s.writing = true
		s.running.Go(s.write)
	}
	return nil
}

// wait returns a request's outcome.
func (s *Stream) wait(ctx context.Context, req *request) error {
	select {
	case err := <-req.done:
		return err
	case <-ctx.Done():
	}
	if s.withdraw(req) {
		return ctx.Err()
	}
	return <-req.done
}

// withdraw takes a request out of the queue, unless it is being written.
func (s *Stream) withdraw(req *request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, waiting := range s.queue {
		if waiting == req {
			s.queue = append(s.queue[:i], s.queue[i+1:]...)
			return true
		}
	}
	return false
}
