package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version, and of what Leat is made.
func (versionCommand) Run(term terminal) error {
	revision, modified := "unknown", ""
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, setting := range info.Settings {
			switch {
			case setting.Key == "vcs.revision":
				revision = setting.Value
			case setting.Key == "vcs.modified" && setting.Value == "true":
				modified = " with changes"
			}
		}
	}
	_, err := fmt.Fprintf(term.out, "leat %s%s\n%s %s/%s\n", revision, modified, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
