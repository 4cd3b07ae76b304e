package awsapi

import (
	"fmt"
	"net/http"
	"sync"

	"leat/awsapi/cbor"
	"leat/awsapi/eventstream"
)

// An eventWriter writes the events of one reply. It holds memory only while it
// writes.
type eventWriter struct {
	reply   *reply
	control *http.ResponseController
	err     error // the first; nothing is written after it

	// The headers of the newest kind of event, as most are of one kind.
	eventType string
	headers   eventstream.Headers
}

// stream makes the reply one of events and sends its first, which says that
// the request was accepted.
func (r *reply) stream(control *http.ResponseController) *eventWriter {
	r.sent = true
	r.w.Header().Set("Content-Type", eventstream.MediaType)
	r.w.WriteHeader(http.StatusOK)
	r.events = &eventWriter{reply: r, control: control}
	_ = r.events.send(accepted{})
	return r.events
}

// accepted is the first event of every stream.
type accepted struct{}

func (accepted) EventType() string            { return "initial-response" }
func (accepted) AppendJSON(dst []byte) []byte { return append(dst, "{}"...) }
func (accepted) AppendCBOR(dst []byte) []byte { return cbor.AppendMap(dst, 0) }

// send writes an event; it is on its way when send returns.
func (e *eventWriter) send(event Event) error {
	if e.err != nil {
		return e.err
	}
	if eventType := event.EventType(); eventType != e.eventType {
		e.eventType = eventType
		e.headers = eventstream.Headers(nil).With(":message-type", "event").With(":event-type", eventType).With(":content-type", e.reply.encoding)
	}
	out := eventBuffers.Get().(*replyBuffer)
	defer out.freeEvent()
	out.bytes = eventstream.Begin(out.bytes[:0], e.headers)
	if e.reply.encoding == cbor11 {
		out.bytes = event.AppendCBOR(out.bytes)
	} else {
		out.bytes = event.AppendJSON(out.bytes)
	}
	return e.write(out, e.headers)
}

// exception ends the stream with an error.
func (e *eventWriter) exception(err *Error) {
	name := err.Type
	if name == InternalFailure {
		name = "InternalFailureException" // is how streams have it
	}
	encoded, _ := e.reply.marshal(struct {
		Message string `json:"message"`
	}{err.Message}) // a string always encodes
	headers := eventstream.Headers(nil).With(":message-type", "exception").With(":exception-type", name).With(":content-type", e.reply.encoding)
	out := &replyBuffer{append(eventstream.Begin(nil, headers), encoded...)}
	_ = e.write(out, headers)
}

// write sends a message whose payload is complete.
func (e *eventWriter) write(out *replyBuffer, headers eventstream.Headers) error {
	if e.err != nil {
		return e.err
	}
	out.bytes = eventstream.End(out.bytes, 0, headers)
	if _, e.err = e.reply.w.Write(out.bytes); e.err == nil {
		e.err = e.control.Flush()
	}
	if e.err != nil {
		e.err = fmt.Errorf("send an event: %w", e.err)
	}
	return e.err
}

// Events have buffers of their own: many may be held for long, by clients that
// take nothing, so they must not be the large ones of other replies.
var eventBuffers = sync.Pool{New: func() any { return new(replyBuffer) }}

const maxKeptEventBuffer = 512 << 10

func (b *replyBuffer) freeEvent() {
	if cap(b.bytes) <= maxKeptEventBuffer {
		eventBuffers.Put(b)
	}
}
