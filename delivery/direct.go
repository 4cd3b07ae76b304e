package delivery

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"leat"
	"leat/shardlog"
	"leat/source"
)

// directRetention is how long records of DirectPut are kept while they cannot
// be delivered: a day, as in Firehose.
const directRetention = 24 * time.Hour

// MaxDirectRecordBytes is how long one record of Put may be.
const MaxDirectRecordBytes = 1000 << 10

// direct keeps the records that were put into delivery streams directly: a
// store of streams of its own, one stream for each delivery stream, named by
// its ID. So DirectPut has the same durability and the same plans as a stream.
type direct struct {
	store *shardlog.Store
}

func openDirect(cfg Config) (*direct, error) {
	store, err := shardlog.Open(shardlog.Config{
		FS: cfg.FS, Dir: filepath.Join(cfg.Dir, directFolder), SegmentBytes: 64 << 20, Now: cfg.Now, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, err
	}
	return &direct{store: store}, nil
}

func (d *direct) create(ctx context.Context, id string) (source.Source, error) {
	stream, err := d.store.Create(ctx, shardlog.Spec{Name: id, Shards: 1, Retention: directRetention, MaxRecordBytes: MaxDirectRecordBytes + len(directKey)})
	if err != nil {
		return nil, err
	}
	return stream.Source(), nil
}

func (d *direct) source(id string) (source.Source, error) {
	stream, err := d.store.Stream(id)
	if err != nil {
		return nil, err
	}
	return stream.Source(), nil
}

// directKey is the partition key of all records that are put directly: they
// have one shard.
var directKey = []byte("0")

// An append is the memory of one Put, used again.
type appendBatch struct {
	entries  []shardlog.Entry
	receipts []shardlog.Receipt
}

var appendBatches = sync.Pool{New: func() any { return new(appendBatch) }}

// ErrReadsStream refuses records for a delivery stream that reads a stream.
var ErrReadsStream error = &leat.Error{
	Code:    leat.InvalidArgument,
	Message: "the delivery stream takes its records from a stream, not from callers",
	Hint:    "put the records into the stream",
}

// Put appends records to a DirectPut delivery stream durably and returns an id
// for each. All are taken or none. A record over MaxDirectRecordBytes is
// InvalidArgument; so is ErrReadsStream.
func (s *Service) Put(ctx context.Context, name string, records [][]byte) ([]string, error) {
	p, err := s.pipe(name)
	if err != nil {
		return nil, err
	}
	if err := p.usable(); err != nil {
		return nil, err
	}
	if p.def.SourceStream != "" {
		return nil, ErrReadsStream
	}
	for i, record := range records {
		if len(record) > MaxDirectRecordBytes {
			return nil, &leat.Error{Code: leat.InvalidArgument, Message: fmt.Sprintf("record %d has %d bytes, more than %d", i, len(record), MaxDirectRecordBytes)}
		}
	}
	if len(records) == 0 {
		return nil, nil
	}
	stream, err := s.direct.store.Stream(p.id)
	if err != nil {
		return nil, err
	}
	b := appendBatches.Get().(*appendBatch)
	defer appendBatches.Put(b)
	b.entries, b.receipts = b.entries[:0], b.receipts[:0]
	for _, record := range records {
		b.entries = append(b.entries, shardlog.Entry{PartitionKey: directKey, Data: record})
		b.receipts = append(b.receipts, shardlog.Receipt{})
	}
	err = stream.Append(ctx, b.entries, b.receipts)
	clear(b.entries)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(records))
	for i, receipt := range b.receipts {
		ids[i] = receipt.Sequence.String()
	}
	return ids, nil
}
