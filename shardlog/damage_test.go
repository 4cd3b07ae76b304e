package shardlog

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leat"
	"leat/source"
	"leat/vfs"
)

// A disk is a streams folder with stream "orders" of three segments and stream
// "other", which damage must not touch.
type disk struct {
	*vfs.Mem
	m      *model
	firsts []uint64
	// commits are the offsets of the last segment's commits, and its end.
	commits []int64
}

const orders = "/streams/orders"

func (d *disk) segment(i int) string { return newSegment(d, orders, d.firsts[i]).path() }
func (d *disk) index(i int) string   { return newSegment(d, orders, d.firsts[i]).indexPath() }

// newDisk makes a disk. Without clean the last segment's index is missing, as
// after a crash.
func newDisk(t *testing.T, clean bool) *disk {
	t.Helper()
	d := &disk{Mem: vfs.NewMem(), m: newModel(1)}
	var commits []Commit
	cfg := Config{FS: d, SegmentBytes: 30 << 10, Now: newClock().Now}
	cfg.Events.Committed = func(c Commit) {
		if c.Stream == "orders" {
			commits = append(commits, c)
		}
	}
	cfg.Events.Sealed = func(string, string) { commits = nil }
	store := mustOpen(t, cfg)
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 3})
	for stream.Status().Segments < 3 || len(commits) < 4 {
		if err := d.m.offer(stream, d.m.batch(20, 300)); err != nil {
			t.Fatal(err)
		}
	}
	other := mustCreate(t, store, Spec{Name: "other", Shards: 1})
	if err := newModel(2).offer(other, newModel(2).batch(20, 100)); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if d.firsts, err = listSegments(d, orders); err != nil {
		t.Fatal(err)
	}
	offset := int64(segmentHeadBytes)
	for _, c := range commits {
		d.commits = append(d.commits, offset)
		offset += c.Bytes
	}
	d.commits = append(d.commits, offset)
	if !clean {
		if err := d.Remove(d.index(2)); err != nil {
			t.Fatal(err)
		}
		if err := d.SyncDir(orders); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// copy returns a disk of its own. All that matters is synced, so it is the same.
func (d *disk) copy() *disk {
	c := *d
	c.Mem = d.CrashClone(rand.New(rand.NewPCG(1, 1)))
	c.m = d.m.clone()
	return &c
}

func (d *disk) edit(t *testing.T, name string, edit func(f vfs.File, size int64)) {
	t.Helper()
	f, err := d.OpenFile(name, os.O_RDWR)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		t.Fatal(err)
	}
	edit(f, size)
}

func flip(t *testing.T, f vfs.File, offset int64) {
	t.Helper()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, offset); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 0x10
	if _, err := f.WriteAt(b, offset); err != nil {
		t.Fatal(err)
	}
}

// wantDamage checks that the damage is found by whoever reads the whole stream,
// and by Verify, and nowhere passed over; and that the other stream works.
func (d *disk) wantDamage(t *testing.T, file string) {
	t.Helper()
	findings, err := Verify(t.Context(), d, "/streams")
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) == 0 {
		t.Error("verify found nothing")
	}
	for _, f := range findings {
		// Records that are missing show at the next segment.
		if f.Stream != "orders" || !f.Damage || f.File != file && !strings.Contains(f.Message, "the one before it ends at") {
			t.Errorf("verify found %+v", f)
		}
	}

	store := mustOpen(t, Config{FS: d, Now: newClock().Now})
	defer store.Close()
	stream, err := store.Stream("orders")
	if err != nil {
		t.Fatal(err)
	}
	err = stream.Err()
	if err != nil {
		// It could not be opened: then nothing works.
		if appendErr := d.m.offer(stream, d.m.batch(1, 1)); leat.CodeOf(appendErr) != leat.CodeOf(err) {
			t.Errorf("append gave %v, the stream's error is %v", appendErr, err)
		}
		if _, readErr := stream.ReadShard(0, 0, source.Limit{}); readErr == nil {
			t.Error("shard of a damaged stream can be read")
		}
	} else {
		_, err = tryReadAll(t.Context(), stream, "0", limitUntil(stream))
	}
	if leat.CodeOf(err) != leat.Corrupt || !strings.Contains(err.Error(), file+" is damaged at byte ") {
		t.Errorf("error is %v, want one with code corrupt that names %s", err, file)
	}
	other, err := store.Stream("other")
	if err != nil {
		t.Fatal(err)
	}
	m := newModel(3)
	if err := m.offer(other, m.batch(3, 3)); err != nil {
		t.Errorf("the other stream: %v", err)
	}
	if got := len(readAll(t, other, "0")); got != 23 {
		t.Errorf("the other stream has %d records, want 23", got)
	}
}

func TestEveryDamagedByteIsFound(t *testing.T) {
	for _, clean := range []bool{true, false} {
		d := newDisk(t, clean)
		for i := range 3 {
			end := d.commits[len(d.commits)-2] // the last commit may be torn
			if clean || i < 2 {
				info, err := d.Stat(d.segment(i))
				if err != nil {
					t.Fatal(err)
				}
				end = info.Size()
			}
			for offset := int64(0); offset < end; offset += 1 + offset/50 + offset%7 {
				t.Run(fmt.Sprintf("clean=%v/segment=%d/offset=%d", clean, i, offset), func(t *testing.T) {
					d := d.copy()
					d.edit(t, d.segment(i), func(f vfs.File, _ int64) { flip(t, f, offset) })
					d.wantDamage(t, d.segment(i))
				})
			}
		}
	}
}

func TestDamagedFilesAreFound(t *testing.T) {
	tests := []struct {
		name  string
		clean bool
		do    func(t *testing.T, d *disk) (file string)
	}{
		{"definition", true, func(t *testing.T, d *disk) string {
			file := filepath.Join(orders, definitionFile)
			d.edit(t, file, func(f vfs.File, size int64) { flip(t, f, size/2) })
			return file
		}},
		{"definition is gone", true, func(t *testing.T, d *disk) string {
			file := filepath.Join(orders, definitionFile)
			d.Remove(file)
			return file
		}},
		{"middle segment is gone", true, func(t *testing.T, d *disk) string {
			d.Remove(d.segment(1))
			return d.segment(0) // ends too early; Verify sees the gap in front of the next
		}},
		{"full segment is cut", true, func(t *testing.T, d *disk) string {
			d.edit(t, d.segment(1), func(f vfs.File, size int64) { f.Truncate(size - 1) })
			return d.segment(1)
		}},
		{"full segment is cut between commits", true, func(t *testing.T, d *disk) string {
			d.edit(t, d.segment(0), func(f vfs.File, size int64) { f.Truncate(segmentHeadBytes) })
			return d.segment(0)
		}},
		{"last segment is cut after an orderly end", true, func(t *testing.T, d *disk) string {
			d.edit(t, d.segment(2), func(f vfs.File, _ int64) { f.Truncate(d.commits[2]) })
			return d.segment(2)
		}},
		{"zeros within the last segment", false, func(t *testing.T, d *disk) string {
			d.edit(t, d.segment(2), func(f vfs.File, _ int64) {
				f.WriteAt(make([]byte, d.commits[2]-d.commits[1]), d.commits[1])
			})
			return d.segment(2)
		}},
		{"a commit is cut out", false, func(t *testing.T, d *disk) string {
			d.edit(t, d.segment(2), func(f vfs.File, size int64) {
				rest := make([]byte, size-d.commits[2])
				f.ReadAt(rest, d.commits[2])
				f.WriteAt(rest, d.commits[1])
				f.Truncate(d.commits[1] + int64(len(rest)))
			})
			return d.segment(2)
		}},
		{"header of the last segment, with commits behind", false, func(t *testing.T, d *disk) string {
			d.edit(t, d.segment(2), func(f vfs.File, _ int64) { f.WriteAt(make([]byte, segmentHeadBytes), 0) })
			return d.segment(2)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDisk(t, test.clean)
			d.wantDamage(t, test.do(t, d))
		})
	}
}

func TestTornTailIsDroppedAndNothingElse(t *testing.T) {
	last := newDisk(t, false).commits
	start, end := last[len(last)-2], last[len(last)-1]
	tests := map[string]struct {
		tear func(f vfs.File)
		at   int64 // where the torn tail starts; the file's end for none
	}{
		"nothing":               {func(f vfs.File) {}, 0},
		"cut in the head":       {func(f vfs.File) { f.Truncate(start + 5) }, start},
		"cut in the table":      {func(f vfs.File) { f.Truncate(start + frameHeadBytes + 3) }, start},
		"cut in the body":       {func(f vfs.File) { f.Truncate(end - 1) }, start},
		"first page lost":       {func(f vfs.File) { f.WriteAt(make([]byte, 100), start) }, start},
		"body lost":             {func(f vfs.File) { f.WriteAt(make([]byte, end-start-200), start+200) }, start},
		"byte of the body lost": {func(f vfs.File) { flip(t, f, end-20) }, start},
		"zeros behind":          {func(f vfs.File) { f.Truncate(end + 100_000) }, end},
		"garbage behind":        {func(f vfs.File) { f.WriteAt([]byte(strings.Repeat("garbage", 9000)), end) }, end},
		"all of the segment":    {func(f vfs.File) { f.Truncate(segmentHeadBytes) }, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t, false)
			d.edit(t, d.segment(2), func(f vfs.File, _ int64) { test.tear(f) })
			size := int64(0)
			d.edit(t, d.segment(2), func(_ vfs.File, n int64) { size = n })
			findings, err := Verify(t.Context(), d, "/streams")
			if err != nil {
				t.Fatal(err)
			}
			if torn := len(findings) == 1 && !findings[0].Damage && findings[0].Offset == test.at; torn != (test.at > 0) || len(findings) > 1 {
				t.Errorf("verify found %+v", findings)
			}
			var torn []Torn
			store := mustOpen(t, Config{FS: d, SegmentBytes: 30 << 10, Events: Events{Recovered: func(t Torn) { torn = append(torn, t) }}})
			stream, err := store.Stream("orders")
			if err != nil {
				t.Fatal(err)
			}
			if err := stream.Err(); err != nil {
				t.Fatal(err)
			}
			switch {
			case test.at == 0 && torn != nil:
				t.Errorf("recovery dropped %+v", torn)
			case test.at > 0 && (len(torn) != 1 || torn[0] != Torn{"orders", d.segment(2), test.at, size - test.at}):
				t.Errorf("recovery dropped %+v, want offset %d of %d", torn, test.at, size)
			case test.at > 0 && *stream.Status().Torn != torn[0]:
				t.Errorf("status says %+v", stream.Status().Torn)
			}
			for _, k := range d.m.offered {
				if k.receipt.Sequence.Ordinal >= stream.Tail() {
					k.acked = false
				}
			}
			if kept := int(stream.Tail()) - 1; test.at == end && kept != len(d.m.offered) || test.at == start && kept != len(d.m.offered)-20 {
				t.Errorf("%d records of %d are left", kept, len(d.m.offered))
			}
			d.m.check(t, stream)
			if err := d.m.offer(stream, d.m.batch(50, 300)); err != nil {
				t.Fatal(err)
			}
			d.m.check(t, stream)
			store.Close()
			mustVerify(t, d, "/streams")
		})
	}
}

func TestLostIndexesAreMadeAgain(t *testing.T) {
	for name, spoil := range map[string]func(f vfs.File, size int64){
		"cut":     func(f vfs.File, size int64) { f.Truncate(size - 1) },
		"empty":   func(f vfs.File, size int64) { f.Truncate(0) },
		"flipped": func(f vfs.File, size int64) { flip(t, f, size/2) },
		"header":  func(f vfs.File, size int64) { flip(t, f, 20) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t, true)
			for i := range 3 {
				d.edit(t, d.index(i), spoil)
			}
			stream, err := mustOpen(t, Config{FS: d}).Stream("orders")
			if err != nil {
				t.Fatal(err)
			}
			d.m.check(t, stream)
		})
	}
}
