package shardlog

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leat"
	"leat/source"
	"leat/vfs"
)

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
		slices.SortFunc(changed.Shards, func(a, b shardDefinition) int { return cmp.Compare(a.Number, b.Number) }) // one may have got a higher number
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

// TestAShardIsReadWithinItsTime has a shard in the first segment, its child in
// the third, and neither in the second: nothing else is opened for them.
func TestAShardIsReadWithinItsTime(t *testing.T) {
	disk := vfs.NewMem()
	var forbidden atomic.Pointer[string]
	none := "none"
	forbidden.Store(&none)
	faulty := vfs.NewFaulty(disk, func(op vfs.Op) error {
		if strings.Contains(op.Name, *forbidden.Load()) {
			t.Errorf("%s of %s", op.Kind, op.Name)
		}
		return nil
	})
	store := mustOpen(t, Config{FS: faulty, Now: newClock().Now, SegmentBytes: 1, IndexCacheBytes: 1})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 2})
	low := HashKey{Hi: 1}
	for i, hash := range []HashKey{low, middle, low, middle} { // a segment each
		if _, err := appendOne(stream, hash, "x"); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			mustReshard(t, stream, func(r *Resharding) error { return r.Split(0, HashKey{Hi: 1 << 62}) })
		}
	}
	for _, test := range []struct {
		shard     uint32
		forbidden uint64 // the segment that has another shard's record
	}{{2, 1}, {0, 2}, {0, 3}} { // the first one before its index is in memory
		name := segmentName(test.forbidden)
		forbidden.Store(&name)
		batch, err := stream.ReadShard(test.shard, 0, source.Limit{})
		if err != nil || len(batch.Records) != 1 || batch.Drained != (test.shard == 0) {
			t.Errorf("shard %d: %+v, %v", test.shard, batch, err)
		}
		forbidden.Store(&none)
	}

	// A sequence number behind the shard's end was never given out.
	info := stream.Info()
	end := *info.Shards[0].End
	if _, err := stream.Seek(0, Start{At: AfterSequence, Sequence: end}); err != nil {
		t.Errorf("after the end: %v", err)
	}
	end.Ordinal++
	if _, err := stream.Seek(0, Start{At: AtSequence, Sequence: end}); leat.CodeOf(err) != leat.InvalidArgument {
		t.Errorf("behind the end: %v", err)
	}
}

// TestAClosedShardIsNotDrainedBeforeItsEnd reads by a snapshot that is older than
// the shard's end, as who reads while the shard is closed.
func TestAClosedShardIsNotDrainedBeforeItsEnd(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem(), Now: newClock().Now})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1})
	old := stream.state.Load()
	if _, err := appendOne(stream, middle, "x"); err != nil {
		t.Fatal(err)
	}
	mustReshard(t, stream, func(r *Resharding) error { return r.Split(0, middle) })
	batch, err := stream.readShard(old, stream.Info().Shards[0], 0, source.Limit{})
	if err != nil || batch.Drained || len(batch.Records) != 0 || batch.Next != old.tail {
		t.Errorf("by the old snapshot: %+v, %v", batch, err)
	}
	batch, err = stream.ReadShard(0, batch.Next, source.Limit{})
	if err != nil || !batch.Drained || len(batch.Records) != 1 {
		t.Errorf("by a new one: %+v, %v", batch, err)
	}
}

// TestAFolderInUseIsVerifiedWithoutFalseAlarm verifies while records come, shards
// change and segments end.
func TestAFolderInUseIsVerifiedWithoutFalseAlarm(t *testing.T) {
	fsys, m := vfs.NewMem(), newModel(3)
	store := mustOpen(t, Config{FS: fsys, Now: newClock().Now, SegmentBytes: 5000})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 2})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range 50 {
			if err := m.offer(stream, m.batch(5, 100)); err != nil {
				t.Error(err)
			}
			if err := m.reshard(stream, 6); err != nil {
				t.Error(err)
			}
			store.tidy(context.Background())
		}
	}()
	for times := 0; ; times++ {
		findings, err := Verify(t.Context(), fsys, "/streams")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if f.Damage {
				t.Fatalf("after %d times: %+v", times, f)
			}
		}
		select {
		case <-ended:
			return
		default:
		}
	}
}

// FuzzShards gives the decoder definitions that are whole and wrong. What it
// accepts, every key has a shard in.
func FuzzShards(f *testing.F) {
	store := mustOpen(f, Config{FS: vfs.NewMem(), Now: newClock().Now})
	stream := mustCreate(f, store, Spec{Name: "orders", Shards: 2})
	for _, n := range []int{2, 3, 1, 5} {
		data, err := stream.definition.encode()
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := bytes.Cut(data, []byte("\n"))
		f.Add(body, uint64(n)<<60, uint64(n))
		if err := stream.Reshard(context.Background(), func(r *Resharding) error { return r.Uniform(n) }); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, hi, lo uint64) {
		data := fmt.Appendf(nil, "%s%08x\n%s", definitionFormat, checksum(body), body)
		d, err := decodeDefinition(data)
		if err != nil {
			return
		}
		info, err := d.info()
		if err != nil {
			t.Fatal(err)
		}
		r, key := newRouter(info.Shards), HashKey{hi, lo}
		number := r.numbers[r.slot(key)]
		i, ok := indexOfShard(info.Shards, number)
		if s := info.Shards[i]; !ok || s.End != nil || key.Compare(s.First) < 0 || key.Compare(s.Last) > 0 {
			t.Errorf("key %s goes to shard %d, %v %+v", formatKey(key), number, ok, s)
		}
	})
}
