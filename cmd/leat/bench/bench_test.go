package bench

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"leat/cmd/leat/measure"
	"leat/simulate"
)

// decoded is a body as a server reads it.
type decoded struct {
	StreamName string
	Records    []struct {
		Data         []byte
		PartitionKey string
	}
}

func decodeBody(t *testing.T, b *body) (d decoded, uuids map[string]bool) {
	t.Helper()
	if err := json.Unmarshal(b.text, &d); err != nil {
		t.Fatal(err)
	}
	uuids = map[string]bool{}
	for _, record := range d.Records {
		var event struct {
			EventUUID string `json:"event_uuid"`
			CreatedAt int64  `json:"created_at"`
		}
		if err := json.Unmarshal(record.Data, &event); err != nil {
			t.Fatalf("%v: %s", err, record.Data)
		}
		if len(event.EventUUID) != 36 || event.CreatedAt == 0 || record.PartitionKey == "" {
			t.Fatalf("record %s with key %q", record.Data, record.PartitionKey)
		}
		uuids[event.EventUUID] = true
	}
	return d, uuids
}

func TestRenewedBodiesHoldOtherEventsOfTheSameShape(t *testing.T) {
	events, err := simulate.NewEvents(simulate.EventsConfig{Seed: 1, Types: 10})
	if err != nil {
		t.Fatal(err)
	}
	b := newBody("a-stream", events, 77, perCall)
	first, before := decodeBody(t, b)
	b.renew()
	second, after := decodeBody(t, b)
	if first.StreamName != "a-stream" || len(first.Records) != perCall || len(before) != perCall || len(after) != perCall {
		t.Fatalf("stream %q, %d records, %d and %d uuids", first.StreamName, len(first.Records), len(before), len(after))
	}
	size := 0
	for i := range first.Records {
		a, b := first.Records[i].Data, second.Records[i].Data
		size += len(a)
		if bytes.Equal(a, b) || !bytes.Equal(a[uuidOffset+uuidLength:], b[uuidOffset+uuidLength:]) {
			t.Fatalf("renewed from\n%s\nto\n%s", a, b)
		}
	}
	if size != b.bytes {
		t.Errorf("%d bytes of data are called %d", size, b.bytes)
	}
	for uuid := range after {
		if before[uuid] {
			t.Errorf("%s was there before", uuid)
		}
	}
}

func TestReportsSayWhetherGoalsAreReached(t *testing.T) {
	r := Report{Name: "put", Machine: measure.Machine{CPU: "abacus", Cores: 2, MemoryBytes: 8 << 30}, Begun: time.Unix(0, 0).UTC()}
	r.atLeast("rate", 310_000, perSecond, 300_000)
	r.atLeast("slow rate", 10, perSecond, 300_000)
	r.atMost("memory", 2<<30, bytesUnit, 1<<30)
	r.add("calls", 12345, records)
	var page strings.Builder
	if err := r.WriteTable(&page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"abacus, 2 cores, 8.0 GiB", "310,000 /s   goal: at least 300,000 /s, reached", "300,000 /s, MISSED", "2.0 GiB   goal: at most 1.0 GiB, MISSED", "12,345\n"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in:\n%s", want, page.String())
		}
	}
	var text bytes.Buffer
	if err := r.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(text.Bytes(), &back); err != nil || len(back.Figures) != 4 || back.Figures[1].Reached() {
		t.Errorf("%v: %s", err, text.Bytes())
	}
}

func BenchmarkRenew(b *testing.B) {
	events, err := simulate.NewEvents(simulate.EventsConfig{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	one := newBody("s", events, 0, perCall)
	for b.Loop() {
		one.renew()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/perCall, "ns/record")
}

func BenchmarkFill(b *testing.B) {
	events, err := simulate.NewEvents(simulate.EventsConfig{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	one := newBody("s", events, 0, perCall)
	for i := uint64(0); b.Loop(); i++ {
		one.fill("s", events, i*perCall)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/perCall, "ns/record")
}

func TestAWatchOfAViewEnds(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	sent := func() *viewWatch {
		w := &viewWatch{view: "v", finished: true}
		w.sent(500, at)
		w.sent(1000, at)
		return w
	}
	for _, test := range []struct {
		name  string
		looks []uint64 // half a minute apart
		all   bool     // seen at the last look
		want  string   // part of the last look's error
	}{
		{"all at last", []uint64{0, 400, 1000}, true, ""},
		{"slow", []uint64{0, 400, 400, 700, 700, 999}, false, ""},
		{"one is missing", []uint64{0, 999, 999, 999, 999}, false, "shown 999 rows of 1000 records for 1m0s"},
		{"one too many", []uint64{0, 1001}, false, "1001 rows of 1000 records"},
	} {
		w := sent()
		for i, rows := range test.looks {
			all, err := w.seen(rows, at.Add(time.Duration(i)*stallTimeout/2))
			if i < len(test.looks)-1 {
				if all || err != nil {
					t.Fatalf("%s: look %d ended the watch: %v, %v", test.name, i, all, err)
				}
				continue
			}
			if all != test.all || (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: got %v, %v", test.name, all, err)
			}
		}
	}
}
