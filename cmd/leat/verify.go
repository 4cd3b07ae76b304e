package main

import (
	"context"
	"fmt"

	"leat/server"
)

type verifyCommand struct {
	Data string `env:"LEAT_DATA" default:"leat-data/main" type:"path" placeholder:"DIR" help:"Data folder (leat-data/main)."`
}

// Help is shown by leat verify --help.
func (verifyCommand) Help() string {
	return `Examples:

  leat verify --data leat-data/demo

Checks the folder of a server that does not run: every checksum of the streams, and
whether the delivery streams' ledgers add up. A torn tail, which a crash leaves and the
next start drops, is a warning; anything else is damage, and makes the exit code 1. The
warehouse's database checks its pages whenever it reads them.`
}

// Run checks the folder and reports what it found.
func (c verifyCommand) Run(ctx context.Context, term terminal) error {
	findings, err := server.Verify(ctx, server.Folder(c.Data))
	if err != nil {
		return err
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
	fmt.Fprintf(term.out, "%s: every checksum is right, every ledger adds up; %d warnings\n", c.Data, len(findings))
	return nil
}
