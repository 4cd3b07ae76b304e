package awstest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"leat/awsapi/cbor"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Raw is Send of a request as it comes over a socket, head and body. What
// net/http itself refuses is not sent.
func Raw(t testing.TB, handler http.Handler, request []byte) {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request)))
	if err != nil {
		return
	}
	Send(t, handler, r, request)
}

// Send sends a request to a handler, and fails the test when the answer is a
// fault of the server's own, or none that a client can read. Errors show what
// the request was made of.
func Send(t testing.TB, handler http.Handler, r *http.Request, request []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code >= 500 {
		t.Errorf("%q: answered %d %s", request, w.Code, w.Body)
	}
	if w.Body.Len() == 0 {
		return
	}
	var err error
	switch media := w.Header().Get("Content-Type"); media {
	case "application/x-amz-cbor-1.1":
		_, err = cbor.Decode(w.Body.Bytes())
	case "application/x-amz-json-1.0", "application/x-amz-json-1.1":
		var tree any
		err = json.Unmarshal(w.Body.Bytes(), &tree)
	}
	if err != nil {
		t.Errorf("%q: answer %q cannot be read: %v", request, w.Body, err)
	}
}

// A RawForm is a way to write a request for Raw.
type RawForm struct {
	// Key signs the request at a moment, if it has an access key id: in its
	// headers, or in its query string when Query is set.
	Key   aws.Credentials
	At    time.Time
	Query bool
	// Chunks has the body framed in chunks.
	Chunks bool
}

// Write writes a request for a target, such as Kinesis_20131202.ListStreams.
func (f RawForm) Write(t testing.TB, service, target, contentType string, body []byte) []byte {
	t.Helper()
	payload := body
	hash := "UNSIGNED-PAYLOAD"
	if f.Chunks {
		hash = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
		payload = inChunks(body)
	}
	r, err := http.NewRequest(http.MethodPost, "http://localhost/", bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", target)
	if f.Chunks || f.Key.AccessKeyID != "" {
		r.Header.Set("X-Amz-Content-Sha256", hash)
	}
	if f.Key.AccessKeyID != "" {
		if err := f.sign(r, service, hash); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (f RawForm) sign(r *http.Request, service, hash string) error {
	ctx := context.Background()
	if !f.Query {
		return v4.NewSigner().SignHTTP(ctx, f.Key, r, hash, service, "us-east-1", f.At)
	}
	signed, header, err := v4.NewSigner().PresignHTTP(ctx, f.Key, r, hash, service, "us-east-1", f.At)
	if err != nil {
		return err
	}
	presigned, err := http.NewRequest(r.Method, signed, nil)
	if err != nil {
		return err
	}
	r.URL = presigned.URL
	for name, values := range header {
		r.Header[name] = values
	}
	return nil
}

// inChunks frames a body in two chunks, with signatures of nobody.
func inChunks(body []byte) []byte {
	var out bytes.Buffer
	half := len(body) / 2
	for _, chunk := range [][]byte{body[:half], body[half:], nil} {
		// An empty chunk ends the body.
		if len(chunk) == 0 && chunk != nil {
			continue
		}
		fmt.Fprintf(&out, "%x;chunk-signature=%064d\r\n%s\r\n", len(chunk), 0, chunk)
	}
	return out.Bytes()
}
