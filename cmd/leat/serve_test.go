package main

import (
	"testing"
	"time"

	"leat/server"

	"github.com/alecthomas/kong"
)

func TestServeSaysHowItTestsPrograms(t *testing.T) {
	addrs := server.Addrs{HTTP: "127.0.0.1:8080"}
	for _, test := range []struct {
		cfg  server.Config
		want string
	}{
		{server.Config{}, ""},
		{server.Config{EnforceLimits: true}, "  For tests  AWS's limits are enforced\n"},
		{server.Config{StreamStatusDelay: 2 * time.Second, Faults: true},
			"  For tests  streams change status after 2s\n             faults may be set: leat faults list --address 127.0.0.1:8080\n"},
	} {
		if got := howItTests(addrs, test.cfg); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestEveryFlagOfServeHasAVariable(t *testing.T) {
	parser := kong.Must(new(serveCommand), kong.Exit(func(int) {}))
	for _, flag := range parser.Model.Flags {
		if flag.Name != "help" && len(flag.Envs) == 0 {
			t.Errorf("--%s has no environment variable", flag.Name)
		}
	}
}
