package kinesis

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leat/awsapi/kinesis/monitor"
	"leat/shardlog"
	"leat/vfs"
)

// BenchmarkPutRecords is the whole path: HTTP, decoding, hashing, a log on
// disk with its fsync, and the answer, 500 records of 315 bytes a call, with
// and without signatures, from several callers at once.
func BenchmarkPutRecords(b *testing.B) {
	for _, shards := range []int32{4, 300} {
		for _, callers := range []int{1, 8} {
			b.Run(fmt.Sprintf("shards=%d/callers=%d", shards, callers), func(b *testing.B) {
				s := newTestService(b, vfs.OS(), b.TempDir())
				s.create("events", shards)
				server := httptest.NewServer(s.open())
				defer server.Close()
				benchmarkPut(b, server.URL, "application/x-amz-json-1.1", putBody(500, 315), callers)
			})
		}
	}
}

// BenchmarkPutRecordsCBOR is the same in CBOR, as the AWS SDK for Java sends it.
func BenchmarkPutRecordsCBOR(b *testing.B) {
	s := newTestService(b, vfs.OS(), b.TempDir())
	s.create("events", 4)
	server := httptest.NewServer(s.open())
	defer server.Close()
	benchmarkPut(b, server.URL, cborType, inCBOR(b, string(putBody(500, 315))), 8)
}

func benchmarkPut(b *testing.B, url, contentType string, body []byte, callers int) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	defer client.CloseIdleConnections()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	var left atomic.Int64
	left.Store(int64(b.N))
	var group sync.WaitGroup
	b.ResetTimer()
	for range callers {
		group.Go(func() {
			for left.Add(-1) >= 0 {
				if err := putOnce(client, url, contentType, body); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(500*b.N)/b.Elapsed().Seconds(), "records/s")
}

func putOnce(client *http.Client, url, contentType string, body []byte) error {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.PutRecords")
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("%s: %s", answer.Status, text)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// BenchmarkMetering is what counting costs a call of 500 records, watching its
// partition keys included.
func BenchmarkMetering(b *testing.B) {
	for _, shards := range []uint32{1, 16, 300} {
		for _, on := range []bool{false, true} {
			b.Run(fmt.Sprintf("shards=%d/byshard=%v", shards, on), func(b *testing.B) {
				batch := newBatch("PutRecords")
				defer batch.free()
				batch.scanner.Reset(putBody(500, 315))
				if _, ok := scanPutRecords(&batch.scanner, batch); !ok {
					b.Fatal("left to the ordinary way")
				}
				batch.receipts = make([]shardlog.Receipt, 500)
				for i := range batch.receipts {
					batch.receipts[i].Shard = uint32(i*7919) % shards
				}
				m := new(monitor.Stream)
				if on {
					m.SwitchShards(func() []string { return monitor.ShardMetrics })
				}
				now := time.Now()
				b.ReportAllocs()
				for b.Loop() {
					m.Keys.Sample(now, batch.entries)
					batch.count(m, nil)
				}
			})
		}
	}
}
