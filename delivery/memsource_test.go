package delivery

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"leat"
	"leat/source"
)

// memSource is a source in memory. It outlives the services of a test, as a
// log outlives a crash.
type memSource struct {
	mu      sync.Mutex
	name    string
	head    uint64 // ordinal of records[0]
	records []leat.Record
	changed chan struct{}
	deleted bool
}

func newMemSource(name string) *memSource {
	return &memSource{name: name, changed: make(chan struct{})}
}

func (m *memSource) put(at time.Time, data ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range data {
		n := m.head + uint64(len(m.records))
		m.records = append(m.records, leat.Record{
			Sequence: leat.Sequence{Created: 1, Ordinal: n}, Arrival: at.UnixMilli(), PartitionKey: []byte("k"), Data: []byte(d),
		})
	}
	m.wakeLocked()
}

func (m *memSource) wakeLocked() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// expire drops the oldest n records.
func (m *memSource) expire(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.head += uint64(n)
	m.records = m.records[n:]
}

func (m *memSource) delete() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deleted = true
	m.wakeLocked()
}

func (m *memSource) isDeleted() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.deleted
}

func position(n uint64) source.Position { return source.Position(strconv.FormatUint(n, 10)) }

func (m *memSource) Identity() string { return m.name }

func (m *memSource) Horizon(context.Context) (source.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return position(m.head), nil
}

func (m *memSource) Latest(context.Context) (source.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return position(m.head + uint64(len(m.records))), nil
}

func (m *memSource) Open(_ context.Context, from source.Position) (source.Reader, error) {
	n, err := strconv.ParseUint(string(from), 10, 64)
	if err != nil {
		return nil, err
	}
	return &memReader{source: m, next: n}, nil
}

type memReader struct {
	source *memSource
	next   uint64
	lent   []leat.Record
}

func (r *memReader) Next(ctx context.Context, limit source.Limit) (source.Batch, error) {
	// What was lent is no longer valid: make that show.
	for _, record := range r.lent {
		clear(record.Data)
	}
	r.lent = nil
	until := uint64(1 << 62)
	if limit.Until != "" {
		n, err := strconv.ParseUint(string(limit.Until), 10, 64)
		if err != nil {
			return source.Batch{}, err
		}
		until = n
	}
	for {
		m := r.source
		m.mu.Lock()
		changed, tail := m.changed, m.head+uint64(len(m.records))
		var batch source.Batch
		from := r.next
		if r.next < m.head {
			batch.Lost = m.head - r.next
			from = m.head
		}
		bytes := 0
		for n := from; n < min(tail, until); n++ {
			record := m.records[n-m.head]
			bytes += len(record.Data) + len(record.PartitionKey)
			if len(batch.Records) > 0 && (limit.Bytes > 0 && bytes > limit.Bytes || limit.Records > 0 && len(batch.Records) == limit.Records) {
				break
			}
			record.Data = append([]byte(nil), record.Data...)
			batch.Records = append(batch.Records, record)
		}
		deleted := m.deleted
		m.mu.Unlock()
		switch {
		case deleted:
			return source.Batch{}, &leat.Error{Code: leat.NotFound, Message: fmt.Sprintf("stream %q does not exist", m.name)}
		case ctx.Err() != nil:
			return source.Batch{}, ctx.Err()
		case len(batch.Records) > 0:
			r.next = from + uint64(len(batch.Records))
			r.lent = batch.Records
			batch.Next = position(r.next)
			batch.After = func(n int) source.Position { return position(from + uint64(n)) }
			batch.Pending = tail - r.next
			return batch, nil
		case from >= until:
			return source.Batch{}, io.EOF
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return source.Batch{}, ctx.Err()
		}
	}
}

func (r *memReader) Close() error { return nil }
