package main

import "testing"

func TestSessionTokensStayWithTheirKey(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "ASIAONE")
	t.Setenv("AWS_SESSION_TOKEN", "token")
	for _, test := range []struct {
		name    string
		command putCommand
		want    string
	}{
		{"the environment's key", putCommand{AccessKeyID: "ASIAONE"}, "token"},
		{"another key", putCommand{AccessKeyID: "AKIDTWO"}, ""},
		{"another key with its own", putCommand{AccessKeyID: "ASIATWO", SessionToken: "own"}, "own"},
		{"no key", putCommand{}, ""},
	} {
		if got := test.command.sessionToken(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
