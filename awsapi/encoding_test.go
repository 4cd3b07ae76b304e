package awsapi

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

func zip(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBodiesInGzipAreInflatedWithinTheLimit(t *testing.T) {
	const limit = 64 << 10
	handler := newEcho(t, Config{MaxBodyBytes: limit, MaxBufferedBytes: limit})
	whole := `{"Name":"x"}`
	long := `{"Name":"x","Other":"` + strings.Repeat("y", limit-100) + `"}`
	for _, test := range []struct {
		name, encoding string
		body           []byte
		status         int
		want           string
	}{
		{"plain", "", []byte(whole), 200, `"Name":"x"`},
		{"gzip", "gzip", zip(t, whole), 200, `"Name":"x"`},
		{"x-gzip", "X-GZIP", zip(t, whole), 200, `"Name":"x"`},
		{"as long as may be", "gzip", zip(t, long), 200, `"Name":"x"`},
		{"two members", "gzip", append(zip(t, `{"Name":`), zip(t, `"x"}`)...), 200, `"Name":"x"`},
		{"the SDKs' own", "amz-1.0", []byte(whole), 200, `"Name":"x"`},
		{"identity", "identity", []byte(whole), 200, `"Name":"x"`},
		{"a bomb", "gzip", zip(t, strings.Repeat(" ", 100*limit)), 413, "RequestEntityTooLargeException"},
		{"not gzip", "gzip", []byte(whole), 400, "cannot be inflated"},
		{"cut short", "gzip", zip(t, long)[:50], 400, "cannot be inflated"},
		{"nothing", "gzip", zip(t, ""), 400, "SerializationException"},
		{"another", "br", []byte(whole), 415, "Content-Encoding br"},
		{"deflate", "deflate", []byte(whole), 415, "Content-Encoding deflate"},
		{"zstd among others", "gzip, zstd", zip(t, whole), 415, "Content-Encoding zstd"},
		{"twice", "gzip, gzip", zip(t, string(zip(t, whole))), 415, "twice"},
	} {
		for _, chunked := range []bool{false, true} {
			r := httptest.NewRequest(http.MethodPost, "http://localhost/", bytes.NewReader(test.body))
			r.Header.Set("Content-Type", json11)
			r.Header.Set("X-Amz-Target", "Echo_2026.Name")
			if test.encoding != "" {
				r.Header.Set("Content-Encoding", test.encoding)
			}
			if chunked {
				r.ContentLength = -1
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("%s, chunked %v: got %d %s", test.name, chunked, w.Code, w.Body)
			}
		}
	}
	// All gave back their room.
	if !handler.bodies.bytes.TryAcquire(limit) {
		t.Error("a body still has room")
	}
}

func TestTheSignatureOfABodyInGzipIsOverWhatIsSent(t *testing.T) {
	handler := newEcho(t, Config{Credentials: []Credential{credential}, Now: func() time.Time { return signTime }})
	sent, other := zip(t, `{"Name":"x"}`), zip(t, `{"Name":"y"}`)
	for _, test := range []struct {
		name         string
		signed, body []byte
		status       int
	}{
		{"as it was sent", sent, sent, 200},
		{"another body", sent, other, 400},
		{"what it inflates to", []byte(`{"Name":"x"}`), sent, 400},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/", bytes.NewReader(test.body))
		r.Header.Set("Content-Type", json11)
		r.Header.Set("X-Amz-Target", "Echo_2026.Name")
		r.Header.Set("Content-Encoding", "gzip")
		err := v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: credential.AccessKeyID, SecretAccessKey: credential.Secret},
			r, hexSHA256(test.signed), "echo", "eu-central-1", signTime)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%s: got %d %s", test.name, w.Code, w.Body)
		}
	}
}
