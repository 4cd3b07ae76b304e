package awsapi

import (
	"io"
	"net/http"
	"time"
)

const (
	// maxPeekBytes is how long a body is looked at that nobody is known for.
	maxPeekBytes = 4 << 10
	// peekTimeout is how long its client may take to send it.
	peekTimeout = 5 * time.Second
)

// bodyFirst returns the error of a request that is refused for what stands in
// its head. AWS reads the body before: one that is no JSON, or CBOR, is what it
// complains about then. A stranger's body is not worth much memory, so only a short one
// is read, and none that its client asks leave for.
func (h *Handler) bodyFirst(reply *reply, r *http.Request, err error) error {
	switch media := mediaType(r); {
	case r.ContentLength <= 0 || r.ContentLength > maxPeekBytes || r.Header.Get("Expect") != "",
		r.Header.Get("Content-Encoding") != "",
		media != json11 && media != json10 && media != cbor11 && media != "application/json":
		return err
	}
	control := http.NewResponseController(reply.w)
	// Only a real connection has deadlines; a recorder in a test has none.
	_ = control.SetReadDeadline(time.Now().Add(min(peekTimeout, h.cfg.BodyTimeout)))
	defer control.SetReadDeadline(time.Time{})
	body := make([]byte, r.ContentLength)
	if _, failed := io.ReadFull(r.Body, body); failed != nil {
		return err
	}
	return bodyBefore(reply.encoding, body, err)
}

// bodyBefore is bodyFirst for a body that has been read.
func bodyBefore(encoding string, body []byte, err error) error {
	if len(body) > maxPeekBytes {
		return err
	}
	decode, named := decodeJSON, "JSON"
	if encoding == cbor11 {
		decode, named = decodeCBOR, "CBOR"
	}
	tree, wrong := decode(body)
	if wrong != nil {
		return wrong
	}
	switch tree.(type) {
	case map[string]any, []any:
		return err
	}
	return Errorf(SerializationException, "The request's body is no object in %s.", named)
}
