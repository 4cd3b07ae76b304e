package e2e

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNobodyGetsInWithoutCredentials configures keys and a password, and tries
// the doors with others and with none.
func TestNobodyGetsInWithoutCredentials(t *testing.T) {
	needs(t, "aws")
	needs(t, "psql")
	t.Setenv("LEAT_ACCESS_KEY_ID", "AKIDLEAT")
	t.Setenv("LEAT_SECRET_ACCESS_KEY", "the-secret")
	t.Setenv("LEAT_PASSWORD", "the-password")
	p := serve(t, t.TempDir())
	aws := func(id, secret string, args ...string) (int, string, string) {
		return run(t, "", []string{
			"AWS_ENDPOINT_URL=http://" + p.AWS, "AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=" + id, "AWS_SECRET_ACCESS_KEY=" + secret,
			"AWS_PAGER=", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1",
		}, "aws", args...)
	}
	create := []string{"kinesis", "create-stream", "--stream-name", "events", "--shard-count", "1"}
	for _, wrong := range [][2]string{{"AKIDLEAT", "another"}, {"AKIDOTHER", "the-secret"}} {
		if code, _, errs := aws(wrong[0], wrong[1], create...); code == 0 || !strings.Contains(errs, "(InvalidSignatureException)") && !strings.Contains(errs, "(UnrecognizedClientException)") {
			t.Errorf("with key %s and secret %s: exit code %d, %q", wrong[0], wrong[1], code, errs)
		}
	}
	if status, kind, _ := post(t, p, "Kinesis_20131202.ListStreams", "{}"); status != 400 && status != 403 || !strings.Contains(kind, "MissingAuthenticationToken") {
		t.Errorf("without a signature: status %d, type %q", status, kind)
	}
	if code, _, errs := aws("AKIDLEAT", "the-secret", create...); code != 0 {
		t.Errorf("with the right key: %s", errs)
	}
	file := filepath.Join(t.TempDir(), "one.json")
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := leat(t, "", "put", "events", file, "--endpoint", "http://"+p.AWS); code != 0 {
		t.Errorf("leat put with the right key: %s", errs)
	}

	host, port, _ := net.SplitHostPort(p.SQL)
	psql := func(user, password string) (int, string, string) {
		return run(t, "", []string{"PGPASSWORD=" + password}, "psql", "-X", "-A", "-t", "-w", "-h", host, "-p", port, "-U", user, "-c", "SELECT 42", "dev")
	}
	for _, wrong := range [][2]string{{"admin", "another"}, {"admin", ""}, {"other", "the-password"}} {
		if code, out, _ := psql(wrong[0], wrong[1]); code == 0 || strings.Contains(out, "42") {
			t.Errorf("user %s with password %q got in", wrong[0], wrong[1])
		}
	}
	if code, out, errs := psql("admin", "the-password"); code != 0 || strings.TrimSpace(out) != "42" {
		t.Errorf("with the right password: exit code %d, %q, %q", code, out, errs)
	}
	if code, out, errs := leat(t, "", "sql", "--address", p.SQL, "-c", "SELECT 42 AS n", "--format", "json"); code != 0 || out != "{\"n\":42}\n" {
		t.Errorf("leat sql with the right password: exit code %d, %q, %q", code, out, errs)
	}
}
