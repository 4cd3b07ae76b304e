package awsapi

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"
)

// A body is a request's body in memory, reused for later requests.
type body struct {
	bytes  []byte
	weight int64 // what it counts for in the Handler's budget
}

var bodies = sync.Pool{New: func() any { return new(body) }}

// readBody reads a whole body within the limits. It waits while the bodies of
// other requests fill the budget. Call release when done with it.
func (h *Handler) readBody(w http.ResponseWriter, r *http.Request) (*body, error) {
	limit := h.cfg.MaxBodyBytes
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	weight := r.ContentLength
	if weight < 0 {
		weight = limit
	}
	if err := h.bodies.take(r.Context(), weight); err != nil {
		return nil, err
	}
	b := bodies.Get().(*body)
	b.weight = weight
	control := http.NewResponseController(w)
	// Only a real connection has deadlines; a recorder in a test has none.
	_ = control.SetReadDeadline(time.Now().Add(h.cfg.BodyTimeout))
	defer control.SetReadDeadline(time.Time{})
	if err := b.read(r, limit); err != nil {
		h.release(b)
		return nil, err
	}
	return b, nil
}

func (b *body) read(r *http.Request, limit int64) error {
	if n := r.ContentLength; n >= 0 {
		if int64(cap(b.bytes)) < n {
			b.bytes = make([]byte, n)
		}
		b.bytes = b.bytes[:n]
		_, err := io.ReadFull(r.Body, b.bytes)
		return readError(err)
	}
	buffer := bytes.NewBuffer(b.bytes[:0])
	n, err := buffer.ReadFrom(io.LimitReader(r.Body, limit+1))
	b.bytes = buffer.Bytes()
	if n > limit {
		return tooLarge(limit)
	}
	return readError(err)
}

// readError blames a body that ends early on the client.
func readError(err error) error {
	if err == nil {
		return nil
	}
	return Errorf(SerializationException, "The request's body could not be read: %v.", err)
}

func tooLarge(limit int64) error {
	return &Error{Type: "RequestEntityTooLargeException", Status: http.StatusRequestEntityTooLarge,
		Message: "The request's body is larger than " + megabytes(limit) + "."}
}

// release gives a body's memory back; nil has none.
func (h *Handler) release(b *body) {
	if b == nil {
		return
	}
	h.bodies.give(b.weight)
	if cap(b.bytes) <= maxKeptBuffer {
		bodies.Put(b)
	}
}
