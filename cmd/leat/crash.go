package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"leat/cmd/leat/crash"
)

type crashCommand struct {
	Kills      int           `default:"20" placeholder:"N" help:"How often to kill the server (${default})."`
	Duration   time.Duration `placeholder:"D" help:"Stop earlier, after so long, such as 10m."`
	CheckEvery int           `default:"20" placeholder:"N" help:"Check everything after so many kills, and at the end (${default})."`
	Seed       uint64        `placeholder:"N" help:"Choose the same moments as a run before. Default: others each time."`
	Memory     size          `placeholder:"SIZE" help:"Memory limit of the server. Default: the server's own."`
	Dir        string        `type:"path" placeholder:"DIR" help:"Where to make the server's folder. Default: the system's folder for temporary files."`
}

// Help is shown by leat crash --help.
func (crashCommand) Help() string {
	return `Examples:

  leat crash
  leat crash --kills 1000 --check-every 50
  leat crash --kills 1000000 --duration 8h --dir /mnt/disk

Starts a server of its own and kills it again and again, as kill -9 does, at random moments
and at chosen ones: while it starts, while a commit is under way, while an object is
written. Meanwhile clients put records, split and merge shards, move money between accounts
in transactions, make and drop tables and views. Then it looks for everything that was
acknowledged in the stream, in the views, in the buckets and in the tables. The exit code is
1 when anything is lost, there twice, or there by half; the server's folder is kept then.`
}

// Run runs the campaign.
func (c crashCommand) Run(ctx context.Context, term terminal) error {
	if c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	report, err := crash.Run(ctx, crash.Config{
		Kills: c.Kills, Duration: c.Duration, CheckEvery: c.CheckEvery, Seed: c.Seed,
		MemoryBytes: int64(c.Memory), Dir: c.Dir, Out: term.err,
	})
	if err != nil {
		return err
	}
	fmt.Fprint(term.out, report)
	if len(report.Faults) > 0 {
		return reported{"faults were found"}
	}
	return nil
}
