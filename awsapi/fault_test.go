package awsapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leat/awsapi/faults"
	"leat/awsapi/shape"
)

// worker is a service that counts what it does.
func worker(done *atomic.Int64) Service {
	input := shape.Struct("Input", shape.Optional("StreamName", shape.String(1, 128, "")))
	work := func(context.Context, shape.Object) (any, error) {
		done.Add(1)
		return struct{ Done bool }{true}, nil
	}
	return Service{
		Name: "kinesis", Target: "Echo_2026", CBOR: true,
		StreamOf: func(in shape.Object) string { return in.Text("StreamName") },
		Operations: []Operation{
			{Name: "Work", Input: input, Handle: work},
			{Name: "Hot", Input: input, Handle: work, Hot: func(_ context.Context, _, dst []byte) ([]byte, bool, error) {
				done.Add(1)
				return append(dst, `{"Done":true}`...), true, nil
			}},
		},
	}
}

func TestRequestsGoWrongAsRulesSay(t *testing.T) {
	var done atomic.Int64
	service := worker(&done)
	set := faults.New(faults.Config{Services: []faults.Service{{Name: "kinesis", Operations: []string{"Work", "Hot"}}}})
	handler, err := New(Config{Services: []Service{service}, Faults: set})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	for _, test := range []struct {
		name      string
		rule      faults.Rule
		operation string
		body      string
		status    int // 0: no answer
		text      string
		marked    bool
		done      int64
	}{
		{name: "an error", operation: "Work", status: 503, text: `"message":"too late"`, marked: true,
			rule: faults.Rule{Error: &faults.Failure{Type: "ServiceUnavailable", Message: "too late"}}},
		{name: "an error on the hot path", operation: "Hot", status: 400, text: "ThrottlingException", marked: true,
			rule: faults.Rule{Error: &faults.Failure{Type: "ThrottlingException"}}},
		{name: "a drop before", operation: "Work", rule: faults.Rule{Drop: faults.DropBefore}},
		{name: "a drop after", operation: "Work", rule: faults.Rule{Drop: faults.DropAfter}, done: 1},
		{name: "a drop after on the hot path", operation: "Hot", rule: faults.Rule{Drop: faults.DropAfter}, done: 1},
		{name: "a delay", operation: "Work", status: 200, text: "true", marked: true, done: 1,
			rule: faults.Rule{Delay: &faults.Span{Min: time.Millisecond, Max: time.Millisecond}}},
		{name: "its stream", operation: "Work", body: `{"StreamName":"orders"}`, marked: true, status: 500, text: "InternalFailure",
			rule: faults.Rule{Stream: "orders", Error: &faults.Failure{Type: "InternalFailure"}}},
		{name: "another stream", operation: "Work", body: `{"StreamName":"others"}`, status: 200, text: "true", done: 1,
			rule: faults.Rule{Stream: "orders", Error: &faults.Failure{Type: "InternalFailure"}}},
		{name: "no stream that can be told", operation: "Work", body: `{"StreamName":`, status: 400, text: "SerializationException",
			rule: faults.Rule{Stream: "orders", Error: &faults.Failure{Type: "InternalFailure"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			done.Store(0)
			test.rule.Name, test.rule.Service, test.rule.Share = "the-rule", "kinesis", 1
			if err := set.Replace([]faults.Rule{test.rule}); err != nil {
				t.Fatal(err)
			}
			if test.body == "" {
				test.body = "{}"
			}
			status, header, text, err := post(server.URL, test.operation, test.body)
			if status != test.status || !strings.Contains(text, test.text) || (err != nil) != (test.status == 0) {
				t.Errorf("got %d %s, %v", status, text, err)
			}
			if marked := header.Get("x-leat-fault") == "the-rule"; marked != test.marked {
				t.Errorf("marked: %v, want %v", marked, test.marked)
			}
			if got := done.Load(); got != test.done {
				t.Errorf("the work was done %d times, want %d", got, test.done)
			}
		})
	}
}

// post sends one request on a connection of its own. An error is that no answer
// came.
func post(url, operation, body string) (status int, header http.Header, text string, err error) {
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0, nil, "", err
	}
	r.Header.Set("Content-Type", json11)
	r.Header.Set("X-Amz-Target", "Echo_2026."+operation)
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return 0, nil, "", err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, answer.Header.Get("x-amzn-errortype") + ": " + string(content), err
}

func TestADelayEndsWhenTheClientGoes(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("gone"))
	if err := new(Handler).wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("waited: %v", err)
	}
	if err := new(Handler).wait(ctx, 0); err != nil {
		t.Errorf("no delay: %v", err)
	}
}

func TestFaultsStandBehindSignatures(t *testing.T) {
	var done atomic.Int64
	set := faults.New(faults.Config{Services: []faults.Service{{Name: "kinesis", Operations: []string{"Work"}}}})
	if err := set.Put(faults.Rule{Name: "a", Service: "kinesis", Share: 1, Drop: faults.DropBefore}); err != nil {
		t.Fatal(err)
	}
	handler, err := New(Config{Services: []Service{worker(&done)}, Faults: set, Credentials: []Credential{credential}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	if status, _, text, err := post(server.URL, "Work", "{}"); status != 400 || !strings.Contains(text, "MissingAuthenticationToken") {
		t.Errorf("got %d %s, %v", status, text, err)
	}
	if n := set.Status()[0].Matched; n != 0 {
		t.Errorf("a stranger's request was counted: %s", fmt.Sprint(n))
	}
}

// TestASubscriptionIsCutOff lets events flow and checks that the connection ends
// in the midst of them, not by an ending.
func TestASubscriptionIsCutOff(t *testing.T) {
	set := faults.New(faults.Config{Services: []faults.Service{{Name: "kinesis", Operations: []string{"Watch"}}}})
	handler, err := New(Config{Faults: set, Services: []Service{{
		Name: "kinesis", Target: "Echo_2026",
		Operations: []Operation{{
			Name: "Watch", Input: shape.Struct("Input"), StreamFor: time.Hour,
			Stream: func(ctx context.Context, _ shape.Object) (Push, error) {
				return func(func(Event) error) error {
					<-ctx.Done()
					return nil
				}, nil
			},
		}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	rule := faults.Rule{Name: "a", Service: "kinesis", Share: 1, Drop: faults.DropAfter, Delay: &faults.Span{Min: 20 * time.Millisecond, Max: 20 * time.Millisecond}}
	if err := set.Put(rule); err != nil {
		t.Fatal(err)
	}
	status, header, text, err := post(server.URL, "Watch", "{}")
	if status != 200 || header.Get("x-leat-fault") != "a" || !strings.Contains(text, "initial-response") || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d %q, %v", status, text, err)
	}
}

// TestADelayDoesNotHoldUpTheServersEnd would take ten minutes otherwise.
func TestADelayDoesNotHoldUpTheServersEnd(t *testing.T) {
	var done atomic.Int64
	set := faults.New(faults.Config{Services: []faults.Service{{Name: "kinesis", Operations: []string{"Work"}}}})
	handler, err := New(Config{Services: []Service{worker(&done)}, Faults: set})
	if err != nil {
		t.Fatal(err)
	}
	if err := set.Put(faults.Rule{Name: "slow", Service: "kinesis", Share: 1, Delay: &faults.Span{Min: 10 * time.Minute, Max: 10 * time.Minute}}); err != nil {
		t.Fatal(err)
	}
	handler.EndStreams()
	request := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader("{}"))
	request.Header.Set("Content-Type", json11)
	request.Header.Set("X-Amz-Target", "Echo_2026.Work")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK || done.Load() != 1 {
		t.Errorf("a delayed request is answered %d, and done %d times", answer.Code, done.Load())
	}
}
