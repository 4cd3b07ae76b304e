package lake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"leat/duck"
	"leat/source"
)

// A batch of 64 MiB with one long column of random text is delivered with the
// least memory, whatever the records' size.
func TestLongTextsAreDeliveredWithLittleMemory(t *testing.T) {
	const total = 64 << 20
	for _, size := range []int{3_000, 900_000} {
		for _, partitions := range [][]string{nil, {"kind"}} {
			t.Run(fmt.Sprint(size, partitions), func(t *testing.T) {
				w := newWriter(t)
				w.cfg.MemoryBytes = MinMemory
				job := jobOf()
				job.Partitions = partitions
				job.Open = func(context.Context) (source.Reader, error) {
					random := rand.New(rand.NewPCG(1, 2))
					return &made{n: total / size, record: func(i int) []byte {
						record := fmt.Appendf(nil, `{"id":%d,"kind":"k%d","text":"`, i, i%3)
						for range size / 11 {
							record = fmt.Appendf(record, "%011x", random.Uint64()>>20)
						}
						return append(record, `"}`...)
					}}, nil
				}
				r := write(t, w, job)
				if r.Delivered != uint64(total/size) {
					t.Errorf("%+v; %.300q", r, reasons(t, r))
				}
				t.Logf("%d files, bite %d", len(r.Files), r.Bite)
			})
		}
	}
}

// When the memory is not enough, files get smaller, down to one record each;
// the same bite makes the same files.
func TestFilesShrinkToTheMemoryThereIs(t *testing.T) {
	w := newWriter(t)
	var records []string
	for i := range 200 {
		records = append(records, fmt.Sprintf(`{"id":%d}`, i))
	}
	limit := uint64(100) // bytes of lines that go through at once
	w.fault = func(g *group) error {
		if g.bytes > limit && g.lines > 1 {
			return &duck.Error{Type: duck.OutOfMemory, Position: -1, Message: "no memory"}
		}
		return nil
	}
	r := write(t, w, jobOf(records...))
	if r.Delivered != 200 || r.Bite == 0 || r.Bite > limit {
		t.Fatalf("%+v", r)
	}
	files := len(r.Files)
	job := jobOf(records...)
	job.Bite = r.Bite
	if r = write(t, w, job); len(r.Files) != files {
		t.Errorf("%d files, then %d", files, len(r.Files))
	}
	limit = 0
	if r = write(t, w, jobOf(records...)); len(r.Files) != 200 {
		t.Errorf("%d files of one record each", len(r.Files))
	}
	// It recovers by itself.
	w.fault = nil
	if r = write(t, w, jobOf(records...)); len(r.Files) != 1 || r.Bite != 0 {
		t.Errorf("%+v", r)
	}
	w.fault = func(*group) error { return &duck.Error{Type: duck.OutOfMemory, Position: -1, Message: "no memory"} }
	if _, err := w.Write(t.Context(), jobOf(records...)); duck.TypeOf(err) != duck.OutOfMemory {
		t.Errorf("got %v", err)
	}
}
