// Package awstest helps the tests of the AWS APIs to use real clients: the AWS
// command line as a process, and the AWS SDK's HTTP transport.
//
// The command line runs without any of the caller's own settings: no profile,
// no configuration files, no retries, no pager. A machine without it skips the
// test and says so. Nothing here is part of Leat itself.
package awstest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A CLI runs the AWS command line against one server.
type CLI struct {
	t    *testing.T
	path string
	env  []string
}

// NewCLI returns a command line that signs with a key pair. It skips the test
// when there is none on this machine.
func NewCLI(t *testing.T, url, accessKeyID, secret string) CLI {
	t.Helper()
	path, err := exec.LookPath("aws")
	if err != nil {
		missing(t, "the AWS command line (aws)")
	}
	return CLI{t: t, path: path, env: environment(url, accessKeyID, secret)}
}

// missing leaves a test out, unless the environment says that clients are
// required.
func missing(t *testing.T, client string) {
	t.Helper()
	if os.Getenv("LEAT_E2E") == "required" {
		t.Fatalf("%s is not installed, and LEAT_E2E=required", client)
	}
	t.Skipf("%s is not installed: this end-to-end test is left out", client)
}

// environment gives a client one server and one key pair, and none of the
// caller's own settings.
func environment(url, accessKeyID, secret string) []string {
	env := slices.DeleteFunc(os.Environ(), func(setting string) bool { return strings.HasPrefix(setting, "AWS_") })
	return append(env,
		"AWS_ENDPOINT_URL="+url, "AWS_ACCESS_KEY_ID="+accessKeyID, "AWS_SECRET_ACCESS_KEY="+secret,
		"AWS_DEFAULT_REGION=us-east-1", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"AWS_PAGER=", "AWS_MAX_ATTEMPTS=1", "AWS_EC2_METADATA_DISABLED=true")
}

// Boto runs a Python program that uses boto3 against one server, and fails the
// test when the program does. It skips the test when there is no boto3.
func Boto(t *testing.T, program, url, accessKeyID, secret string) {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err == nil {
		err = exec.CommandContext(t.Context(), path, "-c", "import boto3").Run()
	}
	if err != nil {
		missing(t, "boto3 for python3")
	}
	command := exec.CommandContext(t.Context(), path, program)
	command.Env = environment(url, accessKeyID, secret)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// Run returns what a command prints on its two streams. The test fails when it
// fails without a word.
func (c CLI) Run(args ...string) (out, complaint string) {
	c.t.Helper()
	command := exec.CommandContext(c.t.Context(), c.path, args...)
	command.Env = c.env
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil && stderr.Len() == 0 {
		c.t.Fatalf("aws %s: %v", strings.Join(args, " "), err)
	}
	return stdout.String(), stderr.String()
}

// OK runs a command that must succeed and decodes what it prints into result,
// unless that is nil.
func (c CLI) OK(result any, args ...string) {
	c.t.Helper()
	out, complaint := c.Run(args...)
	if complaint != "" {
		c.t.Fatalf("aws %s: %s", strings.Join(args, " "), complaint)
	}
	if result != nil {
		if err := json.Unmarshal([]byte(out), result); err != nil {
			c.t.Fatalf("aws %s: %v in %s", strings.Join(args, " "), err, out)
		}
	}
}

// A Transport sends the SDK's requests. It hides from net/http that the SDK's
// bodies have WriteTo, which fails when the SDK has closed them because the
// answer came too soon; net/http would then close the connection in the middle
// of the answer. Leat's own client has the same.
type Transport struct{ client http.Client }

// NewTransport returns a transport with connections of its own, closed when
// the test ends.
func NewTransport(t testing.TB) *Transport { return NewTransportOf(t, &http.Transport{}) }

// NewTransportOf returns one that uses the connections of a pool.
func NewTransportOf(t testing.TB, pool *http.Transport) *Transport {
	t.Cleanup(pool.CloseIdleConnections)
	return &Transport{http.Client{Transport: pool}}
}

// Do sends one request.
func (c *Transport) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return c.client.Do(r)
}
