package awsapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"
)

// TestChunksAreSignedAsAWSDocumentsIt uses the example of the documentation of
// signed chunks: 65 KiB of the letter a in chunks of 64 KiB.
func TestChunksAreSignedAsAWSDocumentsIt(t *testing.T) {
	auth := authorization{date: "20130524", region: "us-east-1", service: "s3", terminator: "aws4_request", stamp: "20130524T000000Z"}
	verifier := &chunkVerifier{auth.signer("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"}
	body := "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" + strings.Repeat("a", 65536) + "\r\n" +
		"400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" + strings.Repeat("a", 1024) + "\r\n" +
		"0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"
	got, err := readChunks(&http.Request{}, []byte(body), verifier)
	if err != nil || string(got) != strings.Repeat("a", 66560) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

// streamed is a request signed for a payload of a form, without a body yet, and
// the seed of its chunks' signatures.
func streamed(t *testing.T, form payload, length int) (*http.Request, *chunkVerifier) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:4566/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", json11)
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams")
	r.Header.Set("X-Amz-Content-Sha256", string(form))
	if form == chunkedPayload {
		r.Header.Set("Content-Encoding", "aws-chunked")
		r.Header.Set("X-Amz-Decoded-Content-Length", fmt.Sprint(length))
	}
	err = v4.NewSigner().SignHTTP(context.Background(),
		aws.Credentials{AccessKeyID: credential.AccessKeyID, SecretAccessKey: credential.Secret}, r, string(form), "kinesis", "eu-central-1", signTime)
	if err != nil {
		t.Fatal(err)
	}
	auth, err := readAuthorization(r)
	if err != nil {
		t.Fatal(err)
	}
	return r, &chunkVerifier{auth.signer(credential.Secret), auth.signature}
}

// inChunks writes signed chunks.
func inChunks(signer *chunkVerifier, chunks ...string) []byte {
	var out bytes.Buffer
	for _, chunk := range append(chunks, "") {
		_ = signer.verify([]byte(chunk), "") // moves on to the next signature
		fmt.Fprintf(&out, "%x;chunk-signature=%s\r\n%s\r\n", len(chunk), signer.before, chunk)
	}
	return out.Bytes()
}

func TestBodiesInSignedChunksAreVerified(t *testing.T) {
	auth := newAuthenticator([]Credential{credential})
	for _, test := range []struct {
		name    string
		change  func(body string) string
		length  int
		want    string
		message string
	}{
		{name: "good"},
		{name: "other data", change: func(b string) string { return strings.Replace(b, "Limit", "LIMIT", 1) }, want: "InvalidSignatureException", message: "does not match"},
		{name: "chunks exchanged", change: func(b string) string {
			parts := strings.SplitAfter(b, "\r\n")
			return strings.Join([]string{parts[2], parts[3], parts[0], parts[1], parts[4], parts[5]}, "")
		}, want: "InvalidSignatureException", message: "does not match"},
		{name: "a chunk left out", change: func(b string) string {
			parts := strings.SplitAfter(b, "\r\n")
			return strings.Join(parts[2:], "")
		}, want: "InvalidSignatureException", message: "does not match"},
		{name: "no end", change: func(b string) string { return b[:strings.LastIndex(b, "0;chunk")] }, want: SerializationException, message: "whole chunks"},
		{name: "more after the end", change: func(b string) string { return b + "x" }, want: SerializationException, message: "goes on"},
		{name: "a size that is none", change: func(b string) string { return "x" + b }, want: SerializationException, message: "whole chunks"},
		{name: "a size beyond the body", change: func(b string) string { return "7fffffff" + b[1:] }, want: SerializationException, message: "whole chunks"},
		{name: "no signature", change: func(b string) string { return strings.Replace(b, "chunk-signature=", "x=", 1) }, want: "InvalidSignatureException", message: "does not match"},
		{name: "nothing", change: func(string) string { return "" }, want: SerializationException, message: "whole chunks"},
		{name: "another length", length: 10, want: SerializationException, message: "11 bytes of data, but X-Amz-Decoded-Content-Length says 10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, signer := streamed(t, chunkedPayload, 11)
			if test.length != 0 {
				r, signer = streamed(t, chunkedPayload, test.length)
			}
			body := string(inChunks(signer, `{"Limit`, `":1}`))
			if test.change != nil {
				body = test.change(body)
			}
			got, err := check(auth, r, []byte(body), "kinesis", signTime)
			if test.want == "" {
				if err != nil || string(got) != `{"Limit":1}` {
					t.Errorf("got %q, %v", got, err)
				}
				return
			}
			if named, ok := err.(*Error); !ok || named.Type != test.want || !strings.Contains(named.Message, test.message) {
				t.Errorf("got %v, want %s: …%s…", err, test.want, test.message)
			}
		})
	}
	// Without credentials the chunks are read all the same.
	r, signer := streamed(t, chunkedPayload, 2)
	if got, err := check(newAuthenticator(nil), r, inChunks(signer, "{", "}"), "kinesis", signTime); err != nil || string(got) != "{}" {
		t.Errorf("without credentials: %q, %v", got, err)
	}
}

func TestBodiesMayBeLeftOutOfTheSignature(t *testing.T) {
	auth := newAuthenticator([]Credential{credential})
	r, _ := streamed(t, unsignedPayload, 0)
	if got, err := check(auth, r, []byte(`{"Limit":1}`), "kinesis", signTime); err != nil || string(got) != `{"Limit":1}` {
		t.Errorf("got %q, %v", got, err)
	}
	// A signature over a body is not one over any.
	whole := signedRequest(t, "http://127.0.0.1:4566/", []byte("{}"), credential, "kinesis", signTime)
	whole.Header.Set("X-Amz-Content-Sha256", string(unsignedPayload))
	if _, err := check(auth, whole, []byte(`{"Limit":1}`), "kinesis", signTime); err == nil {
		t.Error("a header took the body out of the signature")
	}
	r, _ = streamed(t, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", 0)
	if _, err := check(auth, r, nil, "kinesis", signTime); err == nil || !strings.Contains(err.Error(), "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
		t.Errorf("got %v", err)
	}
}

// FuzzChunks reads any body: it must not panic, nor return what was not there.
func FuzzChunks(f *testing.F) {
	f.Add([]byte("3;chunk-signature=x\r\nabc\r\n0;chunk-signature=y\r\n\r\n"))
	f.Add([]byte("0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		data, err := readChunks(&http.Request{}, body, nil)
		if err != nil {
			return
		}
		for rest := before; len(data) > 0; rest = rest[1:] {
			if len(rest) == 0 {
				t.Fatalf("%q gave bytes it does not have: %s", before, cmp.Diff(before, data))
			}
			if rest[0] == data[0] {
				data = data[1:]
			}
		}
	})
}

// TestTheHandlerUnderstandsTheirForms sends a signed URL and a chunked body
// over a socket: the hot path gets the data alone.
func TestTheHandlerUnderstandsTheirForms(t *testing.T) {
	address := start(t, Config{Credentials: []Credential{credential}, Now: func() time.Time { return signTime }})
	key := aws.Credentials{AccessKeyID: credential.AccessKeyID, SecretAccessKey: credential.Secret}
	do := func(name string, r *http.Request) {
		t.Helper()
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if text, err := io.ReadAll(answer.Body); err != nil || string(text) != `{"Hot":"hot"}` {
			t.Errorf("%s: %s %s, %v", name, answer.Status, text, err)
		}
	}
	request := func(url string, body []byte) *http.Request {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", json11)
		r.Header.Set("X-Amz-Target", "Echo_2026.Hot")
		return r
	}

	ahead := request(address+"/?X-Amz-Expires=60", nil)
	url, header, err := v4.NewSigner().PresignHTTP(t.Context(), key, ahead, hexSHA256([]byte(`"hot"`)), "echo", "us-east-1", signTime)
	if err != nil {
		t.Fatal(err)
	}
	r := request(url, []byte(`"hot"`))
	r.Header = header
	do("signed ahead", r)

	r = request(address, nil)
	r.Header.Set("X-Amz-Content-Sha256", string(chunkedPayload))
	r.Header.Set("Content-Encoding", "aws-chunked")
	if err := v4.NewSigner().SignHTTP(t.Context(), key, r, string(chunkedPayload), "echo", "us-east-1", signTime); err != nil {
		t.Fatal(err)
	}
	auth, err := readAuthorization(r)
	if err != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(inChunks(&chunkVerifier{auth.signer(credential.Secret), auth.signature}, `"h`, `ot"`)))
	r.ContentLength = -1
	do("in chunks", r)
}
