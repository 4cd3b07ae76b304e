package shardlog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"leat"
	"leat/source"
	"leat/vfs"
)

var middle = HashKey{Hi: 1 << 63}

func mustReshard(t testing.TB, s *Stream, change func(*Resharding) error) {
	t.Helper()
	if err := s.Reshard(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}

// shardTexts writes shards as "number<parents", with a dot behind open ones.
func shardTexts(info Info) string {
	var texts []string
	for _, s := range info.Shards {
		text := fmt.Sprint(s.Number)
		for _, parent := range []int64{s.Parent, s.AdjacentParent} {
			if parent >= 0 {
				text += fmt.Sprint("<", parent)
			}
		}
		if s.End == nil {
			text += "."
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}

func TestTheSourceTellsHashKeysOfShardsMadeLater(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem(), Now: newClock().Now})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 2})
	mustReshard(t, stream, func(r *Resharding) error { return r.Split(1, HashKey{Hi: 3 << 62}) })
	keys := stream.Source().(interface {
		HashKeys(shard uint32) (first, last [16]byte, ok bool)
	})
	for shard, want := range [][2]byte{2: {0x80, 0xbf}, 3: {0xc0, 0xff}, 4: {}} {
		first, last, ok := keys.HashKeys(uint32(shard))
		if first[0] != want[0] || last[0] != want[1] || ok != (want[1] != 0) || ok && (first[15] != 0 || last[15] != 0xff) {
			t.Errorf("shard %d takes %x to %x, %v", shard, first, last, ok)
		}
	}
}

func TestUniformSplitsAndMergesNoMoreThanNeeded(t *testing.T) {
	for _, test := range []struct {
		from, to int
		want     string // "": only the count
		all      int    // shards afterwards, closed ones included
	}{
		{from: 3, to: 3, want: "0. 1. 2.", all: 3},
		{from: 1, to: 2, want: "0 1<0. 2<0.", all: 3},
		{from: 2, to: 1, want: "0 1 2<0<1.", all: 3},
		{from: 2, to: 3, want: "0 1 2<0. 3<0 4<1 5<1. 6<3<4.", all: 7},
		{from: 2, to: 4, want: "0 1 2<0. 3<0. 4<1. 5<1.", all: 6},
		{from: 4, to: 2, want: "0 1 2 3 4<0<1. 5<2<3.", all: 6},
		{from: 4, to: 5, all: 15},
		{from: 1, to: 1000, all: 1999},
		{from: 1000, to: 1, all: 1999},
		{from: 10_000, to: 20_000, all: 30_000},
		{from: 7, to: 7, all: 7},
	} {
		store := mustOpen(t, Config{FS: vfs.NewMem(), Now: newClock().Now})
		stream := mustCreate(t, store, Spec{Name: "orders", Shards: test.from})
		mustReshard(t, stream, func(r *Resharding) error { return r.Uniform(test.to) })
		info := stream.Info()
		if got := shardTexts(info); test.want != "" && got != test.want || len(info.Shards) != test.all {
			t.Errorf("%d to %d: %d shards, %.100s, want %d, %s", test.from, test.to, len(info.Shards), got, test.all, test.want)
		}
		open := stream.definition.openShards()
		for i, shard := range open {
			if first, _ := evenRange(i, test.to); len(open) != test.to || distance(shard.First, first) > rounding {
				t.Fatalf("%d to %d: open shard %d of %d is %+v", test.from, test.to, i, len(open), shard)
			}
		}
	}
}

func TestRefusedReshardingsChangeNothing(t *testing.T) {
	fsys := vfs.NewMem()
	store := mustOpen(t, Config{FS: fsys, Now: newClock().Now})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 3})
	mustReshard(t, stream, func(r *Resharding) error { return r.Merge(1, 2) })
	before := stream.Info()
	no := errors.New("no")
	for _, test := range []struct {
		name   string
		change func(*Resharding) error
		want   leat.Code
	}{
		{"another's error", func(r *Resharding) error { r.Settings.OnDemand = true; r.Split(0, HashKey{Lo: 9}); return no }, leat.CodeOf(no)},
		{"a missing shard", func(r *Resharding) error { return r.Split(9, middle) }, leat.NotFound},
		{"a closed shard", func(r *Resharding) error { return r.Split(1, middle) }, leat.InvalidArgument},
		{"its first key", func(r *Resharding) error { return r.Split(0, HashKey{}) }, leat.InvalidArgument},
		{"a key behind it", func(r *Resharding) error { return r.Split(0, middle) }, leat.InvalidArgument},
		{"a key in front of it", func(r *Resharding) error { return r.Split(3, HashKey{Lo: 9}) }, leat.InvalidArgument},
		{"a shard with itself", func(r *Resharding) error { return r.Merge(0, 0) }, leat.InvalidArgument},
		{"the wrong way round", func(r *Resharding) error { return r.Merge(3, 0) }, leat.InvalidArgument},
		{"a closed neighbour", func(r *Resharding) error { return r.Merge(0, 1) }, leat.InvalidArgument},
		{"no shards", func(r *Resharding) error { return r.Uniform(0) }, leat.InvalidArgument},
		{"too many shards", func(r *Resharding) error { return r.Uniform(20_001) }, leat.InvalidArgument},
		{"too many with closed ones", func(r *Resharding) error {
			return errors.Join(r.Uniform(20_000), r.Uniform(1))
		}, leat.LimitExceeded},
		{"bad settings", func(r *Resharding) error { r.Settings.MaxRecordBytes = 0; return r.Uniform(4) }, leat.InvalidArgument},
	} {
		err := stream.Reshard(t.Context(), test.change)
		if err == nil || leat.CodeOf(err) != test.want {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if diff := cmp.Diff(before, stream.Info(), cmpopts.IgnoreFields(Info{}, "Memo")); diff != "" {
			t.Fatalf("%s: %s", test.name, diff)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := stream.Reshard(ended, func(r *Resharding) error { return nil }); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that ended: %v", err)
	}
	if err := stream.Err(); err != nil {
		t.Error(err)
	}
}

// TestReshardChangesSettingsToo also restarts.
func TestReshardChangesSettingsToo(t *testing.T) {
	cfg := Config{FS: vfs.NewMem(), Now: newClock().Now}
	store := mustOpen(t, cfg)
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1, Attributes: []byte(`"a"`)})
	mustReshard(t, stream, func(r *Resharding) error {
		if string(r.Settings.Attributes) != `"a"` || r.Open() != 1 || !r.IsOpen(0) {
			t.Errorf("before: %+v, %d open", r.Settings, r.Open())
		}
		r.Settings.Attributes, r.Settings.MaxRecordBytes = []byte(`"b"`), 5000
		err := r.Split(0, middle)
		if r.Open() != 2 || r.IsOpen(0) || !r.IsOpen(2) || r.IsOpen(3) {
			t.Errorf("after: %d open", r.Open())
		}
		return err
	})
	store.Close()
	stream, err := mustOpen(t, cfg).Stream("orders")
	if err != nil {
		t.Fatal(err)
	}
	if info := stream.Info(); string(info.Attributes) != `"b"` || info.MaxRecordBytes != 5000 || shardTexts(info) != "0 1<0. 2<0." {
		t.Errorf("after a restart: %+v", info)
	}
}

func TestWhoWaitsForAClosedShardIsWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mustOpen(t, Config{FS: vfs.NewMem()})
		stream := mustCreate(t, store, Spec{Name: "orders", Shards: 2})
		m := newModel(1)
		if err := m.offer(stream, m.batch(20, 10)); err != nil {
			t.Fatal(err)
		}
		woken := make(chan uint32, 2)
		for shard := range uint32(2) {
			go func() {
				if err := stream.WaitShard(t.Context(), shard, stream.Tail()); err != nil {
					t.Error(err)
				}
				woken <- shard
			}()
		}
		synctest.Wait()
		mustReshard(t, stream, func(r *Resharding) error { return r.Split(0, HashKey{Hi: 1 << 62}) })
		synctest.Wait()
		if got := <-woken; got != 0 || len(woken) > 0 {
			t.Errorf("shard %d was woken, and %d others", got, len(woken))
		}
		batch, err := stream.ReadShard(0, stream.Tail(), source.Limit{})
		if err != nil || !batch.Drained || len(batch.Records) != 0 {
			t.Errorf("the closed shard: %+v, %v", batch, err)
		}
		if err := stream.WaitShard(t.Context(), 0, stream.Tail()); err != nil {
			t.Errorf("waiting for a closed shard: %v", err)
		}
		// What the other one has is still known.
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := stream.WaitShard(soon, 1, firstOrdinal); err != nil {
			t.Errorf("waiting for what is there: %v", err)
		}
		// And it still waits for what comes.
		if _, err := appendOne(stream, HashKey{Hi: 1 << 63}, "x"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := <-woken; got != 1 {
			t.Errorf("shard %d was woken", got)
		}
	})
}

// TestAReshardKeepsItsPlaceInTheQueue has batches wait in front of it and behind.
func TestAReshardKeepsItsPlaceInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		store := mustOpen(t, Config{FS: vfs.NewMem(), Events: Events{Committed: func(Commit) { <-release }}})
		stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1})
		receipts := make([]Receipt, 5)
		one := func(i int) {
			var err error
			if receipts[i], err = appendOne(stream, middle, "x"); err != nil {
				t.Error(err)
			}
		}
		split := func(int) {
			if err := stream.Reshard(t.Context(), func(r *Resharding) error { return r.Split(0, middle) }); err != nil {
				t.Error(err)
			}
		}
		for i, do := range []func(int){one, one, split, one, one} {
			go do(i)
			synctest.Wait() // the first one is being committed, the others wait in this order
		}
		close(release)
		synctest.Wait()
		for i, want := range []Receipt{{Sequence: leat.Sequence{Ordinal: 1}}, {Sequence: leat.Sequence{Ordinal: 2}}, {},
			{Shard: 2, Sequence: leat.Sequence{Ordinal: 3}}, {Shard: 2, Sequence: leat.Sequence{Ordinal: 4}}} {
			if got := receipts[i]; got.Shard != want.Shard || got.Sequence.Ordinal != want.Sequence.Ordinal {
				t.Errorf("batch %d went to %+v, want %+v", i, got, want)
			}
		}
		if shard := stream.Info().Shards[0]; shard.End == nil || shard.End.Ordinal != 2 {
			t.Errorf("the shard that was split: %+v", shard)
		}
	})
}

func appendOne(s *Stream, hash HashKey, data string) (Receipt, error) {
	receipts := make([]Receipt, 1)
	err := s.Append(context.Background(), []Entry{{[]byte("k"), hash, []byte(data)}}, receipts)
	return receipts[0], err
}

// TestBatchesInFlightGoToOpenShards has many writers, readers that wait, and one
// who splits and merges without pause.
func TestBatchesInFlightGoToOpenShards(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem(), SegmentBytes: 50 << 10})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 4})
	const writers, batches, perBatch = 8, 60, 10
	type sent struct {
		key     string
		n       int
		receipt Receipt
	}
	all := make([][]sent, writers)
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for b := range batches {
				entries, receipts := make([]Entry, perBatch), make([]Receipt, perBatch)
				for i := range entries {
					key := fmt.Sprintf("writer %d key %d", w, i%3)
					entries[i] = Entry{[]byte(key), hashOf([]byte(key)), fmt.Appendf(nil, "%s %06d", key, b*perBatch+i)}
				}
				if err := stream.Append(t.Context(), entries, receipts); err != nil {
					t.Error(err)
					return
				}
				for i := range entries {
					all[w] = append(all[w], sent{string(entries[i].PartitionKey), b*perBatch + i, receipts[i]})
				}
			}
		})
	}
	reading, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() { followShards(t, reading, stream) })
	}
	changes := newModel(5)
	for range 40 {
		if err := changes.reshard(stream, 12); err != nil {
			t.Fatal(err)
		}
	}
	group.Wait()
	stop()
	readers.Wait()

	info := stream.Info()
	records := readAll(t, stream, "0")
	if len(records) != writers*batches*perBatch {
		t.Fatalf("%d records", len(records))
	}
	last := map[string]string{}
	for _, r := range records {
		shard, ok := shardByNumber(info, r.Shard)
		if !ok || r.Sequence.Ordinal <= shard.Start.Ordinal || shard.End != nil && r.Sequence.Ordinal > shard.End.Ordinal {
			t.Fatalf("record %d is in shard %+v", r.Sequence.Ordinal, shard)
		}
		if string(r.Data) <= last[string(r.PartitionKey)] {
			t.Fatalf("%q comes after %q", r.Data, last[string(r.PartitionKey)])
		}
		last[string(r.PartitionKey)] = string(r.Data)
	}
	head := stream.Head()
	for w := range all {
		for _, s := range all[w] {
			r := records[s.receipt.Sequence.Ordinal-head]
			if want := fmt.Sprintf("%s %06d", s.key, s.n); string(r.Data) != want || r.Sequence != s.receipt.Sequence || r.Shard != s.receipt.Shard {
				t.Fatalf("receipt %+v is of %q, %+v holds %q", s.receipt, want, r.Sequence, r.Data)
			}
		}
	}
}

// followShards reads and waits, from shard to child, until ctx ends.
func followShards(t *testing.T, ctx context.Context, s *Stream) {
	number, from := uint32(0), uint64(0)
	for ctx.Err() == nil {
		before := from
		batch, err := s.ReadShard(number, from, source.Limit{Records: 50})
		if err != nil {
			t.Error(err)
			return
		}
		if from = batch.Next; !batch.Drained {
			if err := s.WaitShard(ctx, number, from); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			continue
		}
		for _, shard := range s.Info().Shards {
			if shard.Number == number && before > shard.End.Ordinal+1 {
				t.Errorf("shard %d was to be read from %d, and ends at %d", number, before, shard.End.Ordinal)
			}
			if shard.Parent == int64(number) || shard.AdjacentParent == int64(number) {
				number, from = shard.Number, 0
				break
			}
		}
	}
}

// TestAFullDiskRefusesAReshardingAndGoesOn leaves room for records alone.
func TestAFullDiskRefusesAReshardingAndGoesOn(t *testing.T) {
	fsys := vfs.NewMem()
	store := mustOpen(t, Config{FS: fsys, Now: newClock().Now})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1})
	if _, err := appendOne(stream, middle, "x"); err != nil {
		t.Fatal(err)
	}
	used := int64(100)
	for ; used < 1<<20; used += 100 { // up to where one small record fits
		fsys.SetLimit(used)
		if _, err := appendOne(stream, middle, "x"); err == nil {
			break
		}
	}
	fsys.SetLimit(used + 300)
	err := stream.Reshard(t.Context(), func(r *Resharding) error { return r.Uniform(20) })
	if leat.CodeOf(err) != leat.Unavailable || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("on a full disk: %v", err)
	}
	if _, err := appendOne(stream, middle, "y"); err != nil || stream.Err() != nil || shardTexts(stream.Info()) != "0." {
		t.Errorf("the stream after it: %v, %v, shards %s", err, stream.Err(), shardTexts(stream.Info()))
	}
	fsys.SetLimit(0)
	mustReshard(t, stream, func(r *Resharding) error { return r.Uniform(2) })
	mustVerify(t, fsys, "/streams")
}
