package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A fluentBit sends what Fluent Bit's output kinesis_streams sends, byte by
// byte as its source has it: https://github.com/fluent/fluent-bit, plugins/out_kinesis_streams
// and src/aws. It speaks HTTP/1.1 over TLS, signs every header it sends, and
// looks for one text in the answer.
type fluentBit struct {
	url, host string
	client    http.Client
}

// newFluentBit returns one that trusts the certificate that a server has made.
func newFluentBit(t *testing.T, p *process, data string) *fluentBit {
	t.Helper()
	certificate, err := os.ReadFile(filepath.Join(data, "tls", "certificate.pem"))
	ok(t, err)
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(certificate) {
		t.Fatalf("%s is no certificate", certificate)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
	t.Cleanup(transport.CloseIdleConnections)
	return &fluentBit{url: "https://" + p.AWS + "/", host: p.AWS, client: http.Client{Transport: transport}}
}

// put sends lines as one PutRecords. It says whether all of them have been
// taken; if not, the whole batch is sent again.
func (f *fluentBit) put(t *testing.T, stream string, lines []string) bool {
	t.Helper()
	var body strings.Builder
	body.WriteString(`{"StreamName":"` + stream + `","Records":[`)
	for i, line := range lines {
		if i > 0 {
			body.WriteString(",")
		}
		fmt.Fprintf(&body, `{"Data":"%s","PartitionKey":"ZxAbCdEfGh%d%d"}`, base64.StdEncoding.EncodeToString([]byte(line)), i%7919, time.Now().Nanosecond()%7919)
	}
	body.WriteString("]}")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url, strings.NewReader(body.String()))
	ok(t, err)
	request.Host = f.host
	f.sign(request, body.String(), time.Now())
	response, err := f.client.Do(request)
	ok(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	ok(t, err)
	if response.StatusCode == http.StatusOK {
		return bytes.Contains(answer, []byte(`"FailedRecordCount":0`))
	}
	var told struct {
		Type string `json:"__type"`
	}
	if json.Unmarshal(answer, &told) != nil || !strings.HasSuffix(told.Type, "ProvisionedThroughputExceededException") {
		t.Fatalf("status %d: %s", response.StatusCode, answer)
	}
	return false
}

// sign sets the request's headers and signs all of them, by signature version 4.
func (f *fluentBit) sign(request *http.Request, body string, now time.Time) {
	moment, day := now.UTC().Format("20060102T150405Z"), now.UTC().Format("20060102")
	headers := [][2]string{ // by name
		{"content-length", strconv.Itoa(len(body))}, {"content-type", "application/x-amz-json-1.1"}, {"host", f.host},
		{"user-agent", "aws-fluent-bit-plugin"}, {"x-amz-date", moment}, {"x-amz-target", "Kinesis_20131202.PutRecords"},
	}
	var canonical strings.Builder
	var names []string
	canonical.WriteString("POST\n/\n\n")
	for _, header := range headers {
		request.Header.Set(header[0], header[1])
		canonical.WriteString(header[0] + ":" + header[1] + "\n")
		names = append(names, header[0])
	}
	signed := strings.Join(names, ";")
	canonical.WriteString("\n" + signed + "\n" + digest(body))
	scope := day + "/us-east-1/kinesis/aws4_request"
	key := []byte("AWS4secret")
	for _, part := range []string{day, "us-east-1", "kinesis", "aws4_request", "AWS4-HMAC-SHA256\n" + moment + "\n" + scope + "\n" + digest(canonical.String())} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDFLUENT/"+scope+", SignedHeaders="+signed+", Signature="+hex.EncodeToString(key))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestFluentBitsRequestsAreUnderstood sends log lines in batches of 500, has one
// throttled, and finds each line once.
func TestFluentBitsRequestsAreUnderstood(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	keys := filepath.Join(t.TempDir(), "keys")
	ok(t, os.WriteFile(keys, []byte("[default]\naws_access_key_id = AKIDFLUENT\naws_secret_access_key = secret\n"), 0o600))
	p := serve(t, data, "--tls-self-signed", "--credentials-file", keys, "--faults")
	p.identity("AKIDFLUENT", "secret")
	p.createStream(t, "logs", 3)
	code, _, errs := leat(t, "", "faults", "set", "busy", "--address", p.HTTP, "--operation", "PutRecords", "--stream", "logs",
		"--error", "ProvisionedThroughputExceededException", "--count", "1")
	if code != 0 {
		t.Fatal(errs)
	}
	var lines []string
	for i := range 1234 {
		lines = append(lines, fmt.Sprintf(`{"log":"line %d: ü\n","stream":"stdout"}`+"\n", i))
	}
	f := newFluentBit(t, p, data)
	again := 0
	for from := 0; from < len(lines); from += 500 {
		for !f.put(t, "logs", lines[from:min(from+500, len(lines))]) {
			again++
		}
		f.host = "127.0.0.1" // some of its versions leave the port out, and sign that
	}
	if again != 1 {
		t.Errorf("%d batches were sent again, want 1", again)
	}
	seen := map[string]int{}
	for _, line := range p.readStream(t, "logs") {
		seen[string(line)]++
	}
	for _, line := range lines {
		if seen[line] != 1 {
			t.Fatalf("the stream has %q %d times", line, seen[line])
		}
	}
	if len(seen) != len(lines) {
		t.Errorf("the stream has %d lines, want %d", len(seen), len(lines))
	}
}
