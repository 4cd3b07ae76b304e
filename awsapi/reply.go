package awsapi

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"leat/awsapi/cbor"

	"github.com/google/uuid"
)

// The encodings of requests and responses.
const (
	json11 = "application/x-amz-json-1.1"
	json10 = "application/x-amz-json-1.0"
	cbor11 = "application/x-amz-cbor-1.1"
)

// A reply writes one response. Nothing has been sent until its body is.
type reply struct {
	w         http.ResponseWriter
	encoding  string    // of the body: one of the above
	form      replyForm // of an error
	requestID string
	timeout   time.Duration
	sent      bool
	drop      bool          // close the connection instead of answering
	dropAfter time.Duration // how long events are sent before that
	events    *eventWriter  // once the reply is a stream of events
}

// newReply returns a reply to a request of some media type, in the same one if
// it is one that Leat writes. The client has as long to take it as timeout says.
func newReply(w http.ResponseWriter, media string, timeout time.Duration) *reply {
	reply := &reply{w: w, encoding: json11, requestID: uuid.NewString(), timeout: timeout}
	if media == json10 || media == cbor11 {
		reply.encoding = media
	}
	header := w.Header()
	header.Set("x-amzn-RequestId", reply.requestID)
	header.Set("x-amz-id-2", extendedID())
	header.Set("Content-Type", reply.encoding)
	return reply
}

// extendedID returns what AWS sends beside the id of a request: 72 bytes that
// only its own people can read.
func extendedID() string {
	var id [72]byte
	rand.Read(id[:]) // never fails
	return base64.StdEncoding.EncodeToString(id[:])
}

// A JSONAppender is a result that encodes itself, faster than reflection does.
type JSONAppender interface {
	AppendJSON(dst []byte) []byte
}

// A CBORAppender is the same for CBOR. A JSONAppender of a service that speaks
// CBOR must be one.
type CBORAppender interface {
	AppendCBOR(dst []byte) []byte
}

// result writes an operation's result.
func (r *reply) result(result any) error {
	if result == nil {
		r.body(nil)
		return nil
	}
	if encode := appenderOf(result, r.encoding); encode != nil {
		out := replyBuffers.Get().(*replyBuffer)
		defer out.free()
		out.bytes = encode(out.bytes[:0])
		r.body(out.bytes)
		return nil
	}
	encoded, err := r.marshal(result)
	if err != nil {
		return err
	}
	r.body(encoded)
	return nil
}

// appenderOf returns how a result encodes itself, or nil.
func appenderOf(result any, encoding string) func([]byte) []byte {
	if encoding == cbor11 {
		if appender, ok := result.(CBORAppender); ok {
			return appender.AppendCBOR
		}
		return nil
	}
	if appender, ok := result.(JSONAppender); ok {
		return appender.AppendJSON
	}
	return nil
}

func (r *reply) marshal(value any) ([]byte, error) {
	if r.encoding == cbor11 {
		return cbor.Marshal(value)
	}
	return json.Marshal(value)
}

// error writes an error, if nothing has been sent yet; in a stream of events it
// is the last one.
func (r *reply) error(err *Error) {
	if r.events != nil {
		r.events.exception(err)
		return
	}
	if r.sent {
		return
	}
	encoded := r.encodeError(err)
	r.send(statusOf(err), encoded)
}

func (r *reply) body(encoded []byte) { r.send(http.StatusOK, encoded) }

// send writes the response. A client that has gone away is not an error: the
// work is done and there is nobody to tell.
func (r *reply) send(status int, encoded []byte) {
	if r.drop {
		panic(http.ErrAbortHandler)
	}
	r.sent = true
	// One who does not read must not hold the answer's memory for ever. Only a
	// real connection has deadlines; net/http takes this one off again.
	_ = http.NewResponseController(r.w).SetWriteDeadline(time.Now().Add(r.timeout))
	r.w.Header().Set("Content-Length", strconv.Itoa(len(encoded)))
	r.w.WriteHeader(status)
	_, _ = r.w.Write(encoded)
}

// A replyBuffer is memory for a response, reused.
type replyBuffer struct{ bytes []byte }

// maxKeptBuffer is the largest buffer kept for reuse, so that a few huge
// requests do not pin their memory.
const maxKeptBuffer = 2 << 20

var replyBuffers = sync.Pool{New: func() any { return new(replyBuffer) }}

func (b *replyBuffer) free() {
	if cap(b.bytes) <= maxKeptBuffer {
		replyBuffers.Put(b)
	}
}
