package lake

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"leat/simulate"
	"leat/source"
)

// mixed makes n mixed events, of 10 types and 2 days.
func mixed(tb testing.TB, n int) [][]byte {
	tb.Helper()
	events, err := simulate.NewEvents(simulate.EventsConfig{Seed: 1, Types: 10, Days: 2})
	if err != nil {
		tb.Fatal(err)
	}
	var all [][]byte
	for i := range n {
		data, _ := events.Append(nil, uint64(i))
		all = append(all, data)
	}
	return all
}

// enriched is a batch of mixed events for a lake of types and days.
func enriched(events [][]byte) Job {
	const at = "(TIMESTAMP '1970-01-01' + records.created_at * INTERVAL 1 SECOND)"
	return Job{
		Open: func(context.Context) (source.Reader, error) { return &slice{records: events}, nil },
		Kept: &Kept{}, Named: []string{"created_at", "event_name", "event_type", "event_subtype", "created_date"},
		Format: Parquet, Compression: "zstd", Partitions: []string{"event_type", "created_date"},
		Select: func(columns []Column) (Select, error) {
			var q Select
			for _, c := range columns {
				q.Outputs = append(q.Outputs, Output{Name: c.Name, Expr: "records." + c.Name, Type: c.Type, Field: c.Field, Plain: c.Name})
			}
			q.Outputs = append(q.Outputs,
				Output{Name: "created_datetime", Expr: at, Type: "TIMESTAMP"},
				Output{Name: "event_type", Expr: "split_part(records.event_name, ':', 1)", Type: varchar},
				Output{Name: "event_subtype", Expr: "split_part(records.event_name, ':', 2)", Type: varchar},
				Output{Name: "created_date", Expr: "CAST(" + at + " AS DATE)", Type: "DATE"})
			return q, nil
		},
	}
}

// BenchmarkLake writes batches of about 128 MB of mixed events into partitioned
// Parquet, with one and two Writers at a time.
func BenchmarkLake(b *testing.B) {
	events := mixed(b, 400_000)
	for _, writers := range []int{1, 2} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			var all []*Writer
			for range writers {
				w := newWriter(b)
				w.cfg.MemoryBytes = 128 << 20
				all = append(all, w)
			}
			before := cpuTime(b)
			for b.Loop() {
				var wg sync.WaitGroup
				for _, w := range all {
					wg.Go(func() {
						r, err := w.Write(b.Context(), enriched(events))
						if err != nil || r.Delivered != uint64(len(events)) {
							b.Errorf("%+v, %v", r, err)
						}
					})
				}
				wg.Wait()
			}
			b.ReportMetric(float64(b.N*writers*len(events))/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric((cpuTime(b)-before).Seconds()*1e6/float64(b.N*writers*len(events)), "cpu-µs/event")
			b.ReportMetric(float64(memory(b, "VmHWM"))/(1<<20), "peak-MiB")
		})
	}
}

// BenchmarkStage is the part of Go in it.
func BenchmarkStage(b *testing.B) {
	events := mixed(b, 100_000)
	w := newWriter(b)
	if err := w.start(); err != nil {
		b.Fatal(err)
	}
	before := cpuTime(b)
	for b.Loop() {
		if err := w.Clear(); err != nil {
			b.Fatal(err)
		}
		p, largest := &program{job: enriched(events)}, uint64(0)
		if _, err := w.prepare(b.Context(), p, &largest); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpuTime(b)-before).Seconds()*1e6/float64(b.N*len(events)), "cpu-µs/event")
	b.ReportMetric(float64(b.N*len(events))/b.Elapsed().Seconds(), "events/s")
}

// cpuTime is the processor time that the process has used: on a busy machine it
// says more than the rate.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// memory reads a figure of the process, in bytes.
func memory(tb testing.TB, field string) int64 {
	tb.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip("this system does not tell how much memory a process has")
	}
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); name == field {
			var kilobytes int64
			if _, err := fmt.Sscan(value, &kilobytes); err != nil {
				tb.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	tb.Fatalf("no %s", field)
	return 0
}
