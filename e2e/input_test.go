package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheCLIGetsAWSsErrors gives the AWS CLI what it must not accept.
func TestTheCLIGetsAWSsErrors(t *testing.T) {
	p := serve(t, t.TempDir())
	p.createStream(t, "events", 1)
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"put into a stream that does not exist", []string{"kinesis", "put-record", "--stream-name", "none", "--partition-key", "k", "--data", "eA=="}, "ResourceNotFoundException"},
		{"describe one", []string{"kinesis", "describe-stream-summary", "--stream-name", "none"}, "ResourceNotFoundException"},
		{"create one that exists", []string{"kinesis", "create-stream", "--stream-name", "events", "--shard-count", "1"}, "ResourceInUseException"},
		{"a name that cannot be", []string{"kinesis", "create-stream", "--stream-name", "a b", "--shard-count", "1"}, "ValidationException"},
		{"an iterator that was not made here", []string{"kinesis", "get-records", "--shard-iterator", "AAAA"}, "InvalidArgumentException"},
		{"what Leat does not do", []string{"firehose", "stop-delivery-stream-encryption", "--delivery-stream-name", "d"}, "StopDeliveryStreamEncryption"},
		{"a delivery stream from a stream that does not exist", []string{"firehose", "create-delivery-stream", "--delivery-stream-name", "d",
			"--delivery-stream-type", "KinesisStreamAsSource",
			"--kinesis-stream-source-configuration", "KinesisStreamARN=arn:aws:kinesis:us-east-1:000000000000:stream/none,RoleARN=arn:aws:iam::000000000000:role/r",
			"--extended-s3-destination-configuration", "RoleARN=arn:aws:iam::000000000000:role/r,BucketARN=arn:aws:s3:::bucket"}, "InvalidArgumentException"},
		{"a delivery stream that does not exist", []string{"firehose", "describe-delivery-stream", "--delivery-stream-name", "none"}, "ResourceNotFoundException"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, out, errs := p.aws(t, test.args...)
			if code == 0 || !strings.Contains(errs, test.want) {
				t.Errorf("exit code %d, output %q, error %q, want %s", code, out, errs, test.want)
			}
		})
	}
	code, out, errs := p.aws(t, "kinesis", "put-record", "--stream-name", "events", "--partition-key", "k", "--data", "eA==")
	if code != 0 || !strings.Contains(out, "SequenceNumber") {
		t.Errorf("after all that a good record gets exit code %d, %q, %q", code, out, errs)
	}
}

// TestRawRequestsGetAWSsErrors sends what no client would.
func TestRawRequestsGetAWSsErrors(t *testing.T) {
	p := serve(t, t.TempDir())
	p.createStream(t, "events", 1)
	entries := func(n int) string {
		return `{"StreamName":"events","Records":[` + strings.TrimSuffix(strings.Repeat(`{"Data":"eA==","PartitionKey":"k"},`, n), ",") + `]}`
	}
	for _, test := range []struct {
		name, target, body string
		status             int
		want               string
	}{
		{"500 records", "Kinesis_20131202.PutRecords", entries(500), 200, ""},
		{"501 records", "Kinesis_20131202.PutRecords", entries(501), 400, "ValidationException"},
		{"no records", "Kinesis_20131202.PutRecords", entries(0), 400, "ValidationException"},
		{"a body cut off", "Kinesis_20131202.PutRecords", entries(3)[:60], 400, "SerializationException"},
		{"no JSON", "Kinesis_20131202.PutRecords", "hello", 400, "SerializationException"},
		{"data that is no base64", "Kinesis_20131202.PutRecord", `{"StreamName":"events","Data":"***","PartitionKey":"k"}`, 400, "SerializationException"},
		{"no partition key", "Kinesis_20131202.PutRecord", `{"StreamName":"events","Data":"eA=="}`, 400, "ValidationException"},
		{"a record too large", "Kinesis_20131202.PutRecord", `{"StreamName":"events","PartitionKey":"k","Data":"` + strings.Repeat("AAAA", 400_000) + `"}`, 400, "InvalidArgumentException"},
		{"an operation there is not", "Kinesis_20131202.Fly", "{}", 400, "UnknownOperationException"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, kind, text := post(t, p, test.target, test.body)
			if status != test.status || test.want != "" && !strings.Contains(kind, test.want) {
				t.Errorf("status %d, type %q, want %d %s: %.300s", status, kind, test.status, test.want, text)
			}
		})
	}
	if n := len(p.readStream(t, "events")); n != 500 {
		t.Errorf("the stream has %d records, want the 500 of the only call that was right", n)
	}
}

// post sends one request and returns the status, the error's type and the body.
func post(t *testing.T, p *process, target, body string) (status int, kind, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+p.AWS+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", target)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Type string `json:"__type"`
	}
	json.Unmarshal(answer, &told) // not every answer is an error
	return response.StatusCode, told.Type, string(answer)
}

// TestSQLErrorsAreRedshifts gives psql what it must not accept.
func TestSQLErrorsAreRedshifts(t *testing.T) {
	p := serve(t, t.TempDir())
	secret := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(secret, []byte("a,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, sql, want string }{
		{"a view over nothing", `CREATE EXTERNAL SCHEMA streams FROM KINESIS IAM_ROLE default; CREATE MATERIALIZED VIEW v AS SELECT kinesis_data FROM streams."none"`, `none`},
		{"a schema that does not exist", "SELECT * FROM nowhere.t", `nowhere`},
		{"a table that does not exist", "SELECT * FROM none", `relation "none" does not exist`},
		{"a column that does not exist", "CREATE TABLE t (a int); SELECT b FROM t", `column "b" does not exist`},
		{"a function that does not exist", "SELECT fly(1)", `function fly(integer) does not exist`},
		{"a syntax error", "SELEC 1", `syntax error at or near "SELEC"`},
		{"half a statement", "SELECT (1", "syntax error"},
		{"a number that is none", "SELECT 'x'::int", "integer"},
		{"division by zero", "SELECT 1/0", "ivision by zero"},
		{"a view that does not exist", "REFRESH MATERIALIZED VIEW none", "none"},
		{"a file", "SELECT * FROM read_csv('" + secret + "')", "read_csv"},
		{"a file by its name", `SELECT * FROM "` + secret + `"`, "does not exist"},
		{"another database", "ATTACH '" + secret + "' AS x", "not supported"},
		{"an extension", "INSTALL httpfs", "syntax error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, out, errs := p.psql(t, test.sql+";\n")
			if !strings.Contains(errs, "ERROR:") || !strings.Contains(errs, test.want) || strings.Contains(out, "a,b") {
				t.Errorf("output %q, error %q, want %q", out, errs, test.want)
			}
		})
	}
	if _, out, errs := p.psql(t, "SELECT 1 + 1;\n"); strings.TrimSpace(out) != "2" {
		t.Errorf("after all that, 1 + 1 is %q, %q", out, errs)
	}
}

func TestADataFolderInUseIsRefused(t *testing.T) {
	data := t.TempDir()
	p := serve(t, data)
	code, _, errs := leat(t, "", append([]string{"serve", "--data", data}, freePorts...)...)
	if code != 1 || !strings.Contains(errs, "in use by process "+fmt.Sprint(p.command.Process.Pid)) {
		t.Errorf("exit code %d, error %q", code, errs)
	}
}

func TestAnAddressInUseIsRefused(t *testing.T) {
	p := serve(t, t.TempDir())
	code, _, errs := leat(t, "", "serve", "--data", t.TempDir(), "--aws-addr", p.AWS, "--sql-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0")
	if code != 1 || !strings.Contains(errs, p.AWS+" is in use") || !strings.Contains(errs, "--aws-addr") {
		t.Errorf("exit code %d, error %q", code, errs)
	}
}

// TestDamageIsToldAndNeverServed flips one bit of a stored record.
func TestDamageIsToldAndNeverServed(t *testing.T) {
	data := t.TempDir()
	p := serve(t, data)
	p.createStream(t, "events", 1)
	putWithBad(t, p, 5000, 0)
	if code := p.stop(t); code != 0 {
		t.Fatalf("leat serve ended with %d", code)
	}
	if code, out, errs := leat(t, "", "verify", "--data", data); code != 0 || !strings.Contains(out, "no damage") {
		t.Fatalf("before the damage, leat verify ended with %d: %s%s", code, out, errs)
	}
	file := damage(t, filepath.Join(data, "streams"), []byte(`"event_uuid"`))
	code, out, errs := leat(t, "", "verify", "--data", data)
	if code != 1 || !strings.Contains(out, "DAMAGE") || !strings.Contains(out, filepath.Base(file)) {
		t.Errorf("exit code %d, output %q, error %q, want the damage in %s", code, out, errs, file)
	}
	// A server starts all the same: the damage is one stream's, and whoever reads
	// there gets an error, not the record.
	p = serve(t, data)
	if _, err := p.tryReadStream(t, "events"); err == nil {
		t.Errorf("the damaged stream could be read")
	}
	// The log comes through a pipe, and may come after the answer.
	if err := poll(func() (bool, error) { return strings.Contains(p.output.String(), filepath.Base(file)), nil }); err != nil {
		t.Errorf("the log does not name %s: %v", file, err)
	}
	p.createStream(t, "other", 1)
	if status, _, text := post(t, p, "Kinesis_20131202.PutRecord", `{"StreamName":"other","Data":"eA==","PartitionKey":"k"}`); status != 200 {
		t.Errorf("another stream answers %d: %s", status, text)
	}
}

// damage flips a bit in the first file below a folder that holds a text, in the
// middle of its first half.
func damage(t *testing.T, folder string, text []byte) string {
	t.Helper()
	var damaged string
	err := filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || damaged != "" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		at := bytes.Index(content[min(len(content), len(content)/4):], text)
		if at < 0 {
			return nil
		}
		content[len(content)/4+at+2] ^= 1
		damaged = path
		return os.WriteFile(path, content, info.Mode())
	})
	if err != nil || damaged == "" {
		t.Fatalf("no file below %s holds %q: %v", folder, text, err)
	}
	return damaged
}
