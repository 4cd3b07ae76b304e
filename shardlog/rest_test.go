package shardlog

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"leat/source"
	"leat/vfs"
)

// openFiles counts the files that are open through a file system.
type openFiles struct {
	vfs.FS
	n atomic.Int64
}

type countedFile struct {
	vfs.File
	fs *openFiles
}

func (o *openFiles) Open(name string) (vfs.File, error)   { return o.count(o.FS.Open(name)) }
func (o *openFiles) Create(name string) (vfs.File, error) { return o.count(o.FS.Create(name)) }
func (o *openFiles) OpenFile(name string, flag int) (vfs.File, error) {
	return o.count(o.FS.OpenFile(name, flag))
}

func (o *openFiles) count(f vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	o.n.Add(1)
	return countedFile{f, o}, nil
}

func (f countedFile) Close() error {
	f.fs.n.Add(-1)
	return f.File.Close()
}

func TestIdleStreamsHoldNothingOpen(t *testing.T) {
	disk := vfs.NewMem()
	fsys := &openFiles{FS: disk}
	store := mustOpen(t, Config{FS: fsys})
	const streams = 50
	models := make([]*model, streams)
	offer := func(i int) {
		t.Helper()
		stream, err := store.Stream(fmt.Sprint("s", i))
		if err != nil {
			t.Fatal(err)
		}
		if err := models[i].offer(stream, models[i].batch(10, 300)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range models {
		models[i] = newModel(uint64(i))
		mustCreate(t, store, Spec{Name: fmt.Sprint("s", i), Shards: 3})
		offer(i)
	}
	if got := fsys.n.Load(); got != streams {
		t.Fatalf("%d files are open while %d streams take records", got, streams)
	}
	store.tidy(t.Context())
	offer(0) // one goes on
	store.tidy(t.Context())
	if got := fsys.n.Load(); got != 1 {
		t.Errorf("%d files are open while one stream takes records", got)
	}
	store.tidy(t.Context())
	if got := fsys.n.Load(); got != 0 {
		t.Errorf("%d files are open at rest", got)
	}
	for i := range models {
		stream, _ := store.Stream(fmt.Sprint("s", i))
		if seg := stream.state.Load().segments[0]; seg.index != nil {
			t.Fatalf("stream %d keeps its index at rest", i)
		}
		models[i].check(t, stream)
		offer(i)
		models[i].check(t, stream)
	}
}

// TestACrashAtRestCostsNoReading crashes after streams were put to rest: the
// next start finds their ends in the stored indexes.
func TestACrashAtRestCostsNoReading(t *testing.T) {
	disk, m := vfs.NewMem(), newModel(1)
	store := mustOpen(t, Config{FS: disk})
	if err := m.offer(mustCreate(t, store, Spec{Name: "orders", Shards: 3}), m.batch(20, 300)); err != nil {
		t.Fatal(err)
	}
	reopen := func(from *vfs.Mem) (*Store, *Stream, bool) {
		t.Helper()
		store := mustOpen(t, Config{FS: from})
		stream, err := store.Stream("orders")
		if err != nil {
			t.Fatal(err)
		}
		scanned := stream.state.Load().segments[0].index != nil
		m.check(t, stream)
		return store, stream, scanned
	}
	crashed, stream, scanned := reopen(disk.CrashClone(newModel(2).rng))
	if !scanned {
		t.Error("a crash while the stream was awake needs no reading: the test shows nothing")
	}
	// What a crash left unindexed is tidied although nobody writes.
	crashed.tidy(t.Context())
	if stream.awake || stream.state.Load().segments[0].index != nil {
		t.Error("the recovered stream is still awake, or keeps its index")
	}
	store.tidy(t.Context())
	store.tidy(t.Context())
	if _, _, scanned := reopen(disk.CrashClone(newModel(3).rng)); scanned {
		t.Error("the segment of a resting stream was read at the start")
	}
}

func TestALongCrashTailIsIndexedOnTheWay(t *testing.T) {
	disk, m := vfs.NewMem(), newModel(1)
	store := mustOpen(t, Config{FS: disk})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 3})
	seg := stream.state.Load().segments[0]
	head, err := seg.head()
	if err != nil {
		t.Fatal(err)
	}
	for stream.state.Load().end < savedBytes+savedBytes/2 {
		if err := m.offer(stream, m.batch(100, 20_000)); err != nil {
			t.Fatal(err)
		}
	}
	store.tidy(t.Context())
	stored := seg.readIndexHead(head.salt)
	if stored == nil || stored.end != stream.state.Load().end {
		t.Fatalf("index on disk is %+v, the stream is %d bytes long", stored, stream.state.Load().end)
	}
	if err := m.offer(stream, m.batch(1, 300)); err != nil {
		t.Fatal(err)
	}
	store.tidy(t.Context())
	if again := seg.readIndexHead(head.salt); again.end != stored.end {
		t.Errorf("the index was stored again for a single record")
	}
	m.check(t, stream)
}

// TestRestingDisturbsNobody puts a stream to rest all the time while it is
// written to and read.
func TestRestingDisturbsNobody(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem(), SegmentBytes: 100 << 10})
	stream, m := mustCreate(t, store, Spec{Name: "orders", Shards: 3}), newModel(1)
	var others sync.WaitGroup
	done := make(chan struct{})
	for _, disturb := range []func() error{
		func() error { store.tidy(t.Context()); return nil },
		func() error { _, err := stream.ReadShard(1, 0, source.Limit{Records: 1000}); return err },
	} {
		others.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					if err := disturb(); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	for range 300 {
		if err := m.offer(stream, m.batch(10, 300)); err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	others.Wait()
	m.check(t, stream)
}
