package kinesis

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"leat"
	"leat/awsapi/cbor"

	"github.com/google/go-cmp/cmp"
)

// A readEvent is an event as clients read it.
type readEvent struct {
	Records []struct {
		SequenceNumber              string
		ApproximateArrivalTimestamp float64
		Data                        []byte
		PartitionKey                string
	}
	ContinuationSequenceNumber string
	MillisBehindLatest         int64
	ChildShards                []struct {
		ShardID      string `json:"ShardId"`
		ParentShards []string
		HashKeyRange hashKeyRange
	}
}

func FuzzShardEvents(f *testing.F) {
	f.Add("key", []byte("data"), int64(1_700_000_000_123), uint64(7), int64(0), 3, false)
	f.Add("\"\n\x7fé", []byte{0, 255}, int64(1), uint64(1)<<60, int64(1<<40), 0, true)
	f.Fuzz(func(t *testing.T, key string, data []byte, arrival int64, ordinal uint64, behind int64, n int, last bool) {
		if !utf8.ValidString(key) || arrival < 0 || arrival > 1e14 || behind < 0 || n < 0 || n > 20 {
			t.Skip("nothing that a log hands out")
		}
		made := func() *shardEvent {
			e := &shardEvent{behindMillis: behind}
			for i := range n {
				e.records = append(e.records, leat.Record{Sequence: leat.Sequence{Created: 1, Ordinal: ordinal + uint64(i), Shard: 2}, Arrival: arrival, PartitionKey: []byte(key), Data: data})
			}
			if last {
				e.children = []childShard{{id: shardName(3), parents: []string{shardName(1), shardName(2)}, keys: hashKeyRange{"0", "9"}}}
			} else {
				e.continuation = leat.Sequence{Created: 1, Ordinal: ordinal, Shard: 2}
			}
			return e
		}
		event := made()
		if bytes, records := event.size(); bytes != n*(len(key)+len(data)) || records != n {
			t.Errorf("size is %d bytes, %d records", bytes, records)
		}
		var got readEvent
		if err := json.Unmarshal(event.AppendJSON(nil), &got); err != nil {
			t.Fatal(err)
		}
		if event.records != nil {
			t.Error("the records are still held")
		}
		want := readEvent{MillisBehindLatest: behind, Records: got.Records}
		if !last {
			want.ContinuationSequenceNumber = leat.Sequence{Created: 1, Ordinal: ordinal, Shard: 2}.String()
		} else {
			want.ChildShards = got.ChildShards
			if len(got.ChildShards) != 1 || got.ChildShards[0].ShardID != shardName(3) || len(got.ChildShards[0].ParentShards) != 2 || got.ChildShards[0].HashKeyRange.EndingHashKey != "9" {
				t.Errorf("children %+v", got.ChildShards)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if len(got.Records) != n {
			t.Fatalf("%d records of %d", len(got.Records), n)
		}
		for i, record := range got.Records {
			sequence := leat.Sequence{Created: 1, Ordinal: ordinal + uint64(i), Shard: 2}
			if record.SequenceNumber != sequence.String() || record.PartitionKey != key || string(record.Data) != string(data) || int64(record.ApproximateArrivalTimestamp*1000+0.5) != arrival {
				t.Fatalf("record %d is %+v", i, record)
			}
		}
		checkEventCBOR(t, made(), got)
	})
}

// checkEventCBOR holds an event in CBOR against what the same event was in JSON.
func checkEventCBOR(t *testing.T, event *shardEvent, want readEvent) {
	t.Helper()
	tree, err := cbor.Decode(event.AppendCBOR(nil))
	if err != nil {
		t.Fatal(err)
	}
	got := tree.(map[string]any)
	if text, _ := got["ContinuationSequenceNumber"].(string); text != want.ContinuationSequenceNumber {
		t.Errorf("continuation %q, want %q", text, want.ContinuationSequenceNumber)
	}
	if children, _ := got["ChildShards"].([]any); len(children) != len(want.ChildShards) {
		t.Errorf("children %v", children)
	}
	records := got["Records"].([]any)
	if len(records) != len(want.Records) {
		t.Fatalf("%d records, want %d", len(records), len(want.Records))
	}
	for i, record := range records {
		fields := record.(map[string]any)
		if fields["SequenceNumber"] != want.Records[i].SequenceNumber || fields["PartitionKey"] != want.Records[i].PartitionKey || string(fields["Data"].([]byte)) != string(want.Records[i].Data) {
			t.Fatalf("record %d is %v", i, fields)
		}
	}
}

func BenchmarkShardEvent(b *testing.B) {
	records := make([]leat.Record, 100)
	for i := range records {
		records[i] = leat.Record{Sequence: leat.Sequence{Created: 1, Ordinal: uint64(i)}, Arrival: 1_700_000_000_123, PartitionKey: []byte("a-key-of-some-length"), Data: make([]byte, 315)}
	}
	var event shardEvent
	buffer := make([]byte, 0, 1<<20)
	for name, encode := range map[string]func(){
		"json": func() { buffer = event.AppendJSON(buffer[:0]) },
		"cbor": func() { buffer = event.AppendCBOR(buffer[:0]) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				event = shardEvent{records: records, continuation: leat.Sequence{Ordinal: 1}}
				encode()
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(len(records)), "ns/record")
		})
	}
}
