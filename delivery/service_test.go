package delivery

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"leat"
	"leat/blob"
	"leat/blob/mem"
	"leat/source"
	"leat/source/kpl"
)

// rig is a service with sources and a bucket that outlive it.
type rig struct {
	t       *testing.T
	cfg     Config
	sources map[string]*memSource
	bucket  *mem.Bucket
	service *Service
	stop    func()
}

var began = time.Date(2024, 3, 17, 9, 5, 7, 0, time.UTC)

func newRig(t *testing.T) *rig {
	r := &rig{t: t, sources: map[string]*memSource{}, bucket: &mem.Bucket{}}
	r.cfg = Config{
		Dir: filepath.Join(t.TempDir(), "delivery"),
		OpenSource: func(_ context.Context, name string) (source.Source, error) {
			src := r.sources[name]
			if src == nil || src.isDeleted() {
				return nil, &leat.Error{Code: leat.NotFound, Message: fmt.Sprintf("stream %q does not exist", name)}
			}
			return kpl.Split(src), nil // as the server does
		},
		OpenBucket: func(context.Context, string) (blob.Bucket, error) { return r.bucket, nil },
		RetryAfter: func(int) time.Duration { return time.Millisecond },
	}
	t.Cleanup(func() { r.close() })
	return r
}

// start opens the service and runs it.
func (r *rig) start() {
	r.t.Helper()
	s, err := Open(r.cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	r.service = s
	r.stop = cancel
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("run: %v", err)
		}
		if err := s.Close(); err != nil {
			r.t.Errorf("close: %v", err)
		}
	})
}

func (r *rig) close() {
	if r.stop != nil {
		r.stop()
	}
}

func (r *rig) create(def Definition) {
	r.t.Helper()
	if err := r.service.Create(r.t.Context(), def); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) flush(name string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 30*time.Second)
	defer cancel()
	if err := r.service.Flush(ctx, name); err != nil {
		status, _ := r.service.Status(name)
		r.t.Fatalf("flush %s: %v; status %+v", name, err, status)
	}
}

// objects returns the bucket's objects by key.
func (r *rig) objects() map[string]string {
	r.t.Helper()
	return objectsOf(r.t, r.bucket)
}

// checkLedger checks that a delivery stream's ledger adds up, and counts read
// records.
func (r *rig) checkLedger(name string, read uint64) Status {
	r.t.Helper()
	s, err := r.service.Status(name)
	if err != nil {
		r.t.Fatal(err)
	}
	if s.Read != s.Delivered+s.Dropped+s.Quarantined {
		r.t.Errorf("the ledger does not add up: %+v", s)
	}
	if s.Read != read {
		r.t.Errorf("%d records were read, want %d", s.Read, read)
	}
	return s
}

func lines(from, to int) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprintf("{\"n\":%d}\n", i))
	}
	return all
}

var jsonLake = Definition{Name: "clicks", SourceStream: "events", FromHorizon: true, Bucket: "lake", Prefix: "raw/", BufferBytes: 100, BufferAge: MaxBufferAge}

func TestRecordsBecomeObjects(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	src.put(began, lines(0, 25)...)
	r.start()
	r.create(jsonLake)
	r.flush("clicks")
	src.put(began.Add(2*time.Hour), lines(25, 30)...)
	r.flush("clicks")

	var all string
	for key, data := range r.objects() {
		if !strings.HasPrefix(key, "raw/2024/03/17/09/clicks-1-2024-03-17-09-05-07-") && !strings.HasPrefix(key, "raw/2024/03/17/11/clicks-1-2024-03-17-11-05-07-") {
			t.Errorf("key %q", key)
		}
		if len(data) > 110 {
			t.Errorf("%s has %d bytes", key, len(data))
		}
		all += data
	}
	got := strings.SplitAfter(strings.TrimSuffix(all, "\n"), "\n")
	slices.Sort(got)
	want := slices.Clone(lines(0, 30))
	slices.Sort(want)
	if strings.TrimSpace(strings.Join(got, "")) == "" || len(got) != len(want) {
		t.Errorf("%d lines, want %d", len(got), len(want))
	}
	s := r.checkLedger("clicks", 30)
	if s.Delivered != 30 || s.Objects != uint64(len(r.objects())) || s.Bytes != uint64(len(all)) || s.Pending != 0 || s.LastError != "" {
		t.Errorf("status %+v", s)
	}
}

func TestBytesAreDeliveredAsTheyCame(t *testing.T) {
	for _, c := range []struct {
		what, compression string
		delimiter         bool
		want              string
	}{
		{"concatenated", "none", false, "{\n}\x00\xff{}"},
		{"delimited", "none", true, "{\n}\x00\xff\n{}\n\n"},
		{"gzip", "gzip", false, "{\n}\x00\xff{}"},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := newRig(t)
			src := newMemSource("events")
			r.sources["events"] = src
			src.put(began, "{\n}\x00\xff", "{}", "")
			r.start()
			def := jsonLake
			def.Compression, def.Delimiter = c.compression, c.delimiter
			r.create(def)
			r.flush("clicks")
			for key, data := range r.objects() {
				if c.compression == "gzip" {
					if !strings.HasSuffix(key, ".gz") {
						t.Errorf("key %q", key)
					}
					data = unzip(t, data)
				}
				if data != c.want {
					t.Errorf("got %q, want %q", data, c.want)
				}
			}
			if n := len(r.objects()); n != 1 {
				t.Errorf("%d objects, want 1", n)
			}
			r.checkLedger("clicks", 3)
		})
	}
}

func unzip(t *testing.T, data string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func TestDeliveryStartsAtLatest(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	src.put(began, lines(0, 3)...)
	r.start()
	def := jsonLake
	def.FromHorizon = false
	r.create(def)
	src.put(began, lines(3, 5)...)
	r.flush("clicks")
	for key, data := range r.objects() {
		if want := strings.Join(lines(3, 5), ""); data != want {
			t.Errorf("%s holds %q, want %q", key, data, want)
		}
	}
	r.checkLedger("clicks", 2)
}

func TestAgeMakesABatchDue(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	closed := make(chan Plan, 10)
	r.cfg.Events.PlanClosed = func(_ string, plan Plan) { closed <- plan }
	r.start()
	def := jsonLake
	def.BufferBytes, def.BufferAge = 1<<20, time.Millisecond
	r.create(def)
	src.put(time.Now(), lines(0, 3)...)
	for n := 0; n < 3; {
		n += int((<-closed).Records)
	}
	r.checkLedger("clicks", 3)
}

// A bucket that fails delays records, and says so; nothing is lost.
func TestAFailingBucketDelaysAndLosesNothing(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	var mu sync.Mutex
	broken := true
	r.bucket.Fail = func(op, key string) error {
		mu.Lock()
		defer mu.Unlock()
		if op == "put" && broken {
			return errors.New("the bucket is away")
		}
		return nil
	}
	failures := make(chan error, 1)
	r.cfg.Events.Failed = func(_ string, err error) {
		select {
		case failures <- err:
		default:
		}
	}
	src.put(began, lines(0, 200)...)
	r.start()
	r.create(jsonLake)
	<-failures
	s, err := r.service.Status("clicks")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.LastError, "the bucket is away") || s.Read != 0 {
		t.Errorf("status while the bucket fails: %+v", s)
	}
	mu.Lock()
	broken = false
	mu.Unlock()
	r.flush("clicks")
	checkOnce(t, r.objects(), 200)
	if s := r.checkLedger("clicks", 200); s.LastError != "" || s.Pending != 0 {
		t.Errorf("status after it has recovered: %+v", s)
	}
}

// checkOnce checks that the objects hold the lines 0 … n-1, each once.
func checkOnce(t *testing.T, objects map[string]string, n int) {
	t.Helper()
	count := map[string]int{}
	for _, data := range objects {
		for line := range strings.Lines(data) {
			count[line]++
		}
	}
	for _, line := range lines(0, n) {
		if count[line] != 1 {
			t.Errorf("%q is in the bucket %d times", line, count[line])
		}
		delete(count, line)
	}
	if len(count) > 0 {
		t.Errorf("the bucket holds what was never sent: %v", count)
	}
}

func TestRecordsPutDirectlyReachTheBucket(t *testing.T) {
	r := newRig(t)
	r.start()
	def := jsonLake
	def.SourceStream, def.FromHorizon = "", false
	r.create(def)
	ids := map[string]bool{}
	for i := range 20 {
		got, err := r.service.Put(t.Context(), "clicks", [][]byte{[]byte(lines(2*i, 2*i+1)[0]), []byte(lines(2*i+1, 2*i+2)[0])})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range got {
			ids[id] = true
		}
	}
	if len(ids) != 40 {
		t.Errorf("%d different ids, want 40", len(ids))
	}
	r.stop()
	r.start() // what was acknowledged and not delivered survives
	r.flush("clicks")
	checkOnce(t, r.objects(), 40)
	r.checkLedger("clicks", 40)

	if _, err := r.service.Put(t.Context(), "clicks", [][]byte{make([]byte, MaxDirectRecordBytes+1)}); leat.CodeOf(err) != leat.InvalidArgument {
		t.Errorf("an oversize record: got %v, want InvalidArgument", err)
	}
	if _, err := r.service.Put(t.Context(), "clicks", [][]byte{make([]byte, MaxDirectRecordBytes)}); err != nil {
		t.Errorf("a record of the greatest size: %v", err)
	}
	if _, err := r.service.Put(t.Context(), "nobody", [][]byte{{}}); leat.CodeOf(err) != leat.NotFound {
		t.Errorf("an unknown stream: got %v, want NotFound", err)
	}
}

func TestDeletedDeliveryStreamsAreGone(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	r.start()
	direct := jsonLake
	direct.Name, direct.SourceStream = "direct", ""
	for _, def := range []Definition{jsonLake, direct} {
		r.create(def)
	}
	if err := r.service.Create(t.Context(), jsonLake); leat.CodeOf(err) != leat.AlreadyExists {
		t.Errorf("create twice: got %v, want AlreadyExists", err)
	}
	if _, err := r.service.Put(t.Context(), "clicks", [][]byte{{}}); leat.CodeOf(err) != leat.InvalidArgument {
		t.Errorf("put into one with a source: got %v, want InvalidArgument", err)
	}
	if _, err := r.service.Put(t.Context(), "direct", [][]byte{[]byte("old")}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"clicks", "direct"} {
		if err := r.service.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if err := r.service.Delete(t.Context(), name); leat.CodeOf(err) != leat.NotFound {
			t.Errorf("delete twice: got %v, want NotFound", err)
		}
	}
	r.stop()
	r.start()
	if names := r.service.Names(); len(names) > 0 {
		t.Errorf("names %q", names)
	}
	// The name is free, and nothing of the old one is left.
	r.create(direct)
	r.flush("direct")
	if objects := r.objects(); len(objects) > 0 {
		t.Errorf("objects %q", objects)
	}
}

func TestADeletedSourceIsReportedAndItsSuccessorRead(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	failures := make(chan error, 100)
	r.cfg.Events.Failed = func(_ string, err error) {
		select {
		case failures <- err:
		default:
		}
	}
	r.start()
	r.create(jsonLake)
	src.put(began, lines(0, 20)...)
	r.flush("clicks")
	src.delete()
	if err := <-failures; leat.CodeOf(err) != leat.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
	if s, err := r.service.Status("clicks"); err != nil || !strings.Contains(s.LastError, "does not exist") {
		t.Errorf("status %+v, %v", s, err)
	}
	r.stop()
	again := newMemSource("events, made again")
	again.put(began, lines(20, 30)...)
	r.sources["events"] = again
	r.start()
	r.flush("clicks")
	checkOnce(t, r.objects(), 30)
	r.checkLedger("clicks", 30)
}

// What retention takes before it is read is counted as lost, and nothing else.
func TestRetentionOvertakingIsCounted(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	src.put(began, lines(0, 30)...)
	r.start()
	r.create(jsonLake)
	r.stop()

	// Plans are made and not delivered; then part of what they planned is gone.
	src.put(began, lines(30, 50)...)
	r.runCrashing(1, func(ctx context.Context) error { return r.service.Flush(ctx, "clicks") })
	src.expire(15)
	r.start()
	r.flush("clicks")
	s, err := r.service.Status("clicks")
	if err != nil {
		t.Fatal(err)
	}
	if s.Lost == 0 || s.Lost > 15 || s.Read+s.Lost != 50 || s.Read != s.Delivered {
		t.Errorf("status %+v, want 50 read or lost", s)
	}
	r.stop()

	// A stream that expires while nobody looks.
	src.put(began, lines(50, 80)...)
	src.expire(50)
	r.start()
	r.flush("clicks")
	if s, err = r.service.Status("clicks"); err != nil || s.Read+s.Lost != 80 {
		t.Errorf("status %+v, %v, want 80 read or lost", s, err)
	}
}

func TestWrongDefinitionsAreRefused(t *testing.T) {
	r := newRig(t)
	r.sources["events"] = newMemSource("events")
	r.start()
	for what, change := range map[string]struct {
		def  func(*Definition)
		code leat.Code
	}{
		"name":             {func(d *Definition) { d.Name = "a/b" }, leat.InvalidArgument},
		"empty name":       {func(d *Definition) { d.Name = "" }, leat.InvalidArgument},
		"bucket":           {func(d *Definition) { d.Bucket = "../x" }, leat.InvalidArgument},
		"bucket of dots":   {func(d *Definition) { d.Bucket = ".." }, leat.InvalidArgument},
		"source":           {func(d *Definition) { d.SourceStream = "nobody" }, leat.NotFound},
		"format":           {func(d *Definition) { d.Format = "orc" }, leat.Unsupported},
		"compression":      {func(d *Definition) { d.Compression = "zip" }, leat.Unsupported},
		"two compressions": {func(d *Definition) { d.Compression = "none gzip" }, leat.Unsupported},
		"size":             {func(d *Definition) { d.BufferBytes = MaxBufferBytes + 1 }, leat.InvalidArgument},
		"negative size":    {func(d *Definition) { d.BufferBytes = -1 }, leat.InvalidArgument},
		"interval":         {func(d *Definition) { d.BufferAge = MaxBufferAge + 1 }, leat.InvalidArgument},
		"prefix":           {func(d *Definition) { d.Prefix = "!{x}" }, leat.InvalidArgument},
		"prefix leads out": {func(d *Definition) { d.Prefix = "../" }, leat.InvalidArgument},
		"empty segment":    {func(d *Definition) { d.Prefix = "a//" }, leat.InvalidArgument},
		"bad error prefix": {func(d *Definition) { d.ErrorPrefix = "/e" }, leat.InvalidArgument},
		"keys of no row":   {func(d *Definition) { d.Prefix, d.ErrorPrefix = "!{partitionKeyFromQuery:a}/", "e/" }, leat.InvalidArgument},
		"unused columns":   {func(d *Definition) { d.Columns = "a int" }, leat.InvalidArgument},
		"time zone":        {func(d *Definition) { d.TimeZone = "x" }, leat.InvalidArgument},
	} {
		t.Run(what, func(t *testing.T) {
			def := jsonLake
			change.def(&def)
			if err := r.service.Create(t.Context(), def); leat.CodeOf(err) != change.code {
				t.Errorf("got %v, want %s", err, change.code)
			}
			if names := r.service.Names(); len(names) > 0 {
				t.Errorf("there is %q now", names)
			}
		})
	}
}

// Started and stopped at any moment, the service ends cleanly.
func TestStartAndStopAtAnyMoment(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	r.start()
	def := jsonLake
	def.BufferAge = 0
	r.create(def)
	r.stop()
	for i := range 20 {
		r.start()
		src.put(began, lines(i, i+1)...)
		if i%3 == 0 {
			r.flush("clicks")
		}
		r.stop()
	}
	r.start()
	r.flush("clicks")
	checkOnce(t, r.objects(), 20)
	r.checkLedger("clicks", 20)
}
