package kinesis

import (
	"context"
	"sync"
	"time"

	"leat/awsapi"
	"leat/awsapi/cbor"
	"leat/awsapi/scan"
	"leat/shardlog"
)

// A batch is the records of one request on their way into the log. Batches
// are reused, so that a request allocates nothing for its records.
type batch struct {
	operation string    // PutRecord or PutRecords
	began     time.Time // of the call
	scanner   scan.Scanner
	cbor      cbor.Scanner
	entries   []shardlog.Entry
	receipts  []shardlog.Receipt
	bytes     int // of data and keys
	// refusals are those of the records, in the order of the request, once one is
	// refused; refused is how many are.
	refusals []refusal
	shards   []uint32 // where the records will go, when limits are enforced
	refused  int
	// spread says that the stream spreads its records, whatever their keys.
	spread bool
	// encryption is the stream's, once the batch is appended.
	encryption string
}

// Limits of the model that the hot path knows too.
const (
	maxRecords   = 500
	maxKeyLength = 256
	maxDataBytes = 10 << 20
)

var batches = sync.Pool{New: func() any { return new(batch) }}

func newBatch(operation string) *batch {
	b := batches.Get().(*batch)
	b.operation, b.began = operation, time.Now()
	b.entries, b.bytes = b.entries[:0], 0
	b.refusals, b.refused = nil, 0
	return b
}

// free gives the batch back; nothing of it may be used any more.
func (b *batch) free() {
	clear(b.entries)
	b.cbor.Reset(nil)
	batches.Put(b)
}

// add appends a record. explicit is its ExplicitHashKey, or empty.
func (b *batch) add(key, data, explicit []byte) error {
	entry := shardlog.Entry{PartitionKey: key, Data: data}
	if len(explicit) == 0 {
		entry.Hash = hashOf(key)
	} else {
		hash, ok := parseHashKey(explicit)
		if !ok {
			return awsapi.Errorf(invalidArgument, "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was %s", explicit)
		}
		entry.Hash = hash
	}
	b.entries = append(b.entries, entry)
	b.bytes += len(key) + len(data)
	return nil
}

// append writes the batch to a stream, without what gates refuse, and fills its
// receipts: one for each record that was not refused.
func (a *api) append(ctx context.Context, s *shardlog.Stream, name string, b *batch) error {
	m := a.meter(s)
	info := s.Info()
	b.encryption = encryptionOf(info)
	if b.spread = spreadsRecords(info); !b.spread { // then no key makes a shard hot
		m.Keys.Sample(a.now(), b.entries)
	}
	err := a.write(ctx, s, name, b)
	b.count(m, err)
	return err
}

func (a *api) write(ctx context.Context, s *shardlog.Stream, name string, b *batch) error {
	if err := b.checkBytes(); err != nil {
		return err
	}
	if b.spread {
		a.spread(b)
	}
	if len(a.gates) > 0 || a.refuse != nil {
		if err := a.pass(ctx, s, name, b); err != nil {
			return err
		}
	}
	if cap(b.receipts) < len(b.entries) {
		b.receipts = make([]shardlog.Receipt, max(len(b.entries), maxRecords))
	}
	b.receipts = b.receipts[:len(b.entries)]
	return a.streamError(s.Append(ctx, b.entries, b.receipts), name)
}

func (b *batch) checkBytes() error {
	if b.bytes > maxPutBytes {
		return awsapi.Errorf(invalidArgument, "Records size exceeds %d MiB limit.", maxPutBytes>>20)
	}
	return nil
}
