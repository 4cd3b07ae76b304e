package awsapi

import (
	"context"
	"net/http"
	"sync"
	"time"

	"leat/awsapi/shape"
)

// A Push sends the events of one stream; it is called once, whatever happens to
// the connection. send returns when the connection has taken the event: a slow
// client holds up its own stream, and nothing is kept for it. Once send has
// failed, or the stream's context has ended, Push is to return; what it returns
// then does not matter. Before that, nil ends the stream cleanly, and an error
// by an exception that the client sees.
type Push func(send func(Event) error) error

// An Event is one message of a stream. It is encoded once, before send waits for
// the connection, and not kept.
type Event interface {
	// EventType is its name, as the service's model has it.
	EventType() string
	JSONAppender
	CBORAppender
}

// streamGrace is what a client has to take a stream's last event after the
// stream's time is over. Then it is cut off.
const streamGrace = 10 * time.Second

// stream answers a request with events, until they end. release gives the
// request's body back. The error is for the client.
func (h *Handler) stream(r *http.Request, reply *reply, operation *Operation, in shape.Object, release func()) error {
	ctx, cancel := context.WithTimeout(r.Context(), operation.StreamFor)
	defer cancel()
	defer h.streams.add(cancel)()
	push, err := operation.Stream(ctx, in)
	if err != nil {
		return err
	}
	release()
	// Only a real connection has deadlines. This one is over the reply's very last
	// byte too; net/http takes it off for the next request.
	control := http.NewResponseController(reply.w)
	_ = control.SetWriteDeadline(time.Now().Add(operation.StreamFor + streamGrace))
	events := reply.stream(control)
	err = push(events.send)
	if events.err != nil || ctx.Err() != nil {
		return nil
	}
	return err
}

// EndStreams ends all streams of events cleanly, and those that begin from now
// on at once; so it does the delays of faults. The server calls it when it
// stops.
func (h *Handler) EndStreams() {
	h.streams.mu.Lock()
	defer h.streams.mu.Unlock()
	h.streams.ended = true
	for cancel := range h.streams.open {
		(*cancel)()
	}
}

// streams are the streams of events that are being sent, and delays of faults.
type streams struct {
	mu    sync.Mutex // guards what follows
	open  map[*context.CancelFunc]struct{}
	ended bool
}

// add notes how to end a stream; the function that it returns forgets it.
func (s *streams) add(cancel context.CancelFunc) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		cancel()
		return func() {}
	}
	if s.open == nil {
		s.open = map[*context.CancelFunc]struct{}{}
	}
	s.open[&cancel] = struct{}{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, &cancel)
	}
}
