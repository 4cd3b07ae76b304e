package simulate

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func newEvents(t testing.TB, cfg EventsConfig) *Events {
	t.Helper()
	events, err := NewEvents(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestEventsHaveTheScenariosFields(t *testing.T) {
	events := newEvents(t, EventsConfig{Seed: 1})
	names, subjects := map[string]bool{}, map[string]bool{}
	uuids := map[string]bool{}
	bytes := 0
	const n = 20000
	for i := range uint64(n) {
		doc, event := events.Append(nil, i)
		bytes += len(doc)
		var got struct {
			EventUUID string `json:"event_uuid"`
			EventName string `json:"event_name"`
			CreatedAt int64  `json:"created_at"`
			UserID    uint64 `json:"user_id"`
		}
		if err := json.Unmarshal(doc, &got); err != nil {
			t.Fatalf("event %d: %v\n%s", i, err, doc)
		}
		want := Event{Kind: Good, Original: i, Type: event.Type, CreatedAt: got.CreatedAt, UserID: got.UserID}
		if diff := cmp.Diff(want, event); diff != "" {
			t.Fatalf("event %d: what it says of itself (-document +told):\n%s", i, diff)
		}
		if got.EventName != TypeName(event.Type) {
			t.Fatalf("event %d: name %q, type %q", i, got.EventName, TypeName(event.Type))
		}
		subject, rest, ok := strings.Cut(got.EventName, ":")
		if !ok || rest == "" {
			t.Fatalf("event name %q has no second part", got.EventName)
		}
		if day := time.Unix(got.CreatedAt, 0).UTC().Format(time.DateOnly); day != "2024-03-17" && day != "2024-03-18" {
			t.Fatalf("event %d was created on %s", i, day)
		}
		if len(got.EventUUID) != 36 || uuids[got.EventUUID] {
			t.Fatalf("event %d: uuid %q is malformed or not new", i, got.EventUUID)
		}
		uuids[got.EventUUID], names[got.EventName], subjects[subject] = true, true, true
	}
	if len(names) != 100 || len(subjects) != 10 {
		t.Errorf("%d names of %d subjects, want 100 of 10", len(names), len(subjects))
	}
	if mean := float64(bytes) / n; mean < 300 || mean > 330 {
		t.Errorf("events have %.0f bytes on average, want about 315", mean)
	}
}

func TestTenTypesHaveTenSubjects(t *testing.T) {
	subjects := map[string]bool{}
	for typ := range 10 {
		subject, _, _ := strings.Cut(TypeName(typ), ":")
		subjects[subject] = true
	}
	if len(subjects) != 10 {
		t.Errorf("the first ten types have %d subjects", len(subjects))
	}
}

func TestEventsAreFunctionsOfSeedAndIndex(t *testing.T) {
	cfg := EventsConfig{Seed: 7, Bad: 0.1, Duplicates: 0.1}
	a, b := newEvents(t, cfg), newEvents(t, cfg)
	cfg.Seed = 8
	other := newEvents(t, cfg)
	same := 0
	for i := range uint64(1000) {
		docA, eventA := a.Append([]byte("prefix"), i)
		docB, eventB := b.Append([]byte("prefix"), i)
		if !bytes.Equal(docA, docB) || eventA != eventB {
			t.Fatalf("event %d differs between two runs", i)
		}
		if !bytes.HasPrefix(docA, []byte("prefix{")) {
			t.Fatalf("event %d was not appended: %q", i, docA)
		}
		if docOther, _ := other.Append([]byte("prefix"), i); bytes.Equal(docA, docOther) {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d of 1000 events do not depend on the seed", same)
	}
}

func TestBadAndDuplicateEventsAreWhatTheySay(t *testing.T) {
	events := newEvents(t, EventsConfig{Seed: 3, Bad: 0.1, Duplicates: 0.1})
	const n = 50000
	var tally Tally
	for i := range uint64(n) {
		doc, event := events.Append(nil, i)
		tally.Add(event, len(doc))
		var got struct {
			CreatedAt json.Number `json:"created_at"`
		}
		valid := utf8.Valid(doc) && json.Unmarshal(doc, &got) == nil
		if valid {
			_, err := got.CreatedAt.Int64()
			valid = err == nil
		}
		if valid == event.Kind.IsBad() {
			t.Fatalf("event %d is called %s: %s", i, event.Kind, doc)
		}
		if event.Kind == Duplicate {
			original, of := events.Append(nil, event.Original)
			if event.Original >= i || of.Kind != Good || !bytes.Equal(original, doc) {
				t.Fatalf("event %d does not repeat event %d (%s)", i, event.Original, of.Kind)
			}
			if string(events.AppendKey(nil, i)) != string(events.AppendKey(nil, event.Original)) {
				t.Fatalf("event %d and its original %d have different keys", i, event.Original)
			}
		}
	}
	for kind, count := range tally.ByKind {
		want := map[Kind]float64{Good: 0.81, Duplicate: 0.09}[Kind(kind)]
		if Kind(kind).IsBad() {
			want = 0.025
		}
		if got := float64(count) / n; got < want*0.9 || got > want*1.1 {
			t.Errorf("%s: share %.4f, want about %.4f", Kind(kind), got, want)
		}
	}
	if diff := cmp.Diff(tally, events.Tally(0, n)); diff != "" {
		t.Errorf("Tally differs from counting (-counted +Tally):\n%s", diff)
	}
	parts := events.Tally(0, n/3)
	parts.Merge(events.Tally(n/3, n))
	if diff := cmp.Diff(tally, parts); diff != "" {
		t.Errorf("merged tallies differ (-whole +parts):\n%s", diff)
	}
}

func TestConfigurationsThatCannotBeAreRefused(t *testing.T) {
	for _, cfg := range []EventsConfig{{Types: -1}, {Types: 101}, {Days: -1}, {Bad: -0.1}, {Bad: 0.5, Duplicates: 0.5}} {
		if _, err := NewEvents(cfg); err == nil {
			t.Errorf("%+v was taken", cfg)
		}
	}
}

func TestLogisticsRecordsHaveTheScenariosFields(t *testing.T) {
	logistics := Logistics{Seed: 5, Customers: 50}
	placed := time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)
	for i := range uint64(500) {
		customer := decode(t, logistics.AppendCustomer(nil, i),
			"userid", "username", "job", "company", "ssn", "name", "sex", "mail", "birthdate", "address", "state")
		if !strings.Contains(customer["address"].(string), "\n") || !strings.HasPrefix(customer["state"].(string), " ") {
			t.Fatalf("customer %d has lost the newline or the leading blank: %v", i, customer)
		}
		order := decode(t, logistics.AppendOrder(nil, i, placed),
			"consignmentid", "delivery_address", "delivery_state", "origin_address", "origin_state", "userid",
			"timestamp", "days_to_deliver", "delivery_distance", "revenue", "cost", "delay_probability")
		if order["timestamp"] != "2024-05-06T07:08:09.123456" {
			t.Fatalf("order %d: timestamp %v", i, order["timestamp"])
		}
		if days := order["days_to_deliver"].(float64); days < 2 || days > 6 {
			t.Fatalf("order %d takes %v days", i, days)
		}
		if user := order["userid"].(float64); user < firstUserID || user >= firstUserID+50 {
			t.Fatalf("order %d is of user %v, who is no customer", i, user)
		}
		decode(t, logistics.AppendConsignment(nil, i, placed),
			"consignmentid", "consignment_date", "destination_address", "destination_state", "destination_lat", "destination_long",
			"origin_address", "origin_state", "origin_lat", "origin_long", "userid", "delivery_date", "days_to_deliver",
			"delivery_distance", "revenue", "cost", "delay_probability")
	}
}

func decode(t *testing.T, doc []byte, names ...string) map[string]any {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(doc, &got); err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	for _, name := range names {
		if got[name] == nil {
			t.Fatalf("no %s in %s", name, doc)
		}
	}
	if len(got) != len(names) {
		t.Fatalf("%d fields, want %d: %s", len(got), len(names), doc)
	}
	return got
}

func BenchmarkEvents(b *testing.B) {
	events := newEvents(b, EventsConfig{Seed: 1, Types: 10})
	var buffer []byte
	bytes := 0
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		buffer, _ = events.Append(buffer[:0], i)
		bytes += len(buffer)
	}
	b.SetBytes(int64(bytes / b.N))
}

func BenchmarkOrders(b *testing.B) {
	logistics := Logistics{Seed: 1}
	placed := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	var buffer []byte
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		buffer = logistics.AppendOrder(buffer[:0], i, placed)
	}
}
