package awsapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// A body is a request's body in memory, reused for later requests.
type body struct {
	bytes  []byte
	weight int64 // what it counts for in the Handler's budget
	// sum is the SHA-256, in hexadecimal, of what was sent, when that was inflated;
	// empty when it is the bytes themselves.
	sum string
}

var bodies = sync.Pool{New: func() any { return new(body) }}

// readBody reads a whole body within the limits. It waits while the bodies of
// other requests fill the budget. Call release when done with it.
func (h *Handler) readBody(w http.ResponseWriter, r *http.Request) (*body, error) {
	limit := h.cfg.MaxBodyBytes
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	inflate, err := isGzip(r)
	if err != nil {
		return nil, err
	}
	weight := r.ContentLength
	if weight < 0 || inflate {
		weight = limit // how long it will be is not known
	}
	if err := h.bodies.take(r.Context(), weight); err != nil {
		return nil, err
	}
	b := bodies.Get().(*body)
	b.weight, b.sum = weight, ""
	control := http.NewResponseController(w)
	// Only a real connection has deadlines; a recorder in a test has none.
	_ = control.SetReadDeadline(time.Now().Add(h.cfg.BodyTimeout))
	defer control.SetReadDeadline(time.Time{})
	read := b.read
	if inflate {
		read = b.inflate
	}
	if err := read(r, limit); err != nil {
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
	return readError(b.readAll(r.Body, limit))
}

// readAll reads what comes until it ends, or is too large.
func (b *body) readAll(from io.Reader, limit int64) error {
	buffer := bytes.NewBuffer(b.bytes[:0])
	n, err := buffer.ReadFrom(io.LimitReader(from, limit+1))
	b.bytes = buffer.Bytes()
	if n > limit {
		return tooLarge(limit)
	}
	return err
}

// readError blames a body that ends early on the client.
func readError(err error) error {
	var named *Error
	if err == nil || errors.As(err, &named) {
		return err
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
