package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"leat/duck"
)

type versionCommand struct{}

// Run prints the version, and of what Leat is made.
func (versionCommand) Run(term terminal) error {
	_, err := fmt.Fprintf(term.out, "leat %s\n%s %s/%s, DuckDB %s\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, duck.Version())
	return err
}

// buildVersion is the commit that the program was built from, as far as the
// build knows.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, modified := "unknown", ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = setting.Value[:min(12, len(setting.Value))]
		case setting.Key == "vcs.modified" && setting.Value == "true":
			modified = " with changes"
		}
	}
	return revision + modified
}
