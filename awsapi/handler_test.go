package awsapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"leat"
	"leat/awsapi/cbor"
	"leat/awsapi/shape"
)

// echo is a service whose operations do what tests need.
func echo() Service {
	input := shape.Struct("Input", shape.Optional("Name", shape.String(1, 5, "")))
	handle := func(answer any, err error) func(context.Context, shape.Object) (any, error) {
		return func(context.Context, shape.Object) (any, error) { return answer, err }
	}
	return Service{
		Name: "echo", Target: "Echo_2026",
		Operations: []Operation{
			{Name: "Name", Input: input, Handle: func(_ context.Context, in shape.Object) (any, error) {
				return struct {
					Name string
					At   Timestamp
				}{in.Text("Name"), Timestamp(time.UnixMilli(1700000000007))}, nil
			}},
			{Name: "Nothing", Input: input, Handle: handle(nil, nil)},
			{Name: "Panic", Input: input, Handle: func(context.Context, shape.Object) (any, error) { panic("oh") }},
			{Name: "Missing", Input: input, Handle: handle(nil, &leat.Error{Code: leat.NotFound, Message: "no such thing", Hint: "make it"})},
			{Name: "Wrapped", Input: input, Handle: handle(nil, fmt.Errorf("look for it: %w", Errorf("OwnException", "Own words.")))},
			{Name: "Fault", Input: input, Handle: handle(nil, errors.New("secret detail"))},
			{Name: "Full", Input: input, Handle: handle(nil, &leat.Error{Code: leat.Unavailable, Message: "disk full"})},
			{Name: "Hot", Input: input,
				Handle: handle(nil, Errorf("Cold", "the ordinary way")),
				Hot: func(_ context.Context, body, dst []byte) ([]byte, bool, error) {
					return append(append(dst, `{"Hot":`...), append(body, '}')...), len(body) > 2, nil
				}},
		},
		Unsupported: []string{"Later"},
		Exceptions:  map[leat.Code]string{leat.NotFound: "ResourceNotFoundException"},
	}
}

type request struct {
	method, target, contentType, host, body string
	chunked                                 bool
}

type response struct {
	status int
	header http.Header
	body   string
	Type   string // of an error
	Text   string // its message
	Other  string // its message under the name that it should not have
}

func start(t *testing.T, cfg Config) string {
	t.Helper()
	cfg.Services = []Service{echo()}
	handler, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func send(t *testing.T, url string, req request) response {
	t.Helper()
	if req.method == "" {
		req.method = http.MethodPost
	}
	if req.contentType == "" {
		req.contentType = json11
	}
	var body io.Reader = strings.NewReader(req.body)
	if req.chunked {
		body = struct{ io.Reader }{body}
	}
	r, err := http.NewRequest(req.method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", req.contentType)
	if req.target != "" {
		r.Header.Set("X-Amz-Target", req.target)
	}
	r.Host = req.host
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := response{status: got.StatusCode, header: got.Header, body: string(text)}
	switch {
	case got.StatusCode == http.StatusOK:
	case got.Header.Get("Content-Type") == cbor11:
		tree, err := cbor.Decode(text)
		if err != nil {
			t.Errorf("error body %x: %v", text, err)
		}
		fields, _ := tree.(map[string]any)
		answer.Type, _ = fields["__type"].(string)
		answer.Text, _ = fields["message"].(string)
		answer.Other, _ = fields["Message"].(string)
	default:
		var fields map[string]string
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Errorf("error body %s: %v", text, err)
		}
		answer.Type, answer.Text, answer.Other = fields["__type"], fields["message"], fields["Message"]
	}
	if answer.Type == SerializationException { // its message alone is in capitals
		answer.Text, answer.Other = answer.Other, answer.Text
	}
	if answer.Other != "" {
		t.Errorf("%s has a message %q of the other form", answer.Type, answer.Other)
	}
	return answer
}

func TestResultsAreAWSJSON(t *testing.T) {
	url := start(t, Config{})
	for _, contentType := range []string{json11, json10, json11 + "; charset=utf-8"} {
		got := send(t, url, request{target: "Echo_2026.Name", contentType: contentType, body: `{"Name":"x<y","Else":[1]}`})
		if got.status != 200 || got.body != `{"Name":"x\u003cy","At":1700000000.007}` {
			t.Errorf("got %d %s", got.status, got.body)
		}
		if base, _, _ := strings.Cut(contentType, ";"); got.header.Get("Content-Type") != base {
			t.Errorf("content type %s for %s", got.header.Get("Content-Type"), contentType)
		}
		if len(got.header.Get("x-amzn-RequestId")) != 36 {
			t.Errorf("request id %q", got.header.Get("x-amzn-RequestId"))
		}
	}
	if got := send(t, url, request{target: "Echo_2026.Name", body: `{"Name":"x"}`, chunked: true}); got.status != 200 {
		t.Errorf("chunked: got %d %s", got.status, got.body)
	}
	if got := send(t, url, request{target: "Echo_2026.Nothing", body: `{}`}); got.status != 200 || got.body != "" {
		t.Errorf("nothing: got %d %q", got.status, got.body)
	}
	if got := send(t, url, request{target: "Echo_2026.Hot", body: `"hot"`}); got.body != `{"Hot":"hot"}` {
		t.Errorf("hot: got %q", got.body)
	}
}

func TestErrorsAreAWSErrors(t *testing.T) {
	url := start(t, Config{MaxBodyBytes: 1000})
	for _, test := range []struct {
		request
		status  int
		want    string
		message string
	}{
		{request{body: "{}"}, 400, "UnknownOperationException", `""`},
		{request{target: "Other.Name"}, 400, "UnknownOperationException", "Other.Name"},
		{request{target: "Echo_2026"}, 400, "UnknownOperationException", "echo has no operation"},
		{request{target: "Echo_2026.Nonsense"}, 400, "UnknownOperationException", "Nonsense"},
		{request{target: "Echo_2026.Later"}, 400, "UnsupportedOperationException", "Leat does not support Later of echo yet"},
		{request{target: "Echo_2026.Name", contentType: "application/x-amz-cbor-1.1", body: "\xa0"}, 400, "UnknownOperationException", "application/x-amz-cbor-1.1"},
		{request{target: "Echo_2026.Name"}, 400, "SerializationException", "no body"},
		{request{target: "Echo_2026.Name", body: "hello"}, 400, "SerializationException", "not valid JSON"},
		{request{target: "Echo_2026.Name", body: `{"Name":`}, 400, "SerializationException", "not valid JSON"},
		{request{target: "Echo_2026.Name", body: `{} {}`}, 400, "SerializationException", "more after"},
		{request{target: "Echo_2026.Name", body: "{\"Name\":\"\xff\"}"}, 400, "SerializationException", "UTF-8"},
		{request{target: "Echo_2026.Name", body: `[]`}, 400, "SerializationException", "list"},
		{request{target: "Echo_2026.Name", body: strings.Repeat("[", 999)}, 400, "SerializationException", ""},
		{request{target: "Echo_2026.Name", body: `{"Name":5}`}, 400, "SerializationException", "NUMBER_VALUE"},
		{request{target: "Echo_2026.Name", body: `{"Name":"123456"}`}, 400, "ValidationException", "1 validation error detected: Value '123456' at 'name' failed to satisfy constraint: Member must have length less than or equal to 5"},
		{request{target: "Echo_2026.Name", body: strings.Repeat(" ", 1001)}, 413, "RequestEntityTooLargeException", ""},
		{request{target: "Echo_2026.Name", body: strings.Repeat(" ", 1001), chunked: true}, 413, "RequestEntityTooLargeException", ""},
		{request{target: "Echo_2026.Missing", body: `{}`}, 400, "ResourceNotFoundException", "no such thing (make it)"},
		{request{target: "Echo_2026.Wrapped", body: `{}`}, 400, "OwnException", "Own words."},
		{request{target: "Echo_2026.Full", body: `{}`}, 503, "ServiceUnavailableException", "disk full"},
		{request{target: "Echo_2026.Fault", body: `{}`}, 500, "InternalFailure", "its log"},
		{request{target: "Echo_2026.Panic", body: `{}`}, 500, "InternalFailure", "its log"},
		{request{target: "Echo_2026.Hot", body: `{}`}, 400, "Cold", "the ordinary way"},
		{request{target: "Echo_2026.Name", body: `{}`, host: "evil.example.com"}, 403, "AccessDeniedException", "evil.example.com"},
	} {
		got := send(t, url, test.request)
		if got.status != test.status || got.Type != test.want || !strings.Contains(got.Text, test.message) {
			t.Errorf("%+v: got %d %s: %s", test.request, got.status, got.Type, got.Text)
		}
		if got.header.Get("x-amzn-errortype") != test.want || got.header.Get("x-amzn-RequestId") == "" {
			t.Errorf("%+v: headers %v", test.request, got.header)
		}
		if strings.Contains(got.body, "secret detail") {
			t.Errorf("%+v: the cause of a fault got out", test.request)
		}
	}
}

func TestFaultsAreLoggedUnderTheirRequest(t *testing.T) {
	var log bytes.Buffer
	url := start(t, Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for target, want := range map[string]string{"Echo_2026.Panic": "handler_test.go", "Echo_2026.Fault": "secret detail"} {
		log.Reset()
		got := send(t, url, request{target: target, body: "{}"})
		if !strings.Contains(log.String(), got.header.Get("x-amzn-RequestId")) || !strings.Contains(log.String(), want) {
			t.Errorf("%s: the log has no %s: %s", target, want, log.String())
		}
	}
	log.Reset()
	send(t, url, request{target: "Echo_2026.Missing", body: "{}"})
	if log.Len() > 0 {
		t.Errorf("a client's mistake was logged: %s", log.String())
	}
}

func TestOnlyLoopbackHostsWithoutCredentials(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:4566": true, "leat.localhost:1": true, "127.0.0.1:4566": true, "127.9.9.9": true, "[::1]:4566": true, "localhost.": true,
		"example.com": false, "localhost.example.com": false, "notlocalhost": false, "10.0.0.1:4566": false, "127.0.0.1.example.com": false, "": false, "0.0.0.0:1": false,
	} {
		if got := LoopbackHost(host); got != want {
			t.Errorf("LoopbackHost(%q) = %v", host, got)
		}
	}
}

func TestCredentialsAreAskedFor(t *testing.T) {
	url := start(t, Config{Credentials: []Credential{credential}})
	got := send(t, url, request{target: "Echo_2026.Hot", body: `{"a":1}`, host: "leat.example.com"})
	if got.status != 400 || got.Type != "MissingAuthenticationTokenException" {
		t.Errorf("got %d %s", got.status, got.body)
	}
	for _, wrong := range [][]Credential{
		{{AccessKeyID: "A"}}, {{Secret: "x"}}, {{AccessKeyID: "A", Secret: "x"}, {AccessKeyID: "A", Secret: "y"}},
	} {
		if _, err := New(Config{Credentials: wrong}); err == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
}

// TestBodiesWaitForRoom fills the budget with a request whose body does not
// come, and checks that another waits for it and no longer.
func TestBodiesWaitForRoom(t *testing.T) {
	url := start(t, Config{MaxBodyBytes: 100, MaxBufferedBytes: 100})
	stalled, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(stalled, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nX-Amz-Target: Echo_2026.Name\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n", json11)
	// The server asks for the body when it has made room for it.
	if line := make([]byte, len("HTTP/1.1 100 Continue")); true {
		if _, err := io.ReadFull(stalled, line); err != nil || string(line) != "HTTP/1.1 100 Continue" {
			t.Fatalf("got %q, %v", line, err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(`{}`))
	r.Header.Set("Content-Type", json11)
	r.Header.Set("X-Amz-Target", "Echo_2026.Name")
	if answer, err := http.DefaultClient.Do(r); err == nil {
		t.Errorf("a request beyond the budget was answered %s", answer.Status)
	}
	stalled.Close()
	if got := send(t, url, request{target: "Echo_2026.Name", body: `{}`}); got.status != 200 {
		t.Errorf("after room was made: got %d %s", got.status, got.body)
	}
}

func TestTokensOpenOnlyAsWhatTheyAre(t *testing.T) {
	now := time.UnixMilli(1700000000000)
	key := bytes.Repeat([]byte{7}, KeyBytes)
	tokens, err := NewTokens(key)
	if err != nil {
		t.Fatal(err)
	}
	token := tokens.Seal("iterator", []byte("place"), now)
	again, _ := NewTokens(key)
	content, made, err := again.Open("iterator", token, time.Minute, now.Add(time.Minute))
	if err != nil || string(content) != "place" || !made.Equal(now) {
		t.Errorf("got %q, %v, %v", content, made, err)
	}
	if _, made, err := tokens.Open("iterator", token, time.Minute, now.Add(time.Minute+time.Millisecond)); err != ErrOldToken || !made.Equal(now) {
		t.Errorf("an old token: %v, %v", made, err)
	}
	other, _ := NewTokens(nil)
	for name, open := range map[string]func() ([]byte, time.Time, error){
		"another kind": func() ([]byte, time.Time, error) { return tokens.Open("page", token, time.Minute, now) },
		"another key":  func() ([]byte, time.Time, error) { return other.Open("iterator", token, time.Minute, now) },
		"not base64":   func() ([]byte, time.Time, error) { return tokens.Open("iterator", "!"+token[1:], time.Minute, now) },
		"changed":      func() ([]byte, time.Time, error) { return tokens.Open("iterator", "AAAA"+token[4:], time.Minute, now) },
		"short":        func() ([]byte, time.Time, error) { return tokens.Open("iterator", "AAAA", time.Minute, now) },
		"empty":        func() ([]byte, time.Time, error) { return tokens.Open("iterator", "", time.Minute, now) },
	} {
		if content, _, err := open(); err != ErrForeignToken {
			t.Errorf("%s: got %q, %v", name, content, err)
		}
	}
	if _, err := NewTokens([]byte("short")); err == nil {
		t.Error("a short key is taken")
	}
}

// TestStrangersAreSentAwayBeforeTheirBodies asks for leave to send a body: who
// is unknown gets an answer and never leave.
func TestStrangersAreSentAwayBeforeTheirBodies(t *testing.T) {
	url := start(t, Config{Credentials: []Credential{credential}})
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nX-Amz-Target: Echo_2026.Name\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n", json11)
	if line := make([]byte, len("HTTP/1.1 400")); true {
		if _, err := io.ReadFull(conn, line); err != nil || string(line) != "HTTP/1.1 400" {
			t.Errorf("got %q, %v", line, err)
		}
	}
}

func TestOnlyChangesAreLogged(t *testing.T) {
	for operation, want := range map[string]bool{
		"CreateStream": true, "DeleteDeliveryStream": true, "PutResourcePolicy": true, "SplitShard": true, "TagResource": true,
		"PutRecord": false, "PutRecords": false, "PutRecordBatch": false, "GetRecords": false, "ListShards": false,
		"DescribeStream": false, "SubscribeToShard": false,
	} {
		if got := changes(operation); got != want {
			t.Errorf("changes(%s) = %v", operation, got)
		}
	}
}
