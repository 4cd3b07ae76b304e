package warehouse

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"leat"
	"leat/source/kpl/kpltest"
)

// benchRecords are events of 315 bytes.
func benchRecords(n int) []leat.Record {
	records := make([]leat.Record, n)
	for i := range records {
		head := fmt.Sprintf(`{"event_uuid":"%08x-%04x-4%03x-8%03x-%012x","event_name":"payment:order:completed","created_at":%d,"user_id":%d,"amount":%d.%02d,"currency":"EUR","path":"/p/%x"`,
			uint32(i)*2654435761, i&0xffff, i&0xfff, i>>3&0xfff, uint64(i)*0x9E3779B97F4A&0xffffffffffff, 1_710_637_323+i/1000, i%1_000_000, i%1000, i%100, uint32(i)*40503)
		data := head + `,"note":"` + strings.Repeat("lorem ipsum dolor ", 20)[:315-len(head)-len(`,"note":""}`)] + `"}`
		records[i] = leat.Record{
			Shard: uint32(i % 4), Sequence: leat.Sequence{Created: 1, Ordinal: uint64(i), Shard: uint32(i % 4)},
			Arrival: fakeArrival + int64(i/100), PartitionKey: []byte("a-key-of-some-length"), Data: []byte(data),
		}
	}
	return records
}

const payloadView = `CREATE MATERIALIZED VIEW v AS SELECT approximate_arrival_timestamp, JSON_PARSE(kinesis_data) AS payload
	FROM kds.events WHERE CAN_JSON_PARSE(kinesis_data)`

func benchFixture(b *testing.B) (*fixture, *fakeStream) {
	f := newFixture(b)
	stream := newFakeStream("bench")
	f.streams.set("events", stream)
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default")
	f.do(payloadView)
	return f, stream
}

// BenchmarkRefresh is a view that is behind: rows a second into the database
// file, from plain records and from aggregates of 50 KiB, the size that the
// Kinesis Producer Library makes unless it is told otherwise.
func BenchmarkRefresh(b *testing.B) {
	plain := benchRecords(500_000)
	b.Run("plain", func(b *testing.B) { benchRefresh(b, plain, 1) })
	const each = 150
	var aggregates []leat.Record
	for part := range slices.Chunk(plain, each) {
		var users []kpltest.User
		for i := range part {
			users = append(users, kpltest.User{Key: string(part[i].PartitionKey), Data: string(part[i].Data)})
		}
		if len(users) == each {
			record := part[0]
			record.Data = kpltest.Aggregate(users...)
			aggregates = append(aggregates, record)
		}
	}
	b.Run("aggregates", func(b *testing.B) { benchRefresh(b, aggregates, each) })
}

// benchRefresh refreshes a view from records that each make so many rows.
func benchRefresh(b *testing.B, records []leat.Record, rows int) {
	f, stream := benchFixture(b)
	b.SetBytes(315)
	b.ResetTimer()
	total := 0
	for total < b.N {
		n := min(len(records), (b.N-total+rows-1)/rows)
		stream.records = append(stream.records[:0:0], records[:n]...)
		again := newFakeStream(fmt.Sprint("bench", total))
		again.records = stream.records
		f.streams.set("events", again)
		f.do("REFRESH MATERIALIZED VIEW v")
		total += n * rows
	}
	b.StopTimer()
	if got := f.Views()[0].Read; got != uint64(total) {
		b.Fatalf("%d records were read, want %d", got, total)
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "rows/s")
	reportMemory(b, f)
}

// BenchmarkSmallRefresh is a view that keeps up: 2 000 rows a transaction, as
// at 20 000 events a second.
func BenchmarkSmallRefresh(b *testing.B) {
	f, stream := benchFixture(b)
	records := benchRecords(2000)
	b.ResetTimer()
	var worst time.Duration
	for range b.N {
		stream.mu.Lock()
		stream.records = append(stream.records, records...)
		stream.mu.Unlock()
		started := time.Now()
		f.do("REFRESH MATERIALIZED VIEW v")
		worst = max(worst, time.Since(started))
	}
	b.StopTimer()
	b.ReportMetric(float64(2000*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(worst.Milliseconds()), "worst-ms")
	reportMemory(b, f)
}

func reportMemory(b *testing.B, f *fixture) {
	if info, err := os.Stat(filepath.Join(f.dir, databaseFile)); err == nil {
		b.ReportMetric(float64(info.Size()>>20), "file-MB")
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		var kb int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d", &kb); n == 1 {
			b.ReportMetric(float64(kb>>10), "peak-MB")
		}
	}
}
