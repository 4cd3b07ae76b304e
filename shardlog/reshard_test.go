package shardlog

import (
	"bytes"
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
		if diff := cmp.Diff(before, stream.Info()); diff != "" {
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
		// The other one still waits for what comes.
		if _, err := appendOne(stream, HashKey{Hi: 1 << 63}, "x"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := <-woken; got != 1 {
			t.Errorf("shard %d was woken", got)
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

func TestExpiredClosedShardsAreDropped(t *testing.T) {
	clock := newClock()
	cfg := Config{FS: vfs.NewMem(), Now: clock.Now}
	store := mustOpen(t, cfg)
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1, Retention: 48 * time.Hour})
	step := func(change func(*Resharding) error, want string) {
		t.Helper()
		mustReshard(t, stream, change)
		if _, err := appendOne(stream, middle, clock.now.String()); err != nil {
			t.Fatal(err)
		}
		if got := shardTexts(stream.Info()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	retain := func(d time.Duration, want string) {
		t.Helper()
		clock.add(d)
		store.Retain(t.Context())
		if got := shardTexts(stream.Info()); got != want {
			t.Errorf("after %v: got %s, want %s", d, got, want)
		}
	}
	if _, err := appendOne(stream, middle, "first"); err != nil {
		t.Fatal(err)
	}
	step(func(r *Resharding) error { return r.Split(0, middle) }, "0 1<0. 2<0.")
	clock.add(2 * time.Hour)
	step(func(r *Resharding) error { return nil }, "0 1<0. 2<0.")
	retain(45*time.Hour, "0 1<0. 2<0.")
	step(func(r *Resharding) error { return r.Merge(1, 2) }, "0 1<0 2<0 3<1<2.")
	// Its time has passed, but a record of two hours later is in its segment.
	retain(2*time.Hour, "0 1<0 2<0 3<1<2.")
	retain(2*time.Hour, "1<0 2<0 3<1<2.")
	retain(43*time.Hour, "1<0 2<0 3<1<2.")
	retain(2*time.Hour, "3<1<2.")
	store.Close()
	store = mustOpen(t, cfg)
	var err error
	if stream, err = store.Stream("orders"); err != nil {
		t.Fatal(err)
	}
	step(func(r *Resharding) error { return r.Split(3, middle) }, "3<1<2 4<3. 5<3.")
	for _, shard := range []uint32{0, 1, 2, 6} {
		if _, err := stream.ReadShard(shard, 0, source.Limit{}); leat.CodeOf(err) != leat.NotFound {
			t.Errorf("reading shard %d: %v", shard, err)
		}
	}
	if batch, err := stream.ReadShard(5, 0, source.Limit{}); err != nil || len(batch.Records) != 1 {
		t.Errorf("reading shard 5: %+v, %v", batch, err)
	}
	mustVerify(t, cfg.FS, "/streams")

	// A stream that took no records keeps no closed shard either.
	stream = mustCreate(t, store, Spec{Name: "empty", Shards: 2})
	mustReshard(t, stream, func(r *Resharding) error { return r.Merge(0, 1) })
	retain(23*time.Hour, "0 1 2<0<1.")
	retain(2*time.Hour, "2<0<1.")
}

// TestRecordsOutsideTheirShardsAreFound changes a good stream's definition.
func TestRecordsOutsideTheirShardsAreFound(t *testing.T) {
	fsys, clock := vfs.NewMem(), newClock()
	cfg := Config{FS: fsys, Now: clock.Now}
	store := mustOpen(t, cfg)
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1})
	for _, change := range []func(*Resharding) error{
		func(r *Resharding) error { return r.Split(0, middle) },
		func(r *Resharding) error { return r.Merge(1, 2) },
		func(r *Resharding) error { return nil },
	} {
		for range 5 {
			if _, err := appendOne(stream, middle, "x"); err != nil {
				t.Fatal(err)
			}
		}
		mustReshard(t, stream, change)
	}
	dir := stream.dir
	store.Close()
	mustVerify(t, fsys, "/streams")
	good, err := readDefinition(fsys, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		want   string
		open   bool // the stream opens nevertheless
		change func([]shardDefinition)
	}{
		{"record 5 is in shard 0, which was closed at record 4", true, func(s []shardDefinition) { *s[0].End = 4 }},
		{"record 6 is in shard 2, which was opened after record 6", true, func(s []shardDefinition) { s[2].Start = 6 }},
		{"record 1 is in shard 0, which the definition lacks", true, func(s []shardDefinition) { s[0].Number = 7 }},
		{"the log ends at record 15, but shard 3 was opened or closed after it", false, func(s []shardDefinition) { s[3].Start = 16 }},
		{"the log ends at record 15, but shard 2 was opened or closed after it", false, func(s []shardDefinition) { *s[2].End = 16 }},
	} {
		data, _ := good.encode()
		changed, err := decodeDefinition(data)
		if err != nil {
			t.Fatal(err)
		}
		test.change(changed.Shards)
		slicesByNumber(changed.Shards)
		if err := writeDefinition(fsys, dir, changed); err != nil {
			t.Fatal(err)
		}
		findings, err := Verify(t.Context(), fsys, "/streams")
		if err != nil || len(findings) != 1 || !findings[0].Damage || findings[0].Message != test.want {
			t.Errorf("found %+v, %v, want %s", findings, err, test.want)
		}
		opened := mustOpen(t, cfg)
		stream, err := opened.Stream("orders")
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.Err(); (err == nil) != test.open || err != nil && leat.CodeOf(err) != leat.Corrupt {
			t.Errorf("%s: opening gave %v", test.want, err)
		}
		opened.Close()
	}
}

func slicesByNumber(shards []shardDefinition) {
	for i := range shards { // one may have got a higher number
		for j := i; j > 0 && shards[j].Number < shards[j-1].Number; j-- {
			shards[j], shards[j-1] = shards[j-1], shards[j]
		}
	}
}

func TestImpossibleShardsAreRefused(t *testing.T) {
	whole := func() *definition {
		return newDefinition(Spec{Name: "orders", Shards: 3, Retention: defaultRetention, MaxRecordBytes: 1}, "id", newClock().now, 1)
	}
	one := uint64(1)
	for name, change := range map[string]func(*definition){
		"a gap":             func(d *definition) { d.Shards[1].First.Lo++ },
		"an overlap":        func(d *definition) { d.Shards[1].First.Lo-- },
		"no first key":      func(d *definition) { d.Shards[0].First.Lo = 1 },
		"no last key":       func(d *definition) { d.Shards[2].Last.Lo-- },
		"a closed one":      func(d *definition) { d.Shards[1].End = &one },
		"none open":         func(d *definition) { d.Shards = nil },
		"numbers":           func(d *definition) { d.Shards[1].Number = 2 },
		"a parent to come":  func(d *definition) { d.Shards[1].Parent = 1 },
		"ends before start": func(d *definition) { d.Shards = append([]shardDefinition{{End: new(uint64), Start: 1}}, d.Shards...) },
	} {
		d := whole()
		change(d)
		data, err := d.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeDefinition(data); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	data, _ := whole().encode()
	if bytes.Contains(data, []byte("created_ms\": 0")) {
		t.Error("a shard's creation time is written when it is the stream's")
	}
	if d, err := decodeDefinition(data); err != nil || d.shardInfo(d.Shards[1]).Created != newClock().now {
		t.Errorf("shards that were made with the stream: %+v, %v", d, err)
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
