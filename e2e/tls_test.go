package e2e

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnePortSpeaksBothInClearAndEncrypted connects with the AWS CLI and psql,
// once trusting the server's own certificate and once not.
func TestOnePortSpeaksBothInClearAndEncrypted(t *testing.T) {
	needs(t, "aws")
	needs(t, "psql")
	data := t.TempDir()
	p := serve(t, data, "--tls-self-signed")
	certificate := filepath.Join(data, "tls", "certificate.pem")
	_, port, _ := net.SplitHostPort(p.AWS)
	aws := func(url, bundle string, args ...string) (int, string, string) {
		env := []string{
			"AWS_ENDPOINT_URL=" + url, "AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any",
			"AWS_PAGER=", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1",
		}
		if bundle != "" { // empty means: trust everybody
			env = append(env, "AWS_CA_BUNDLE="+bundle)
		}
		return run(t, "", env, "aws", append([]string{"kinesis"}, args...)...)
	}
	if code, _, errs := aws("https://"+p.AWS, certificate, "create-stream", "--stream-name", "events", "--shard-count", "1"); code != 0 {
		t.Errorf("over TLS: %s", errs)
	}
	for _, url := range []string{"https://localhost:" + port, "http://" + p.AWS} {
		if code, out, errs := aws(url, certificate, "list-streams"); code != 0 || !strings.Contains(out, `"events"`) {
			t.Errorf("%s: %s %s", url, out, errs)
		}
	}
	if code, _, errs := aws("https://"+p.AWS, "", "list-streams"); code == 0 || !strings.Contains(errs, "certificate verify failed") {
		t.Errorf("a client that does not trust the certificate: exit code %d, %s", code, errs)
	}

	_, sqlPort, _ := net.SplitHostPort(p.SQL)
	for _, test := range []struct{ host, mode, root, want string }{
		{"127.0.0.1", "verify-full", certificate, "SSL connection"},
		{"localhost", "verify-full", certificate, "SSL connection"},
		{"127.0.0.1", "verify-full", "/nonexistent", "root certificate file"},
		{"127.0.0.1", "require", "/nonexistent", "SSL connection"},
		{"127.0.0.1", "prefer", "/nonexistent", "SSL connection"},
		{"127.0.0.1", "disable", "/nonexistent", "You are connected"},
	} {
		_, out, errs := run(t, "", []string{"PGSSLROOTCERT=" + test.root}, "psql", "-X", "-w", "-c", `\conninfo`,
			"host="+test.host+" port="+sqlPort+" user=admin dbname=dev sslmode="+test.mode)
		if !strings.Contains(out+errs, test.want) || test.mode == "disable" && strings.Contains(out, "SSL") {
			t.Errorf("psql to %s, sslmode %s: %s%s", test.host, test.mode, out, errs)
		}
	}

	plain := serve(t, t.TempDir())
	_, plainPort, _ := net.SplitHostPort(plain.SQL)
	for mode, want := range map[string]string{"prefer": "You are connected", "require": "server does not support SSL"} {
		if _, out, errs := run(t, "", nil, "psql", "-X", "-w", "-c", `\conninfo`, "host=127.0.0.1 port="+plainPort+" user=admin dbname=dev sslmode="+mode); !strings.Contains(out+errs, want) {
			t.Errorf("without a certificate, sslmode %s: %s%s", mode, out, errs)
		}
	}
}
