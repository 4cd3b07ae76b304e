package awsapi

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"leat/awsapi/shape"
)

// slowStart serves a handler whose clients have little time, and returns its
// address and a channel that gets a value whenever a request is over.
func slowStart(t *testing.T, service Service) (address string, over <-chan struct{}) {
	t.Helper()
	handler, err := New(Config{Services: []Service{service}, BodyTimeout: 50 * time.Millisecond, MaxBodyBytes: 1 << 20, MaxBufferedBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{}, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { ended <- struct{}{} }()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), ended
}

func dial(t *testing.T, address, request string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	return conn
}

const slowHead = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Echo_2026.%s\r\nContent-Length: %d\r\n\r\n"

// TestABodyThatDoesNotComeGivesItsRoomBack lets a client promise a body as large
// as the room there is for all, and never send it: others wait no longer than
// its time.
func TestABodyThatDoesNotComeGivesItsRoomBack(t *testing.T) {
	address, _ := slowStart(t, echo())
	slow := dial(t, address, fmt.Sprintf(slowHead, "Name", 1<<20)+`{"Name":`)
	answer := make([]byte, 4096)
	n, err := slow.Read(answer)
	if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 400 ") || !strings.Contains(string(answer[:n]), SerializationException) {
		t.Errorf("the slow client got %q, %v", answer[:n], err)
	}
	if got := send(t, "http://"+address, request{target: "Echo_2026.Name", body: `{"Name":"x"}`}); got.status != http.StatusOK {
		t.Errorf("the next client got %+v", got)
	}
}

// TestAnAnswerThatIsNotTakenIsGivenUp lets a client ask for more than a socket
// holds, and not read it.
func TestAnAnswerThatIsNotTakenIsGivenUp(t *testing.T) {
	service := echo()
	service.Operations = append(service.Operations, Operation{
		Name: "Large", Input: shape.Struct("Input"),
		Handle: func(context.Context, shape.Object) (any, error) { return strings.Repeat("x", 64<<20), nil },
	})
	address, over := slowStart(t, service)
	dial(t, address, fmt.Sprintf(slowHead, "Large", 2)+"{}")
	<-over
}

// TestACrowdIsSentAway has one client promise all the room there is, one wait
// for it, and another one come: that one is told to try again, and who waited is
// answered.
func TestACrowdIsSentAway(t *testing.T) {
	handler, err := New(Config{Services: []Service{echo()}, MaxBodyBytes: 1 << 20, MaxBufferedBytes: 1 << 20, MaxWaiting: 1})
	if err != nil {
		t.Fatal(err)
	}
	do := func(body io.Reader, length int64) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/", body)
		r.ContentLength = length
		r.Header.Set("Content-Type", json11)
		r.Header.Set("X-Amz-Target", "Echo_2026.Nothing")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	body, promise := io.Pipe()
	answers := make(chan *httptest.ResponseRecorder, 2)
	go func() { answers <- do(body, 1<<20) }()
	if _, err := promise.Write([]byte("{")); err != nil { // it is being read: it has the room
		t.Fatal(err)
	}
	go func() { answers <- do(strings.NewReader("{}"), 2) }()
	for handler.bodies.waiting.Load() == 0 {
		runtime.Gosched()
	}
	if w := do(strings.NewReader("{}"), 2); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "try again") {
		t.Errorf("one too many got %d %s", w.Code, w.Body)
	}
	promise.Close()
	codes := (<-answers).Code + (<-answers).Code
	if codes != http.StatusBadRequest+http.StatusOK {
		t.Errorf("the others got codes that add up to %d", codes)
	}
}
