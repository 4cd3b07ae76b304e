package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"leat/cmd/leat/fuzz"
)

type fuzzCommand struct {
	Duration time.Duration `default:"20s" placeholder:"D" help:"How long to send records and statements (${default}); the checks come after it."`
	Seed     uint64        `placeholder:"N" help:"Make up the same records and statements as a run before. Default: others each time."`
	Memory   size          `default:"512MiB" placeholder:"SIZE" help:"Memory limit of the server (${default})."`
	Sessions int           `default:"4" placeholder:"N" help:"Connections that send statements (${default})."`
	Records  int           `default:"50" placeholder:"N" help:"Records each second (${default})."`
	Findings int           `default:"20" placeholder:"N" help:"Stop after so many findings (${default})."`
	Corpus   []string      `type:"existingfile" placeholder:"FILE" help:"Files of statements, an empty line after each, to be mutated besides the built-in ones."`
	Dir      string        `type:"path" placeholder:"DIR" help:"Where to make the server's folder. Default: the system's folder for temporary files."`
}

// Help is shown by leat fuzz --help.
func (fuzzCommand) Help() string {
	return `Examples:

  leat fuzz
  leat fuzz --duration 8h --memory 256MiB --sessions 8
  leat fuzz --seed 4711

Starts a server of its own and sends it records and statements that nobody would write:
hostile text and numbers, documents that are almost JSON, statements that grow without bound,
cancels and lost connections. It looks whether the server lives, answers in time, keeps to its
memory and sends UTF-8; whether every record is in each view and bucket once; and whether a
value is the same in a view, in a SELECT, in the lake, and as Go reads it. The exit code is 1
when anything is wrong; what did it is printed as short as possible, and the server's folder
is kept.`
}

// Run runs the campaign.
func (c fuzzCommand) Run(ctx context.Context, term terminal) error {
	if c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	report, err := fuzz.Run(ctx, fuzz.Config{
		Duration: c.Duration, Seed: c.Seed, MemoryBytes: int64(c.Memory), Sessions: c.Sessions, RecordsPerSecond: c.Records,
		Most: c.Findings, Corpus: c.Corpus, Dir: c.Dir, Out: term.err,
	})
	if err != nil {
		return err
	}
	fmt.Fprint(term.out, report)
	if len(report.Findings) > 0 {
		return reported{"there are findings"}
	}
	return nil
}
