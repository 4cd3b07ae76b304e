package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"leat/server"
	"leat/shardlog"
	"leat/vfs"
)

type verifyCommand struct {
	Data string `env:"LEAT_DATA" default:"leat-data/main" type:"path" placeholder:"DIR" help:"Data folder (leat-data/main)."`
}

// Help is shown by leat verify --help.
func (verifyCommand) Help() string {
	return `Examples:

  leat verify --data leat-data/demo

Reads every checksum of the streams and changes nothing. A torn tail, which a crash
leaves and the next start drops, is a warning; anything else that does not add up is
damage, and makes the exit code 1.`
}

// Run checks the folder and reports what it found.
func (c verifyCommand) Run(ctx context.Context, term terminal) error {
	streams := server.Folder(c.Data).Streams()
	if _, err := os.Stat(streams); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is not a data folder: it has no streams", c.Data)
	}
	findings, err := shardlog.Verify(ctx, vfs.OS(), streams)
	if err != nil {
		return fmt.Errorf("verify %s: %w", c.Data, err)
	}
	damaged := 0
	for _, f := range findings {
		kind := "warning"
		if f.Damage {
			kind = "DAMAGE"
			damaged++
		}
		fmt.Fprintf(term.out, "%-8s stream %s, %s at %d: %s\n", kind, f.Stream, f.File, f.Offset, f.Message)
	}
	if damaged > 0 {
		fmt.Fprintf(term.out, "%s: %d damaged places\n", c.Data, damaged)
		return reported{"damaged"}
	}
	fmt.Fprintf(term.out, "%s: every checksum is right, %d warnings\n", c.Data, len(findings))
	return nil
}
