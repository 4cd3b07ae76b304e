package awsapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// presigned is a request whose URL the AWS SDK signed ahead, as a server gets it.
func presigned(t *testing.T, body []byte, expires string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:4566/?X-Amz-Expires="+expires, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if expires == "" {
		r.URL.RawQuery = ""
	}
	r.Header.Set("Content-Type", json11)
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams")
	hash := sha256.Sum256(body)
	signed, header, err := v4.NewSigner().PresignHTTP(context.Background(),
		aws.Credentials{AccessKeyID: credential.AccessKeyID, SecretAccessKey: credential.Secret},
		r, hex.EncodeToString(hash[:]), "kinesis", "eu-central-1", signTime)
	if err != nil {
		t.Fatal(err)
	}
	got, err := http.NewRequest(http.MethodPost, signed, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		if name != "Host" { // net/http has it elsewhere
			got.Header[name] = values
		}
	}
	return got
}

func TestURLsSignedAheadAreVerified(t *testing.T) {
	auth := newAuthenticator([]Credential{credential})
	body := []byte(`{"Limit":1}`)
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			query := r.URL.Query()
			query.Set(name, value)
			if value == "" {
				query.Del(name)
			}
			r.URL.RawQuery = query.Encode()
		}
	}
	for _, test := range []struct {
		name    string
		expires string
		change  func(*http.Request)
		body    string
		now     time.Time
		want    string
		message string
	}{
		{name: "good"},
		{name: "good as long as it says", expires: "86400", now: signTime.Add(24 * time.Hour)},
		{name: "good for five minutes when it does not say", now: signTime.Add(5 * time.Minute)},
		{name: "expired", expires: "60", now: signTime.Add(61 * time.Second), want: "InvalidSignatureException", message: "Signature expired: 20260301T120000Z is now earlier than 20260301T120001Z (20260301T120101Z - 60 sec.)"},
		{name: "expired when it does not say", now: signTime.Add(5*time.Minute + time.Second), want: "InvalidSignatureException", message: "Signature expired"},
		{name: "not yet good", expires: "60", now: signTime.Add(-6 * time.Minute), want: "InvalidSignatureException", message: "not yet current"},
		{name: "good for longer than it was signed", expires: "60", change: set("X-Amz-Expires", "600"), want: "InvalidSignatureException", message: "does not match"},
		{name: "good for ever", change: set("X-Amz-Expires", "604801"), want: "IncompleteSignatureException", message: "1 to 604800"},
		{name: "good for less than nothing", change: set("X-Amz-Expires", "-1"), want: "IncompleteSignatureException", message: "'-1'"},
		{name: "good for nothing", change: set("X-Amz-Expires", "0"), want: "IncompleteSignatureException", message: "'0'"},
		{name: "another body", body: `{"Limit":2}`, want: "InvalidSignatureException", message: "does not match"},
		{name: "another parameter", change: set("Extra", "1"), want: "InvalidSignatureException", message: "does not match"},
		{name: "another signature", change: set("X-Amz-Signature", strings.Repeat("0", 64)), want: "InvalidSignatureException", message: "does not match"},
		{name: "no signature", change: set("X-Amz-Signature", ""), want: "IncompleteSignatureException", message: "'X-Amz-Signature'"},
		{name: "no credential", change: set("X-Amz-Credential", ""), want: "IncompleteSignatureException", message: "'X-Amz-Credential'"},
		{name: "no date", change: set("X-Amz-Date", ""), want: "IncompleteSignatureException", message: "'X-Amz-Date'"},
		{name: "a bad date", change: set("X-Amz-Date", "today"), want: "IncompleteSignatureException", message: "today"},
		{name: "no signed headers", change: set("X-Amz-SignedHeaders", ""), want: "IncompleteSignatureException", message: "'X-Amz-SignedHeaders'"},
		{name: "the host not signed", change: set("X-Amz-SignedHeaders", "content-type"), want: "InvalidSignatureException", message: "'host' must be"},
		{name: "a short scope", change: set("X-Amz-Credential", "AKIDLEAT/20260301"), want: "IncompleteSignatureException", message: "AKIDLEAT/20260301"},
		{name: "an unknown key", change: set("X-Amz-Credential", "AKIDNOBODY/20260301/eu-central-1/kinesis/aws4_request"), want: "UnrecognizedClientException", message: "security token"},
		{name: "another algorithm", change: set("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"), want: "IncompleteSignatureException", message: "ECDSA"},
		{name: "another target in a header", change: func(r *http.Request) { r.Header.Set("X-Amz-Target", "Kinesis_20131202.DeleteStream") }, want: "InvalidSignatureException"},
		{name: "two signatures", change: func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 x") }, want: "InvalidSignatureException", message: "Found both"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := presigned(t, body, test.expires)
			if targetOf(r) != "Kinesis_20131202.ListStreams" {
				t.Fatalf("target %q of %v %v", targetOf(r), r.URL, r.Header)
			}
			if test.change != nil {
				test.change(r)
			}
			sent, now := body, signTime
			if test.body != "" {
				sent = []byte(test.body)
			}
			if !test.now.IsZero() {
				now = test.now
			}
			_, err := check(auth, r, sent, "kinesis", now)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if named, ok := err.(*Error); !ok || named.Type != test.want || !strings.Contains(named.Message, test.message) {
				t.Errorf("got %v, want %s: …%s…", err, test.want, test.message)
			}
		})
	}
}

func FuzzPresigned(f *testing.F) {
	f.Add("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A/20260301/r/s/aws4_request&X-Amz-Date=20260301T120000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0", "")
	f.Add("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=9", string(chunkedPayload))
	auth := newAuthenticator([]Credential{credential})
	f.Fuzz(func(t *testing.T, query, hash string) {
		r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/", RawQuery: query}, Header: http.Header{}, Host: "localhost"}
		r.Header.Set("X-Amz-Content-Sha256", hash)
		if _, err := check(auth, r, []byte("0;chunk-signature=\r\n\r\n"), "kinesis", signTime); err == nil {
			t.Errorf("%q got in", query)
		}
	})
}
