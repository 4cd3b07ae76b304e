package server

import (
	"log/slog"
	"os"
	"strings"
	"testing"
)

func TestNothingListensBeyondLoopbackWithoutCredentials(t *testing.T) {
	keys := Config{AccessKeyID: "AKID", SecretAccessKey: "secret", Password: "pass"}
	for _, test := range []struct {
		name string
		cfg  Config
		want string // part of the error; "" for none
	}{
		{"defaults", Config{}, ""},
		{"names and addresses of loopback", Config{AWSAddr: "localhost:0", SQLAddr: "[::1]:0", HTTPAddr: "127.9.9.9:0"}, ""},
		{"AWS on every interface", Config{AWSAddr: "0.0.0.0:4566"}, "secret access key"},
		{"AWS with no host", Config{AWSAddr: ":4566"}, "secret access key"},
		{"AWS by a name", Config{AWSAddr: "leat.example.com:4566"}, "secret access key"},
		{"AWS on every interface, only a password", Config{AWSAddr: "[::]:4566", Password: "pass"}, "secret access key"},
		{"SQL on every interface", Config{SQLAddr: "0.0.0.0:5439"}, "a password"},
		{"SQL on every interface, only keys", Config{SQLAddr: "0.0.0.0:5439", AccessKeyID: "AKID", SecretAccessKey: "s"}, "a password"},
		{"metrics on every interface", Config{HTTPAddr: "0.0.0.0:8080"}, "nothing there asks for a password"},
		{"no port", Config{AWSAddr: "127.0.0.1"}, "missing port"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.cfg.Data = "data"
			checkError(t, test.cfg.Validate(), test.want)
		})
	}
	keys.Data, keys.AWSAddr, keys.SQLAddr = "data", "0.0.0.0:4566", "0.0.0.0:5439"
	checkError(t, keys.Validate(), "")
}

func TestConfigurationsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, test := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"no data folder", Config{}, "no data folder"},
		{"little memory", Config{Data: "data", MemoryBytes: 1 << 20}, "at least 256 MiB"},
		{"threads", Config{Data: "data", Threads: -1}, "less than 1"},
		{"half of the keys", Config{Data: "data", AccessKeyID: "AKID"}, "both"},
		{"the other half", Config{Data: "data", SecretAccessKey: "s"}, "both"},
	} {
		t.Run(test.name, func(t *testing.T) { checkError(t, test.cfg.Validate(), test.want) })
	}
}

func TestMemoryPlanStaysWithinTheLimit(t *testing.T) {
	for _, total := range []int64{minMemory, 1 << 30, 16 << 30} {
		plan := planMemory(total)
		sum := plan.goHeap + plan.warehouse + plan.lake
		if plan.goHeap <= 0 || plan.warehouse <= 0 || plan.lake <= 0 || sum > total*85/100 {
			t.Errorf("plan for %d MiB is %+v", total>>20, plan)
		}
	}
	for machine, want := range map[int64]int64{0: 1 << 30, 64 << 30: 1 << 30, 1 << 30: 512 << 20, 100 << 20: minMemory} {
		if got := defaultMemory(machine); got != want {
			t.Errorf("a machine of %d MiB gives %d MiB, want %d", machine>>20, got>>20, want>>20)
		}
	}
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %q", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestEncryptionIsConfiguredWhole(t *testing.T) {
	for name, cfg := range map[string]Config{
		"a certificate alone": {TLSCert: "c"},
		"a key alone":         {TLSKey: "k"},
		"two certificates":    {TLSCert: "c", TLSKey: "k", TLSSelfSigned: true},
	} {
		cfg.Data = "data"
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "TLS") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACredentialsFileIsReadAndChecked(t *testing.T) {
	file := t.TempDir() + "/keys"
	write := func(text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
	}
	var log strings.Builder
	cfg := Config{
		CredentialsFile: file, AccessKeyID: "AKIDOWN", SecretAccessKey: "own",
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	}
	write("[a]\naws_access_key_id = AKIDA\naws_secret_access_key = a\n", 0o600)
	all, err := cfg.credentials()
	if err != nil || len(all) != 2 || all[0].Identity != OwnIdentity || all[1].Identity != "a" || log.Len() > 0 {
		t.Errorf("got %v, %v, log %q", all, err, log.String())
	}
	write("[a]\naws_access_key_id = AKIDA\naws_secret_access_key = a\n", 0o644)
	if _, err := cfg.credentials(); err != nil || !strings.Contains(log.String(), "chmod 600 "+file) {
		t.Errorf("a file that everybody can read: %v, log %q", err, log.String())
	}
	write("[root]\naws_access_key_id = AKIDA\naws_secret_access_key = a\n", 0o600)
	_, err = cfg.credentials()
	checkError(t, err, "has the name of the key pair")
	write("nonsense", 0o600)
	_, err = cfg.credentials()
	checkError(t, err, file+": line 1 is neither")
	write(strings.Repeat("#", maxCredentialsFile+1), 0o600)
	_, err = cfg.credentials()
	checkError(t, err, "more than 1 MiB")
	cfg.CredentialsFile = file + ".none"
	_, err = cfg.credentials()
	checkError(t, err, "no such file")
	open := Config{Data: "data", CredentialsFile: file, AWSAddr: "0.0.0.0:4566"}
	checkError(t, open.Validate(), "")
}
