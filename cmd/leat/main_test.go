package main

import (
	"context"
	"strings"
	"testing"
)

// invoke runs the program as a user would, in this process.
func invoke(t *testing.T, stdin string, args ...string) (code int, out, err string) {
	t.Helper()
	var stdout, stderr strings.Builder
	code = run(context.Background(), args, terminal{in: strings.NewReader(stdin), out: &stdout, err: &stderr})
	return code, stdout.String(), stderr.String()
}

func TestHelpTeaches(t *testing.T) {
	for _, args := range [][]string{{}, {"--help"}} {
		code, out, _ := invoke(t, "", args...)
		if code != exitOK || !strings.Contains(out, "serve") || !strings.Contains(out, "put") {
			t.Errorf("leat %v: code %d, output %q", args, code, out)
		}
	}
	for _, command := range []string{"demo", "serve", "put", "sql", "verify", "bench", "faults", "crash", "fuzz"} {
		code, out, _ := invoke(t, "", command, "--help")
		if code != exitOK || !strings.Contains(out, "Examples:") || !strings.Contains(out, "leat "+command+" ") {
			t.Errorf("leat %s --help: code %d, output %q", command, code, out)
		}
	}
}

func TestWrongCommandLinesAreTold(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"fly"}, `unexpected argument fly`},
		{[]string{"put", "stream"}, `leat put --help`},
		{[]string{"serve", "--memory", "much"}, `"much" is not a size such as 512MiB`},
		{[]string{"sql", "-c", "a", "-f", "b"}, "can't be used together"},
		{[]string{"put", "s", "f", "--key", "a", "--key-field", "b"}, "can't be used together"},
		{[]string{"bench", "put", "--shards", "0"}, "--shards must be more than 0"},
		{[]string{"bench", "streams", "--connections", "0"}, "--connections must be more than 0"},
		{[]string{"bench", "fanout", "--rate", "0"}, "--rate must be more than 0"},
	} {
		code, _, err := invoke(t, "", test.args...)
		if code != exitUsage || !strings.Contains(err, test.want) {
			t.Errorf("leat %v: code %d, error %q, want %q", test.args, code, err, test.want)
		}
	}
}

func TestFailuresSayWhatToDo(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"listen everywhere without credentials", []string{"serve", "--data", t.TempDir(), "--aws-addr", "0.0.0.0:0"}, "set an access key id"},
		{"verify nothing", []string{"verify", "--data", t.TempDir()}, "is not a data folder"},
		{"put a file that is not there", []string{"put", "s", t.TempDir() + "/none.json"}, "no such file"},
		{"no SQL server", []string{"sql", "-c", "SELECT 1", "--address", "127.0.0.1:1"}, "leat serve"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, _, err := invoke(t, "", test.args...)
			if code != exitFailed || !strings.Contains(err, test.want) {
				t.Errorf("code %d, error %q, want %q", code, err, test.want)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"512MiB": 512 << 20, "2gib": 2 << 30, "1.5 GiB": 3 << 29, "800MB": 800e6, "4096": 4096, "64k": 64 << 10} {
		var got size
		if err := got.UnmarshalText([]byte(text)); err != nil || int64(got) != want {
			t.Errorf("%s: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1PiB", "ten", "NaN", "9999999999TiB"} {
		var got size
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken as %d", text, got)
		}
	}
}
