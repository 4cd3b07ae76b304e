package warehouse

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"sync"
	"testing"
	"time"

	"leat"
	"leat/source"
	"leat/source/kpl"
)

// A fakeStream is a source in memory.
type fakeStream struct {
	mu       sync.Mutex
	identity string
	records  []leat.Record
	first    uint64 // ordinal of the oldest record kept
	deleted  bool
	grown    chan struct{} // closed and renewed when records come
	maxBatch int           // most records of one read; 0: no bound
}

func newFakeStream(identity string) *fakeStream {
	return &fakeStream{identity: identity, grown: make(chan struct{})}
}

var fakeArrival = time.Date(2024, 3, 17, 1, 2, 3, 0, time.UTC).UnixMilli()

// put appends documents.
func (s *fakeStream) put(documents ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, document := range documents {
		n := uint64(len(s.records))
		s.records = append(s.records, leat.Record{
			Shard: uint32(n % 2), Sequence: leat.Sequence{Created: 1, Ordinal: n, Shard: uint32(n % 2)},
			Arrival: fakeArrival + int64(n), PartitionKey: fmt.Appendf(nil, "key-%d", n), Data: []byte(document),
		})
	}
	s.wakeLocked()
}

func (s *fakeStream) wakeLocked() {
	close(s.grown)
	s.grown = make(chan struct{})
}

// expire drops records from the front.
func (s *fakeStream) expire(upTo uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first = upTo
}

func (s *fakeStream) delete() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deleted = true
	s.wakeLocked()
}

func (s *fakeStream) Identity() string { return s.identity }

func (s *fakeStream) Horizon(context.Context) (source.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return position(s.first), nil
}

func (s *fakeStream) Latest(context.Context) (source.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return position(uint64(len(s.records))), nil
}

func position(n uint64) source.Position { return source.Position(strconv.FormatUint(n, 10)) }

func (s *fakeStream) Open(_ context.Context, from source.Position) (source.Reader, error) {
	at, err := strconv.ParseUint(string(from), 10, 64)
	if err != nil {
		return nil, err
	}
	return &fakeReader{stream: s, at: at}, nil
}

type fakeReader struct {
	stream *fakeStream
	at     uint64
}

func (r *fakeReader) Next(ctx context.Context, limit source.Limit) (source.Batch, error) {
	s := r.stream
	for {
		s.mu.Lock()
		grown := s.grown
		if s.deleted {
			s.mu.Unlock()
			return source.Batch{}, &leat.Error{Code: leat.NotFound, Message: "stream was deleted"}
		}
		lost := uint64(0)
		if r.at < s.first {
			lost, r.at = s.first-r.at, s.first
		}
		if n := uint64(len(s.records)); r.at < n {
			end := n
			if limit.Records > 0 {
				end = min(end, r.at+uint64(limit.Records))
			}
			if s.maxBatch > 0 {
				end = min(end, r.at+uint64(s.maxBatch))
			}
			first := r.at
			batch := source.Batch{
				Records: s.records[first:end:end], Next: position(end), Pending: n - end, Lost: lost,
				After: func(n int) source.Position { return position(first + uint64(n)) },
			}
			r.at = end
			s.mu.Unlock()
			return batch, nil
		}
		s.mu.Unlock()
		select {
		case <-grown:
		case <-ctx.Done():
			return source.Batch{}, ctx.Err()
		}
	}
}

func (r *fakeReader) Close() error { return nil }

// fakeStreams are the streams of a test, by name.
type fakeStreams struct {
	mu      sync.Mutex
	streams map[string]*fakeStream
}

func (f *fakeStreams) set(name string, s *fakeStream) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.streams == nil {
		f.streams = map[string]*fakeStream{}
	}
	f.streams[name] = s
}

func (f *fakeStreams) open(_ context.Context, _, name string) (source.Source, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.streams[name]
	if s == nil || s.deleted {
		return nil, &leat.Error{Code: leat.NotFound, Message: "stream " + name + " does not exist"}
	}
	return kpl.Split(s), nil // as the server does
}

// A bench is a warehouse with streams, and a session.
type fixture struct {
	t testing.TB
	*Warehouse
	streams *fakeStreams
	session *Session
	dir     string
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{t: t, streams: &fakeStreams{}, dir: t.TempDir()}
	f.open()
	t.Cleanup(f.close)
	return f
}

func (f *fixture) open() {
	f.t.Helper()
	w, err := Open(Config{Dir: f.dir, OpenSource: f.streams.open, MemoryBytes: 256 << 20, RefreshInterval: time.Millisecond})
	if err != nil {
		f.t.Fatal(err)
	}
	f.Warehouse = w
	f.session = f.newSession()
}

func (f *fixture) close() {
	if f.Warehouse != nil {
		if err := f.Warehouse.Close(); err != nil {
			f.t.Error(err)
		}
		f.Warehouse = nil
	}
}

func (f *fixture) reopen() {
	f.t.Helper()
	f.close()
	f.open()
}

func (f *fixture) newSession() *Session {
	f.t.Helper()
	s, err := f.NewSession(context.Background(), "", "dev")
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

// run starts Run and returns what stops it.
func (f *fixture) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			f.t.Error(err)
		}
	}
}

// try runs statements and returns the rows of the last.
func try(s *Session, sql string, args ...any) ([][]any, error) {
	ctx := context.Background()
	statements, err := s.Parse(sql)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, stmt := range statements {
		p, err := s.Prepare(ctx, stmt, nil)
		if err != nil {
			return nil, err
		}
		result, err := s.Execute(ctx, p, args)
		if err != nil {
			return nil, err
		}
		rows = nil
		for result.Next() {
			rows = append(rows, append([]any(nil), result.Values()...))
		}
		err = result.Err()
		result.Close()
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// do runs statements that must succeed.
func (f *fixture) do(sql string, args ...any) [][]any {
	f.t.Helper()
	rows, err := try(f.session, sql, args...)
	if err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

// raw runs DuckDB's SQL beside all sessions.
func (f *fixture) raw(sql string) []any {
	f.t.Helper()
	conn, err := f.db.Connect()
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close()
	row, err := conn.Row(context.Background(), sql)
	if err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
	return row
}

var _ io.Closer = (*Session)(nil)
