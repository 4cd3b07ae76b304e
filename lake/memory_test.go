package lake

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"testing"

	"leat"
	"leat/source"
)

// madeBytes is how much made hands out at a time, as a log's reader does: what
// is measured is the Writer's memory, not that of the records' source.
const madeBytes = 4 << 20

// made is a source.Reader that makes its records as they are read.
type made struct {
	next, n int
	record  func(i int) []byte
}

func (m *made) Next(context.Context, source.Limit) (source.Batch, error) {
	if m.next == m.n {
		return source.Batch{}, io.EOF
	}
	var batch source.Batch
	for bytes := 0; bytes < madeBytes && len(batch.Records) < 100 && m.next < m.n; m.next++ {
		data := m.record(m.next)
		bytes += len(data)
		batch.Records = append(batch.Records, leat.Record{Data: data})
	}
	return batch, nil
}

func (m *made) Close() error { return nil }

// A batch that is larger than the memory is written, whatever its records, and
// takes no more than the memory and what DuckDB needs beside it.
func TestMemoryIsBoundedWhateverTheBatch(t *testing.T) {
	for _, c := range []struct{ records, size int }{{400_000, 200}, {20_000, 8_000}, {1_500, 100_000}, {150, 1_000_000}} {
		t.Run(fmt.Sprintf("%d of %d bytes", c.records, c.size), func(t *testing.T) {
			pad := bytes.Repeat([]byte("0123456789abcdef"), c.size/16)
			w := newWriter(t)
			w.cfg.MemoryBytes = MinMemory
			job := jobOf()
			job.Partitions = []string{"kind"}
			job.Open = func(context.Context) (source.Reader, error) {
				return &made{n: c.records, record: func(i int) []byte {
					return fmt.Appendf(nil, `{"kind":"k%d","i":%d,"pad":"%x%s"}`, i%20, i, i*i, pad)
				}}, nil
			}
			job.Select = selecting("", "kind = records.kind", "i = CASE WHEN records.i = 77 THEN CAST(records.pad AS INTEGER) ELSE records.i END", "pad = records.pad || 'x'")
			// The mark starts again at what the process has now.
			debug.FreeOSMemory()
			if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
				t.Skip("this system does not tell how much memory a process has had")
			}
			before := memory(t, "VmRSS")
			r := write(t, w, job)
			if r.Delivered != uint64(c.records)-1 || r.Quarantined != 1 {
				t.Fatalf("%+v", r)
			}
			grown := memory(t, "VmHWM") - before
			t.Logf("memory grew by %d MiB for %d MiB of records", grown>>20, c.records*c.size>>20)
			if grown > MinMemory+200<<20 {
				t.Errorf("memory grew by %d MiB, with a limit of %d MiB", grown>>20, MinMemory>>20)
			}
		})
	}
}
