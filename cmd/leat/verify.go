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

Checks the folder of a server that does not run, and changes nothing in it: every checksum
of the streams; every block of the warehouse that a table uses, and its write-ahead log;
the structure of the delivery streams' database, their definitions and ledgers; and the
buckets, where gzip and Parquet are decoded whole, while other objects have no checksum and
are only read. Parquet and SQLite have no checksums for all that they hold: a changed value
there can pass. A torn tail, which a crash leaves and the next start drops, is a warning;
anything else is damage, and makes the exit code 1.`
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
		place := f.File
		if f.Offset >= 0 {
			place = fmt.Sprintf("%s at %d", f.File, f.Offset)
		}
		fmt.Fprintf(term.out, "%-8s %s, %s: %s\n", kind, f.Part, place, f.Message)
	}
	if damaged > 0 {
		fmt.Fprintf(term.out, "%s: %d damaged places\n", c.Data, damaged)
		return reported{"damaged"}
	}
	fmt.Fprintf(term.out, "%s: no damage, every ledger adds up; %d warnings\n", c.Data, len(findings))
	return nil
}
