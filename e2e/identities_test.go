package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestIdentitiesComeFromACredentialsFile gives server and clients one file, and
// changes it while the server runs.
func TestIdentitiesComeFromACredentialsFile(t *testing.T) {
	needs(t, "aws")
	dir := t.TempDir()
	file := filepath.Join(dir, "keys")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const before = "[default]\naws_access_key_id = AKIDONE\naws_secret_access_key = one/+\n\n" +
		"[deployer]\naws_access_key_id = ASIATWO\naws_secret_access_key = two\naws_session_token = FwoGZXIvYXdz//==\n"
	write(before)
	p := serve(t, filepath.Join(dir, "data"), "--credentials-file", file)
	// Clients keep their own copy, so that the server's can change without them.
	clients := filepath.Join(dir, "clients")
	if err := os.WriteFile(clients, []byte(before+"[wrong-token]\naws_access_key_id = ASIATWO\naws_secret_access_key = two\naws_session_token = FwoG\n"+
		"[no-token]\naws_access_key_id = ASIATWO\naws_secret_access_key = two\n[next]\naws_access_key_id = AKIDNEXT\naws_secret_access_key = next\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	aws := func(profile string, args ...string) (int, string) {
		code, out, errs := run(t, "", []string{
			"AWS_ENDPOINT_URL=http://" + p.AWS, "AWS_DEFAULT_REGION=us-east-1", "AWS_PROFILE=" + profile, "AWS_SHARED_CREDENTIALS_FILE=" + clients,
			"AWS_PAGER=", "AWS_CONFIG_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1",
		}, "aws", append([]string{"kinesis"}, args...)...)
		return code, out + errs
	}
	if code, out := aws("default", "create-stream", "--stream-name", "orders", "--shard-count", "1"); code != 0 {
		t.Fatalf("default: %s", out)
	}
	if code, out := aws("deployer", "delete-stream", "--stream-name", "orders"); code != 0 {
		t.Errorf("deployer: %s", out)
	}
	for _, line := range []string{
		"msg=changed service=kinesis operation=CreateStream", "on=orders identity=default",
		"msg=changed service=kinesis operation=DeleteStream", "on=orders identity=deployer",
	} {
		if !strings.Contains(p.output.String(), line) {
			t.Errorf("the log has no %q", line)
		}
	}
	for _, profile := range []string{"wrong-token", "no-token", "next"} {
		if code, out := aws(profile, "list-streams"); code == 0 || !strings.Contains(out, "(UnrecognizedClientException) when calling the ListStreams operation: The security token included in the request is invalid.") {
			t.Errorf("%s: exit code %d, %s", profile, code, out)
		}
	}

	// A file that cannot be used changes nothing.
	write(before + "[default]\n")
	p.reload(t, "begins profile default again, after line 1")
	if code, out := aws("default", "list-streams"); code != 0 {
		t.Errorf("after a bad file: %s", out)
	}
	write("[next]\naws_access_key_id = AKIDNEXT\naws_secret_access_key = next\n")
	p.reload(t, "identities=[next]")
	for profile, want := range map[string]bool{"default": false, "deployer": false, "next": true} {
		if code, out := aws(profile, "list-streams"); (code == 0) != want {
			t.Errorf("after the change, %s: exit code %d, %s", profile, code, out)
		}
	}
	if strings.Contains(p.output.String(), "one/+") || strings.Contains(p.output.String(), "FwoG") {
		t.Error("a secret is in the log")
	}
}

// reload sends the signal that makes a server read its files again, and waits
// for what it says to that.
func (p *process) reload(t *testing.T, says string) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := poll(func() (bool, error) { return strings.Contains(p.output.String(), says), nil }); err != nil {
		t.Fatalf("wait for %q in the log: %v", says, err)
	}
}
