package awsapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"leat/awsapi/awstest"
	"leat/awsapi/cbor"
	"leat/awsapi/shape"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/google/go-cmp/cmp"
)

// count is an event with a number, and as much else as is wanted.
type count struct {
	n    int
	rest string
}

func (c count) EventType() string { return "Count" }
func (c count) AppendJSON(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, `{"N":`...), int64(c.n), 10)
	return append(AppendString(append(dst, `,"Rest":`...), c.rest), '}')
}
func (c count) AppendCBOR(dst []byte) []byte {
	return cbor.AppendInt(cbor.AppendText(cbor.AppendMap(dst, 1), "N"), int64(c.n))
}

// A pusher is what the operation Push of a test's service does.
type pusher func(ctx context.Context, in shape.Object, send func(Event) error) error

// streaming returns a handler of one operation, which pushes.
func streaming(t *testing.T, lasts time.Duration, push pusher) *Handler {
	t.Helper()
	handler, err := New(Config{MaxBodyBytes: 64, MaxBufferedBytes: 64, Services: []Service{{
		Name: "echo", Target: "Echo_2026", CBOR: true,
		Operations: []Operation{{
			Name: "Push", Input: shape.Struct("Input", shape.Optional("Name", shape.String(1, 5, ""))), StreamFor: lasts,
			Stream: func(ctx context.Context, in shape.Object) (Push, error) {
				if in.Text("Name") == "no" {
					return nil, Errorf("OwnException", "Own words.")
				}
				return func(send func(Event) error) error { return push(ctx, in, send) }, nil
			},
		}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// A message is one of a stream, as text.
type message struct{ kind, name, content, payload string }

func messageOf(m eventstream.Message) message {
	header := func(name string) string {
		if value := m.Headers.Get(name); value != nil {
			return value.String()
		}
		return ""
	}
	return message{header(":message-type"), header(":event-type") + header(":exception-type"), header(":content-type"), string(m.Payload)}
}

// A reader reads the messages of one answer with AWS's decoder.
type reader struct {
	t       *testing.T
	body    io.ReadCloser
	decoder *eventstream.Decoder
}

// push calls the operation and returns its answer once it has begun.
func push(t *testing.T, client *http.Client, url, contentType, body string) (*http.Response, reader) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", "Echo_2026.Push")
	got, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { got.Body.Close() })
	return got, reader{t, got.Body, eventstream.NewDecoder()}
}

// next returns the next message; ok is false at a clean end.
func (r reader) next() (m message, ok bool) {
	r.t.Helper()
	got, err := r.decoder.Decode(r.body, nil)
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return m, false
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return messageOf(got), true
}

func (r reader) all() (messages []message) {
	r.t.Helper()
	for m, ok := r.next(); ok; m, ok = r.next() {
		messages = append(messages, m)
	}
	return messages
}

// clients are net/http's own, one for each version of HTTP.
func clients(t *testing.T) map[string]*http.Client {
	t.Helper()
	both := map[string]*http.Client{}
	for _, name := range []string{"HTTP/1.1", "HTTP/2.0"} {
		only := new(http.Protocols)
		only.SetHTTP1(name == "HTTP/1.1")
		only.SetUnencryptedHTTP2(name == "HTTP/2.0")
		transport := &http.Transport{Protocols: only}
		t.Cleanup(transport.CloseIdleConnections)
		both[name] = &http.Client{Transport: transport}
	}
	return both
}

// serveBoth serves a handler over both versions of HTTP.
func serveBoth(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

func TestStreamsOfEvents(t *testing.T) {
	accepted := message{"event", "initial-response", json11, "{}"}
	first := message{"event", "Count", json11, `{"N":1,"Rest":""}`}
	for name, test := range map[string]struct {
		push pusher
		want []message
	}{
		"none": {func(context.Context, shape.Object, func(Event) error) error { return nil }, []message{accepted}},
		"some": {func(_ context.Context, in shape.Object, send func(Event) error) error {
			return errors.Join(send(count{n: 1}), send(count{n: 2, rest: in.Text("Name")}))
		}, []message{accepted, first, {"event", "Count", json11, `{"N":2,"Rest":"\"x"}`}}},
		"exception": {func(_ context.Context, _ shape.Object, send func(Event) error) error {
			send(count{n: 1})
			return Errorf("OwnException", "Own words.")
		}, []message{accepted, first, {"exception", "OwnException", json11, `{"message":"Own words."}`}}},
		"fault": {func(_ context.Context, _ shape.Object, send func(Event) error) error {
			send(count{n: 1})
			return errors.New("secret detail")
		}, []message{accepted, first, {"exception", "InternalFailureException", json11,
			`{"message":"Leat could not do this because of a fault of its own; its log names the cause under this request's id."}`}}},
		"panic": {func(_ context.Context, _ shape.Object, send func(Event) error) error {
			send(count{n: 1})
			panic("oh")
		}, []message{accepted, first, {"exception", "InternalFailureException", json11,
			`{"message":"Leat met a fault of its own; its log has the details under this request's id."}`}}},
	} {
		url := serveBoth(t, streaming(t, time.Hour, test.push))
		for version, client := range clients(t) {
			t.Run(name+" over "+version, func(t *testing.T) {
				got, stream := push(t, client, url, json11, `{"Name":"\"x"}`)
				if got.Proto != version || got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != "application/vnd.amazon.eventstream" || got.Header.Get("X-Amzn-Requestid") == "" {
					t.Errorf("%s %s, headers %v", got.Proto, got.Status, got.Header)
				}
				if diff := cmp.Diff(test.want, stream.all(), cmp.AllowUnexported(message{})); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestAStreamIsInTheRequestsEncoding(t *testing.T) {
	url := serveBoth(t, streaming(t, time.Hour, func(_ context.Context, _ shape.Object, send func(Event) error) error {
		send(count{n: 7})
		return Errorf("OwnException", "Own words.")
	}))
	_, stream := push(t, http.DefaultClient, url, cbor11, "\xa0")
	want := []message{
		{"event", "initial-response", cbor11, "\xa0"}, {"event", "Count", cbor11, "\xa1\x61N\x07"},
		{"exception", "OwnException", cbor11, "\xa1\x67message\x6aOwn words."},
	}
	if diff := cmp.Diff(want, stream.all(), cmp.AllowUnexported(message{})); diff != "" {
		t.Error(diff)
	}
}

func TestARefusedStreamIsAnOrdinaryError(t *testing.T) {
	url := serveBoth(t, streaming(t, time.Hour, nil))
	for body, want := range map[string]string{`{"Name":"no"}`: "OwnException", `{"Name":"too long"}`: "ValidationException", `{`: "SerializationException"} {
		got, _ := push(t, http.DefaultClient, url, json11, body)
		var answer struct {
			Type string `json:"__type"`
		}
		if err := json.NewDecoder(got.Body).Decode(&answer); err != nil || got.StatusCode != http.StatusBadRequest || answer.Type != want {
			t.Errorf("%s: %s, %+v, %v", body, got.Status, answer, err)
		}
	}
}

// waits pushes one event and waits for its context's end.
func waits(ctx context.Context, _ shape.Object, send func(Event) error) error {
	if err := send(count{n: 1}); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

func TestStreamsEndCleanlyWhenTheHandlerIsTold(t *testing.T) {
	handler := streaming(t, time.Hour, waits)
	url := serveBoth(t, handler)
	var open []reader
	for _, client := range clients(t) {
		_, stream := push(t, client, url, json11, `{}`)
		stream.next()
		stream.next()
		open = append(open, stream)
	}
	handler.EndStreams()
	for _, stream := range open {
		if rest := stream.all(); rest != nil {
			t.Errorf("stream went on with %v", rest)
		}
	}
	_, late := push(t, http.DefaultClient, url, json11, `{}`)
	if got := late.all(); len(got) != 2 {
		t.Errorf("a stream that begins later has %v", got)
	}
}

func TestStreamsDoNotHoldTheirBodies(t *testing.T) {
	url := serveBoth(t, streaming(t, time.Hour, waits))
	for range 3 { // each body is more than half of what all may have
		_, stream := push(t, http.DefaultClient, url, json11, `{                                                }`)
		stream.next()
	}
}

func TestAStreamEndsWithItsClient(t *testing.T) {
	ended := make(chan error, 1)
	url := serveBoth(t, streaming(t, time.Hour, func(ctx context.Context, in shape.Object, send func(Event) error) error {
		ended <- waits(ctx, in, send)
		return nil
	}))
	for version, client := range clients(t) {
		got, stream := push(t, client, url, json11, `{}`)
		stream.next()
		got.Body.Close()
		if err := <-ended; err == nil {
			t.Errorf("%s: the stream ended without an error", version)
		}
	}
}

// serveInMemory serves a handler to clients in memory, until the test ends.
func serveInMemory(t *testing.T, handler http.Handler) map[string]*http.Client {
	dial, both := awstest.ServeInMemory(t, handler), clients(t)
	for _, client := range both {
		client.Transport.(*http.Transport).DialContext = dial
	}
	return both
}

func TestAStreamEndsCleanlyAfterItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for version, client := range serveInMemory(t, streaming(t, 5*time.Minute, waits)) {
			began := time.Now()
			_, stream := push(t, client, "http://localhost", json11, `{}`)
			if got := stream.all(); len(got) != 2 || got[1].name != "Count" {
				t.Errorf("%s: %v", version, got)
			}
			if took := time.Since(began); took != 5*time.Minute {
				t.Errorf("%s: the stream took %v", version, took)
			}
		}
	})
}

func TestAClientThatTakesNothingIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type end struct {
			at  time.Time
			err error
		}
		ended := make(chan end, 1)
		handler := streaming(t, 5*time.Minute, func(_ context.Context, _ shape.Object, send func(Event) error) error {
			for {
				// It does not look at its context: sending must fail by itself.
				if err := send(count{rest: strings.Repeat("x", 1<<20)}); err != nil {
					ended <- end{time.Now(), err}
					return err
				}
			}
		})
		for version, client := range serveInMemory(t, handler) {
			began := time.Now()
			push(t, client, "http://localhost", json11, `{}`)
			got := <-ended
			if took := got.at.Sub(began); got.err == nil || took < 5*time.Minute || took > 5*time.Minute+streamGrace {
				t.Errorf("%s: after %v the sender saw %v", version, took, got.err)
			}
		}
	})
}
