package awsapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

var (
	signTime   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	credential = Credential{AccessKeyID: "AKIDLEAT", Secret: "wJalrXUtnFEMI/K7MDENG"}
)

// signedRequest is a request as the AWS SDK signs it, and as a server gets it.
func signedRequest(t *testing.T, url string, body []byte, credential Credential, service string, at time.Time) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", json11)
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams")
	r.Header.Set("X-Odd", "  several   spaces ")
	hash := sha256.Sum256(body)
	err = v4.NewSigner().SignHTTP(context.Background(),
		aws.Credentials{AccessKeyID: credential.AccessKeyID, SecretAccessKey: credential.Secret},
		r, hex.EncodeToString(hash[:]), service, "eu-central-1", at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSignaturesOfTheSDKAreVerified(t *testing.T) {
	auth := newAuthenticator([]Credential{{AccessKeyID: "OTHER", Secret: "other"}, credential})
	for _, url := range []string{
		"http://127.0.0.1:4566", "http://127.0.0.1:4566/", "http://localhost/", "https://leat.example.com:443/",
		"http://127.0.0.1/a%20path/with+plus/", "http://127.0.0.1/?b=2&a=1&a=0&a-b=%2Fx&empty=&space=a%20b",
	} {
		for _, body := range []string{"", "{}", strings.Repeat("x", 100_000)} {
			r := signedRequest(t, url, []byte(body), credential, "kinesis", signTime)
			if got, err := check(auth, r, []byte(body), "kinesis", signTime.Add(4*time.Minute)); err != nil || string(got) != body {
				t.Errorf("%s: %v", url, err)
			}
		}
	}
}

func TestWhatIsNotSignedRightIsRefused(t *testing.T) {
	auth := newAuthenticator([]Credential{credential})
	body := []byte(`{"Limit":1}`)
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	replace := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			was := r.Header.Get("Authorization")
			if !strings.Contains(was, old) {
				panic("nothing to replace in " + was)
			}
			r.Header.Set("Authorization", strings.Replace(was, old, new, 1))
		}
	}
	for _, test := range []struct {
		name    string
		change  func(*http.Request)
		body    string
		service string
		now     time.Time
		want    string
		message string
	}{
		{name: "no signature", change: func(r *http.Request) { r.Header.Del("Authorization") }, want: "MissingAuthenticationTokenException", message: "Missing Authentication Token"},
		{name: "another algorithm", change: replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), want: "IncompleteSignatureException", message: "AWS4-ECDSA-P256-SHA256"},
		{name: "no credential", change: replace("Credential=", "Crediential="), want: "IncompleteSignatureException", message: "requires 'Credential' parameter"},
		{name: "no signature field", change: replace("Signature=", "Sig="), want: "IncompleteSignatureException", message: "requires 'Signature' parameter"},
		{name: "no signed headers", change: replace("SignedHeaders=", "Signed="), want: "IncompleteSignatureException", message: "requires 'SignedHeaders' parameter"},
		{name: "no date", change: func(r *http.Request) { r.Header.Del("X-Amz-Date") }, want: "IncompleteSignatureException", message: "'X-Amz-Date'"},
		{name: "a bad date", change: header("X-Amz-Date", "yesterday"), want: "IncompleteSignatureException", message: "yesterday"},
		{name: "a short scope", change: replace("/eu-central-1/", "/"), want: "IncompleteSignatureException", message: "Credential"},
		{name: "an unknown key", change: replace("AKIDLEAT", "AKIDNOBODY"), want: "UnrecognizedClientException", message: "security token"},
		{name: "another secret's signature", change: func(r *http.Request) {
			*r = *signedRequest(t, r.URL.String(), body, Credential{AccessKeyID: credential.AccessKeyID, Secret: "wrong"}, "kinesis", signTime)
		}, want: "InvalidSignatureException", message: "does not match"},
		{name: "another body", body: `{"Limit":2}`, want: "InvalidSignatureException", message: "does not match"},
		{name: "another target", change: header("X-Amz-Target", "Kinesis_20131202.DeleteStream"), want: "InvalidSignatureException", message: "does not match"},
		{name: "another host", change: func(r *http.Request) { r.Host = "evil.example.com" }, want: "InvalidSignatureException", message: "does not match"},
		{name: "a truncated signature", change: func(r *http.Request) {
			was := r.Header.Get("Authorization")
			r.Header.Set("Authorization", was[:len(was)-1])
		}, want: "InvalidSignatureException", message: "does not match"},
		{name: "the target not signed", change: replace(";x-amz-target", ""), want: "InvalidSignatureException", message: "'x-amz-target' must be"},
		{name: "the host not signed", change: replace("host;", ""), want: "InvalidSignatureException", message: "'host' must be"},
		{name: "the date not signed", change: replace("x-amz-date;", ""), want: "InvalidSignatureException", message: "'x-amz-date' must be"},
		{name: "another service", service: "firehose", want: "InvalidSignatureException", message: "correct service: 'firehose'"},
		{name: "the scope of another day", change: replace("/20260301/", "/20260228/"), want: "InvalidSignatureException", message: "Date in Credential scope"},
		{name: "another terminator", change: replace("aws4_request", "aws5_request"), want: "InvalidSignatureException", message: "terminator"},
		{name: "too old", now: signTime.Add(5*time.Minute + time.Second), want: "InvalidSignatureException", message: "Signature expired: 20260301T120000Z is now earlier than 20260301T120001Z (20260301T120501Z - 5 min.)"},
		{name: "too new", now: signTime.Add(-5*time.Minute - time.Second), want: "InvalidSignatureException", message: "Signature not yet current: 20260301T120000Z is still later than 20260301T115959Z (20260301T115459Z + 5 min.)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := signedRequest(t, "http://127.0.0.1:4566/", body, credential, "kinesis", signTime)
			if test.change != nil {
				test.change(r)
			}
			sent, service, now := body, "kinesis", signTime
			if test.body != "" {
				sent = []byte(test.body)
			}
			if test.service != "" {
				service = test.service
			}
			if !test.now.IsZero() {
				now = test.now
			}
			_, err := check(auth, r, sent, service, now)
			named, ok := err.(*Error)
			if !ok {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if named.Type != test.want || !strings.Contains(named.Message, test.message) {
				t.Errorf("got %v, want %s: …%s…", err, test.want, test.message)
			}
			if strings.Contains(named.Message, signatureOf(r)) && signatureOf(r) != "" {
				t.Errorf("the message repeats the signature: %s", named.Message)
			}
		})
	}
}

// check does what the handler does.
func check(a *authenticator, r *http.Request, sent []byte, service string, now time.Time) ([]byte, error) {
	auth, err := a.identify(r, service, now)
	if err != nil {
		return nil, err
	}
	return auth.verify(r, &body{bytes: sent})
}

func signatureOf(r *http.Request) string {
	_, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	return signature
}

func FuzzAuthorization(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=A/20260301/r/s/aws4_request, SignedHeaders=host, Signature=00", "20260301T120000Z")
	f.Add("AWS4-HMAC-SHA256 Credential=,=,,Signature", "20260301T120000Z")
	auth := newAuthenticator([]Credential{credential})
	f.Fuzz(func(t *testing.T, header, stamp string) {
		r, _ := http.NewRequest(http.MethodPost, "http://127.0.0.1/", nil)
		r.Header.Set("Authorization", header)
		r.Header.Set("X-Amz-Date", stamp)
		r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams")
		if _, err := check(auth, r, nil, "kinesis", signTime); err == nil {
			t.Errorf("%q at %q got in", header, stamp)
		}
	})
}

// withToken is a request that the SDK signed with temporary credentials.
func withToken(t *testing.T, token string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:4566/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams")
	err = v4.NewSigner().SignHTTP(context.Background(),
		aws.Credentials{AccessKeyID: credential.AccessKeyID, SecretAccessKey: credential.Secret, SessionToken: token},
		r, hexSHA256(nil), "kinesis", "us-east-1", signTime)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSessionTokensAreAskedFor(t *testing.T) {
	temporary := credential
	temporary.SessionToken = "FwoGZXIvYXdzEXAMPLE=="
	for _, test := range []struct {
		name       string
		credential Credential
		request    *http.Request
		want       string
	}{
		{"the right one", temporary, withToken(t, temporary.SessionToken), ""},
		{"none", temporary, withToken(t, ""), "UnrecognizedClientException: The security token included in the request is invalid."},
		{"another", temporary, withToken(t, "FwoGZXIvYXdzEXAMPLE=-"), "UnrecognizedClientException: The security token included in the request is invalid."},
		{"one that nobody gave out", credential, withToken(t, "FwoGZXIvYXdzEXAMPLE=="), "UnrecognizedClientException: The security token included in the request is invalid."},
		{"none, as it should be", credential, withToken(t, ""), ""},
	} {
		_, err := check(newAuthenticator([]Credential{test.credential}), test.request, nil, "kinesis", signTime)
		if got := fmt.Sprint(err); got != test.want && (err != nil || test.want != "") {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}

	// A URL signed ahead has it in its query string.
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:4566/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams")
	signed, header, err := v4.NewSigner().PresignHTTP(context.Background(),
		aws.Credentials{AccessKeyID: temporary.AccessKeyID, SecretAccessKey: temporary.Secret, SessionToken: temporary.SessionToken},
		r, hexSHA256(nil), "kinesis", "us-east-1", signTime)
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]bool{signed: true, strings.Replace(signed, "EXAMPLE", "ANOTHER", 1): false} {
		r, _ := http.NewRequest(http.MethodPost, url, nil)
		r.Header = header
		if _, err := check(newAuthenticator([]Credential{temporary}), r, nil, "kinesis", signTime); (err == nil) != want {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestCredentialsAreReplacedWhole(t *testing.T) {
	h, err := New(Config{Credentials: []Credential{credential}, Services: []Service{echo()}})
	if err != nil {
		t.Fatal(err)
	}
	gets := func(want bool) {
		t.Helper()
		if _, err := check(h.auth.Load(), withToken(t, ""), nil, "kinesis", signTime); (err == nil) != want {
			t.Errorf("got in: %v, want %v", err == nil, want)
		}
	}
	gets(true)
	for _, wrong := range [][]Credential{nil, {{AccessKeyID: "A"}}, {credential, credential}} {
		if err := h.ReplaceCredentials(wrong); err == nil {
			t.Errorf("%v is taken", wrong)
		}
		gets(true)
	}
	if err := h.ReplaceCredentials([]Credential{{AccessKeyID: "NEW", Secret: "x"}}); err != nil {
		t.Error(err)
	}
	gets(false)
}
