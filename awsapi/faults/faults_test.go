package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var services = []Service{
	{"kinesis", []string{"PutRecord", "PutRecords", "GetRecords"}},
	{"firehose", []string{"PutRecordBatch"}},
}

func newSet(t *testing.T, rules ...string) *Set {
	t.Helper()
	s := New(Config{Services: services})
	for _, text := range rules {
		rule, err := ParseRule([]byte(text))
		if err == nil {
			err = s.Put(rule)
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	return s
}

// decide asks about n requests and returns the rules that took them.
func decide(s *Set, n int, service, operation, stream string) string {
	var took []string
	for range n {
		name := "-"
		if d := s.Decide(service, operation, func() string { return stream }); d != nil {
			name = d.Rule
		}
		took = append(took, name)
	}
	return strings.Join(took, " ")
}

func TestRulesThatMakeNoSenseAreRefused(t *testing.T) {
	for _, test := range []struct{ rule, want string }{
		{`{`, "read the rule"},
		{`{"name":"a"} {}`, "there is more after it"},
		{`{"name":"a","service":"kinesis","shard":1}`, `unknown field "shard"`},
		{`{"service":"kinesis","delay":"1s"}`, `name "": give 1 to 64 letters`},
		{`{"name":"a\nb","service":"kinesis","delay":"1s"}`, "give 1 to 64 letters"},
		{`{"name":"` + strings.Repeat("a", 65) + `","service":"kinesis","delay":"1s"}`, "give 1 to 64 letters"},
		{`{"name":"a","service":"s3","delay":"1s"}`, `rule a: service "s3": there is kinesis, firehose`},
		{`{"name":"a","service":"kinesis","operations":["PutRecordBatch"],"delay":"1s"}`, `kinesis has no operation "PutRecordBatch"`},
		{`{"name":"a","service":"kinesis"}`, "the rule does nothing"},
		{`{"name":"a","service":"kinesis","share":1.5,"delay":"1s"}`, "share: 1.5 is not from 0 to 1"},
		{`{"name":"a","service":"kinesis","share":-1,"delay":"1s"}`, "share: -1 is not"},
		{`{"name":"a","service":"kinesis","count":-1,"delay":"1s"}`, "count: -1"},
		{`{"name":"a","service":"kinesis","for":"-1s","delay":"1s"}`, "for: -1s"},
		{`{"name":"a","service":"kinesis","for":"soon","delay":"1s"}`, `"soon" is no length of time such as 90s`},
		{`{"name":"a","service":"kinesis","delay":"1"}`, `"1" is no length of time such as 200ms`},
		{`{"name":"a","service":"kinesis","delay":"2s..1s"}`, "delay: 2s..1s is not from 0 to 15m0s"},
		{`{"name":"a","service":"kinesis","delay":"-1s"}`, "delay: -1s is not"},
		{`{"name":"a","service":"kinesis","delay":"16m"}`, "delay: 16m0s is not"},
		{`{"name":"a","service":"kinesis","drop":"later"}`, `drop: "later" is neither "before" nor "after"`},
		{`{"name":"a","service":"kinesis","drop":"after","error":{"type":"InternalFailure"}}`, "give only one of error, drop and records"},
		{`{"name":"a","service":"kinesis","error":{"type":"NoSuchException"}}`, `kinesis does not answer "NoSuchException"; it answers AccessDeniedException, `},
		{`{"name":"a","service":"firehose","error":{"type":"ProvisionedThroughputExceededException"}}`, "firehose does not answer"},
		{`{"name":"a","service":"kinesis","records":{"share":1,"type":"InternalFailure"}}`, "only PutRecords takes batches"},
		{`{"name":"a","service":"kinesis","operations":["PutRecord"],"records":{"share":1,"type":"InternalFailure"}}`, "only PutRecords takes batches"},
		{`{"name":"a","service":"kinesis","operations":["PutRecords"],"records":{"type":"InternalFailure"}}`, "share 0 is not above 0"},
		{`{"name":"a","service":"kinesis","operations":["PutRecords"],"records":{"share":1,"type":"LimitExceededException"}}`, "refuses records with ProvisionedThroughputExceededException or InternalFailure, not"},
	} {
		rule, err := ParseRule([]byte(test.rule))
		if err == nil {
			err = newSet(t).Put(rule)
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.rule, err, test.want)
		}
	}
}

func TestTheFirstRuleThatWantsARequestGetsIt(t *testing.T) {
	s := newSet(t,
		`{"name":"puts","service":"kinesis","operations":["PutRecord","PutRecords"],"stream":"orders","drop":"after"}`,
		`{"name":"never","service":"kinesis","share":0,"drop":"before"}`,
		`{"name":"rest","service":"kinesis","error":{"type":"InternalFailure"}}`,
	)
	for _, test := range []struct{ service, operation, stream, want string }{
		{"kinesis", "PutRecord", "orders", "puts"},
		{"kinesis", "PutRecord", "other", "rest"},
		{"kinesis", "GetRecords", "orders", "rest"},
		{"firehose", "PutRecordBatch", "orders", "-"},
	} {
		if got := decide(s, 1, test.service, test.operation, test.stream); got != test.want {
			t.Errorf("%v: got %s", test, got)
		}
	}
	want := map[Counter]uint64{
		{"kinesis", "PutRecord", "drop-after"}: 1, {"kinesis", "PutRecord", "error"}: 1, {"kinesis", "GetRecords", "error"}: 1,
	}
	if diff := cmp.Diff(want, s.Injected()); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	d := s.Decide("kinesis", "GetRecords", nil)
	if d.Error == nil || d.Error.Status != 500 || d.Error.Message != "Internal service failure." {
		t.Errorf("got %+v", d.Error)
	}
}

func TestTheSameSeedRepeats(t *testing.T) {
	rule := func(seed int) string {
		return fmt.Sprintf(`{"name":"a","service":"kinesis","share":0.3,"delay":"1ms..9ms","seed":%d}`, seed)
	}
	first, again, other := newSet(t, rule(7)), newSet(t, rule(7)), newSet(t, rule(8))
	const n = 2000
	took := decide(first, n, "kinesis", "PutRecord", "")
	if took != decide(again, n, "kinesis", "PutRecord", "") {
		t.Error("the same seed took other requests")
	}
	if took == decide(other, n, "kinesis", "PutRecord", "") {
		t.Error("another seed took the same requests")
	}
	// Binomial with n=2000, p=0.3: five standard deviations are 102. The seed
	// is fixed, so this does not fail by chance.
	if hits := strings.Count(took, "a"); hits < 498 || hits > 702 {
		t.Errorf("%d of %d requests went wrong, not about 30 %%", hits, n)
	}
	for range n {
		if d := first.Decide("kinesis", "PutRecord", nil); d != nil && (d.Delay < time.Millisecond || d.Delay > 9*time.Millisecond) {
			t.Fatalf("a delay of %s", d.Delay)
		}
	}
	if status := newSet(t, rule(0)).Status(); status[0].Seed == 0 {
		t.Error("a rule without seed has none to repeat it by")
	}
}

func TestRulesEnd(t *testing.T) {
	now := time.Unix(1000, 0)
	var log strings.Builder
	s := New(Config{Services: services, Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for _, text := range []string{
		`{"name":"three","service":"kinesis","operations":["PutRecord"],"count":3,"drop":"before"}`,
		`{"name":"minute","service":"kinesis","operations":["GetRecords"],"for":"1m","drop":"before"}`,
	} {
		rule, err := ParseRule([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(rule); err != nil {
			t.Fatal(err)
		}
	}
	if got := decide(s, 5, "kinesis", "PutRecord", ""); got != "three three three - -" {
		t.Errorf("got %s", got)
	}
	now = now.Add(time.Minute - 1)
	if got := decide(s, 1, "kinesis", "GetRecords", ""); got != "minute" {
		t.Errorf("got %s", got)
	}
	now = now.Add(1)
	if got := decide(s, 1, "kinesis", "GetRecords", ""); got != "-" {
		t.Errorf("got %s", got)
	}
	for _, status := range s.Status() {
		if !status.Ended {
			t.Errorf("%s has not ended", status.Name)
		}
	}
	if n := strings.Count(log.String(), "fault ended"); n != 2 {
		t.Errorf("%d rules ended in the log:\n%s", n, log.String())
	}
}

func TestSomeRecordsOfABatchAreRefused(t *testing.T) {
	s := newSet(t, `{"name":"a","service":"kinesis","operations":["PutRecords"],"seed":3,"records":{"share":0.5,"type":"ProvisionedThroughputExceededException"}}`)
	refused := func(ctx context.Context) (indexes []int) {
		Refuse(ctx, 100, func(record int, code, message string) {
			if code != "ProvisionedThroughputExceededException" || message == "" {
				t.Errorf("record %d: %s %q", record, code, message)
			}
			indexes = append(indexes, record)
		})
		return indexes
	}
	got := refused(s.Decide("kinesis", "PutRecords", nil).Context(t.Context()))
	if len(got) < 25 || len(got) > 75 {
		t.Errorf("refused %d of 100", len(got))
	}
	if next := refused(s.Decide("kinesis", "PutRecords", nil).Context(t.Context())); cmp.Equal(got, next) {
		t.Error("two requests lost the same records")
	}
	if none := refused(t.Context()); len(none) > 0 {
		t.Errorf("without a decision %v were refused", none)
	}
	if ctx := (*Decision)(nil).Context(t.Context()); ctx != t.Context() {
		t.Error("no decision is handed on")
	}
}

func TestRulesAreReplacedWhole(t *testing.T) {
	s := newSet(t, `{"name":"a","service":"kinesis","drop":"before"}`, `{"name":"b","service":"kinesis","drop":"after"}`)
	listed := func() string {
		var names []string
		for _, status := range s.Status() {
			names = append(names, status.Name+"="+string(status.Drop))
		}
		return strings.Join(names, " ")
	}
	if err := s.Put(Rule{Name: "a", Service: "kinesis", Share: 1, Drop: DropAfter}); err != nil || listed() != "a=after b=after" {
		t.Errorf("%v, %s", err, listed())
	}
	good, bad := Rule{Name: "c", Service: "kinesis", Share: 1, Drop: DropAfter}, Rule{Name: "d"}
	for _, rules := range [][]Rule{{good, bad}, {good, good}, make([]Rule, MaxRules+1)} {
		if err := s.Replace(rules); err == nil || listed() != "a=after b=after" {
			t.Errorf("%v, %s", err, listed())
		}
	}
	if err := s.Replace([]Rule{good}); err != nil || listed() != "c=after" {
		t.Errorf("%v, %s", err, listed())
	}
	if s.Remove("a") || !s.Remove("c") || listed() != "" {
		t.Errorf("removed the wrong rule: %s", listed())
	}
	for i := range MaxRules + 1 {
		good.Name = fmt.Sprint(i)
		if err := s.Put(good); (err == nil) != (i < MaxRules) {
			t.Errorf("rule %d: %v", i, err)
		}
	}
}

func TestRulesAreShownAsTheyAreRead(t *testing.T) {
	const text = `{"name":"a","service":"kinesis","operations":["PutRecords"],"stream":"s","share":0.25,"seed":5,"delay":"100ms..2s",` +
		`"records":{"share":0.5,"type":"InternalFailure","message":"m"},"count":2,"for":"1m30s"}`
	rule, err := ParseRule([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := json.Marshal(rule)
	if err != nil || string(shown) != text {
		t.Errorf("got %s, %v", shown, err)
	}
}

// TestNothingIsLostBetweenRequestsAndRules changes rules while requests ask,
// and holds what was counted against what was decided.
func TestNothingIsLostBetweenRequestsAndRules(t *testing.T) {
	s := newSet(t)
	rule := Rule{Name: "a", Service: "kinesis", Share: 0.5, Drop: DropAfter}
	var asking, changing sync.WaitGroup
	var decided atomic.Uint64
	for range 4 {
		asking.Go(func() {
			for range 2000 {
				if s.Decide("kinesis", "PutRecord", nil) != nil {
					decided.Add(1)
				}
			}
		})
	}
	changing.Go(func() {
		for range 200 {
			if err := s.Put(rule); err != nil {
				t.Error(err)
			}
			s.Status()
			s.Remove("a")
		}
	})
	asking.Wait()
	changing.Wait()
	if got := s.Injected()[Counter{"kinesis", "PutRecord", "drop-after"}]; got != decided.Load() {
		t.Errorf("%d faults were counted, %d were decided", got, decided.Load())
	}
	rule.Count, rule.Share = 100, 1
	if err := s.Put(rule); err != nil {
		t.Fatal(err)
	}
	decided.Store(0)
	for range 4 {
		asking.Go(func() {
			for range 100 {
				if s.Decide("kinesis", "PutRecord", nil) != nil {
					decided.Add(1)
				}
			}
		})
	}
	asking.Wait()
	if decided.Load() != 100 {
		t.Errorf("%d faults where the rule's count is 100", decided.Load())
	}
}

// FuzzParseRule holds whatever text to this: it is refused, or it is a rule
// that means the same when it is shown and read again.
func FuzzParseRule(f *testing.F) {
	f.Add(`{"name":"a","service":"kinesis","operations":["PutRecords"],"share":0.5,"seed":1,"delay":"1ms..2s","records":{"share":1,"type":"InternalFailure"},"count":1,"for":"1s"}`)
	f.Add(`{"name":"a","service":"firehose","error":{"type":"ServiceUnavailable"},"delay":"0s"}`)
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := ParseRule([]byte(text))
		if err != nil || New(Config{Services: services}).Put(rule) != nil {
			return
		}
		shown, err := json.Marshal(rule)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseRule(shown)
		if err != nil || !cmp.Equal(rule, again, cmpopts.EquateEmpty()) {
			t.Errorf("%s became %s: %v", text, shown, err)
		}
		for n := range uint64(20) {
			if d := rule.decide(n); d != nil && d.Delay < 0 {
				t.Errorf("%s: a delay of %s", text, d.Delay)
			}
		}
	})
}
