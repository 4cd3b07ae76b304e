package shardlog

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leat"
	"leat/source"
	"leat/vfs"
)

// clock is a settable time.
type clock struct{ now time.Time }

func newClock() *clock               { return &clock{time.UnixMilli(1_700_000_000_000)} }
func (c *clock) Now() time.Time      { return c.now }
func (c *clock) add(d time.Duration) { c.now = c.now.Add(d) }

func hashOf(key []byte) HashKey {
	sum := md5.Sum(key)
	return HashKey{binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:])}
}

func mustOpen(t testing.TB, cfg Config) *Store {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = "/streams"
	}
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mustCreate(t testing.TB, s *Store, spec Spec) *Stream {
	t.Helper()
	stream, err := s.Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// A kept is a record that was offered to a stream, and where it went if it was
// acknowledged.
type kept struct {
	key, data []byte
	receipt   Receipt
	acked     bool
}

// A model is what a stream should hold: every record ever offered, in the order
// it was offered. Each record's data is unique.
type model struct {
	rng     *rand.Rand
	offered []*kept
	byData  map[string]*kept
	// shards are those after the last change that was acknowledged, nil: not
	// known. unsure means that one after it failed, and may have happened.
	shards []ShardInfo
	unsure bool
}

func newModel(seed uint64) *model {
	return &model{rng: rand.New(rand.NewPCG(seed, 7)), byData: map[string]*kept{}}
}

// clone returns a model that goes its own way.
func (m *model) clone() *model {
	c := newModel(1)
	c.shards, c.unsure = m.shards, m.unsure
	for _, k := range m.offered {
		copied := *k
		c.offered = append(c.offered, &copied)
		c.byData[string(k.data)] = &copied
	}
	return c
}

// batch makes n records of up to size bytes.
func (m *model) batch(n, size int) []*kept {
	batch := make([]*kept, n)
	for i := range batch {
		data := fmt.Appendf(nil, "%08d.", len(m.offered))
		data = append(data, bytes.Repeat([]byte{byte(len(m.offered))}, m.rng.IntN(size+1))...)
		k := &kept{key: fmt.Appendf(nil, "key-%d", m.rng.IntN(1000)), data: data}
		m.offered = append(m.offered, k)
		m.byData[string(data)] = k
		batch[i] = k
	}
	return batch
}

// offer appends a batch and notes what was acknowledged.
func (m *model) offer(s *Stream, batch []*kept) error {
	entries, receipts := make([]Entry, len(batch)), make([]Receipt, len(batch))
	for i, k := range batch {
		entries[i] = Entry{k.key, hashOf(k.key), k.data}
	}
	err := s.Append(context.Background(), entries, receipts)
	for i, k := range batch {
		k.receipt, k.acked = receipts[i], err == nil
	}
	return err
}

// check is the one checker of a stream's invariants: what it holds is what was
// acknowledged, nothing invented, nothing twice, in order, and both ways to
// read agree. Records before the head may be gone.
func (m *model) check(t testing.TB, s *Stream) {
	t.Helper()
	info := s.Info()
	records := readAll(t, s, "0")
	head := s.Head()
	if m.shards != nil && !m.unsure {
		// Retention may have dropped shards that hold nothing any more.
		want := slices.DeleteFunc(slices.Clone(m.shards), func(shard ShardInfo) bool {
			_, there := shardByNumber(info, shard.Number)
			return !there && shard.End != nil && shard.End.Ordinal < head
		})
		if diff := cmp.Diff(want, info.Shards); diff != "" {
			t.Fatalf("shards are not those of the last change: %s", diff)
		}
	}
	m.shards, m.unsure = info.Shards, false
	if want := s.Tail() - head; uint64(len(records)) != want {
		t.Fatalf("stream has %d records, want %d", len(records), want)
	}
	byShard := map[uint32][]leat.Record{}
	last := map[uint32]int{}  // index in offered of the shard's last record
	byKey := map[string]int{} // and of the key's, whatever shard it went to
	index := map[*kept]int{}
	for i, k := range m.offered {
		index[k] = i
	}
	arrival := int64(0)
	at := map[uint64]*kept{}
	for i, r := range records {
		k := m.byData[string(r.Data)]
		if k == nil {
			t.Fatalf("record %d was never offered: %q", i, r.Data)
		}
		if r.Sequence.Ordinal != head+uint64(i) || r.Sequence.Shard != r.Shard {
			t.Fatalf("record %d has sequence %+v", i, r.Sequence)
		}
		if k.acked && (k.receipt.Sequence != r.Sequence || k.receipt.Shard != r.Shard) {
			t.Fatalf("record %d is at %+v, its receipt says %+v", i, r.Sequence, k.receipt)
		}
		if !bytes.Equal(k.key, r.PartitionKey) {
			t.Fatalf("record %d has key %q, want %q", i, r.PartitionKey, k.key)
		}
		shard, ok := shardByNumber(info, r.Shard)
		if !ok {
			t.Fatalf("record %d is in shard %d, which does not exist", i, r.Shard)
		}
		if r.Sequence.Ordinal <= shard.Start.Ordinal || shard.End != nil && r.Sequence.Ordinal > shard.End.Ordinal {
			t.Fatalf("record %d (ordinal %d) is in shard %d, which was not open then: %+v", i, r.Sequence.Ordinal, r.Shard, shard)
		}
		if shard.End != nil && r.Arrival > shard.Closed.UnixMilli() {
			t.Fatalf("record %d of shard %d arrived at %d, after it was closed at %v", i, r.Shard, r.Arrival, shard.Closed)
		}
		if h := hashOf(k.key); h.Compare(shard.First) < 0 || h.Compare(shard.Last) > 0 {
			t.Fatalf("record %d is in shard %d, which does not take its key", i, r.Shard)
		}
		if r.Arrival < arrival {
			t.Fatalf("record %d arrived at %d, the one before it at %d", i, r.Arrival, arrival)
		}
		arrival = r.Arrival
		if prev, ok := last[r.Shard]; ok && prev >= index[k] {
			t.Fatalf("record %d of shard %d was offered before the one in front of it", i, r.Shard)
		}
		last[r.Shard] = index[k]
		if prev, ok := byKey[string(k.key)]; ok && prev >= index[k] {
			t.Fatalf("record %d of key %s was offered before the one in front of it", i, k.key)
		}
		byKey[string(k.key)] = index[k]
		byShard[r.Shard] = append(byShard[r.Shard], r)
		at[r.Sequence.Ordinal] = k
	}
	for i, k := range m.offered {
		if k.acked && k.receipt.Sequence.Ordinal >= head && at[k.receipt.Sequence.Ordinal] != k {
			t.Fatalf("acknowledged record %d is gone (ordinal %d, tail %d)", i, k.receipt.Sequence.Ordinal, s.Tail())
		}
	}
	for _, shard := range info.Shards {
		got := readShard(t, s, shard.Number, 0, source.Limit{Records: 1 + m.rng.IntN(100)})
		sameRecords(t, fmt.Sprintf("shard %d", shard.Number), byShard[shard.Number], got)
	}
}

func shardByNumber(info Info, number uint32) (ShardInfo, bool) {
	for _, shard := range info.Shards {
		if shard.Number == number {
			return shard, true
		}
	}
	return ShardInfo{}, false
}

// reshard makes a random change of the shards, which stay between 1 and most.
func (m *model) reshard(s *Stream, most int) error {
	want := 0
	err := s.Reshard(context.Background(), func(r *Resharding) error {
		defer func() { want = len(r.next.Shards) }()
		for range 1 + m.rng.IntN(3) {
			var err error
			open := r.next.openShards()
			i := m.rng.IntN(len(open))
			switch kind := m.rng.IntN(5); {
			case kind == 0 && len(open) > 1:
				err = r.Uniform(max(1, min(most, (len(open)+1)/2+m.rng.IntN(2*len(open)))))
			case kind < 3 && len(open) < most && open[i].First != open[i].Last:
				err = r.Split(open[i].Number, m.keyWithin(open[i]))
			case i > 0:
				err = r.Merge(open[i-1].Number, open[i].Number)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if got := len(s.Info().Shards); err == nil && got != want {
		return fmt.Errorf("the stream has %d shards after a change to %d", got, want)
	}
	if m.unsure = m.unsure || err != nil; err == nil {
		m.shards, m.unsure = s.Info().Shards, false
	}
	return err
}

// keyWithin returns a random hash key that divides a shard of more than one key.
func (m *model) keyWithin(shard shardDefinition) HashKey {
	for range 100 {
		at := HashKey{shard.First.Hi, m.rng.Uint64()}
		if span := shard.Last.Hi - shard.First.Hi; span > 0 {
			at.Hi += m.rng.Uint64N(span) + m.rng.Uint64N(2)
		}
		if at.Compare(shard.First) > 0 && at.Compare(shard.Last) <= 0 {
			return at
		}
	}
	return shard.Last
}

func sameRecords(t fataler, what string, want, got []leat.Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d records, want %d", what, len(got), len(want))
	}
	for i := range got {
		if got[i].Sequence != want[i].Sequence || got[i].Arrival != want[i].Arrival ||
			!bytes.Equal(got[i].Data, want[i].Data) || !bytes.Equal(got[i].PartitionKey, want[i].PartitionKey) {
			t.Fatalf("%s: record %d is %+v, want %+v", what, i, got[i].Sequence, want[i].Sequence)
		}
	}
}

// readAll reads a stream from a position to its tail.
func readAll(t testing.TB, s *Stream, from source.Position) []leat.Record {
	t.Helper()
	records, err := tryReadAll(t.Context(), s, from, source.Limit{Until: formatPosition(s.Tail())})
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func tryReadAll(ctx context.Context, s *Stream, from source.Position, limit source.Limit) ([]leat.Record, error) {
	r, err := s.Source().Open(ctx, from)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var all []leat.Record
	for {
		batch, err := r.Next(ctx, limit)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		for _, record := range batch.Records {
			record.PartitionKey, record.Data = bytes.Clone(record.PartitionKey), bytes.Clone(record.Data)
			all = append(all, record)
		}
	}
}

// readShard reads a shard from an ordinal to its tail.
func readShard(t fataler, s *Stream, shard uint32, from uint64, limit source.Limit) []leat.Record {
	t.Helper()
	var all []leat.Record
	tail := s.Tail()
	for from < tail {
		batch, err := s.ReadShard(shard, from, limit)
		if err != nil {
			t.Fatal(err)
		}
		if batch.Next <= from {
			t.Fatalf("read of shard %d from %d goes on at %d", shard, from, batch.Next)
		}
		all = append(all, batch.Records...)
		from = batch.Next
	}
	return all
}

func mustVerify(t testing.TB, fsys vfs.FS, dir string) {
	t.Helper()
	findings, err := Verify(t.Context(), fsys, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Errorf("verify: %+v", f)
	}
}

func limitUntil(s *Stream) source.Limit { return source.Limit{Until: formatPosition(s.Tail())} }

// A fataler is a test of this package or of rapid.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}
