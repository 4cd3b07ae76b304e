package main

import (
	"context"
	"fmt"
	"time"

	"leat/cmd/leat/bench"
)

type benchCommand struct {
	Put     benchPut     `cmd:"" help:"Records a second that a stream acknowledges, each of them on disk."`
	View    benchView    `cmd:"" help:"Rows a second into a streaming view, and how fresh it is."`
	Lake    benchLake    `cmd:"" help:"Events a second into a lake of enriched, partitioned Parquet."`
	Chain   benchChain   `cmd:"" help:"All of it at once."`
	Streams benchStreams `cmd:"" help:"What many streams cost: to make, to start with, and to have while nothing happens."`
}

// Help is shown by leat bench --help.
func (benchCommand) Help() string {
	return `Examples:

  leat bench put
  leat bench put --shards 300 --duration 30s
  leat bench view --events 5000000 --json
  leat bench streams --streams 1 --shards 10000

Starts a server of its own on a new folder, which it removes afterwards, and puts load on
it through the sockets. Load and server share the machine: that is part of the number.`
}

// benchFlags are what all benchmarks have in common.
type benchFlags struct {
	Shards      int           `default:"4" help:"Shards of the stream (${default})."`
	Duration    time.Duration `default:"15s" help:"How long to put records at once or at a rate (${default})."`
	Events      uint64        `default:"2000000" help:"Events of a backlog (${default})."`
	Connections int           `default:"8" help:"Calls under way at once (${default})."`
	Rate        float64       `default:"20000" help:"Events a second while freshness is measured (${default})."`
	Memory      size          `placeholder:"SIZE" help:"Memory limit of the server. Default: the server's own."`
	Dir         string        `type:"path" placeholder:"DIR" help:"Where to make the server's folder: choose the disk to measure. Default: the system's folder for temporary files."`
	JSON        bool          `name:"json" help:"Print the report as JSON."`
}

// run runs a benchmark and prints its report.
func (f benchFlags) run(ctx context.Context, term terminal, measure func(context.Context, bench.Config) (*bench.Report, error)) error {
	cfg := bench.Config{
		Shards: f.Shards, Duration: f.Duration, Events: f.Events, Connections: f.Connections, FreshnessRate: f.Rate,
		MemoryBytes: int64(f.Memory), Dir: f.Dir, Version: buildVersion(),
	}
	return measureAndReport(ctx, term, cfg, f.JSON, measure)
}

// measureAndReport says on standard error what is going on, and prints the
// report.
func measureAndReport(ctx context.Context, term terminal, cfg bench.Config, asJSON bool, measure func(context.Context, bench.Config) (*bench.Report, error)) error {
	cfg.Progress = func(text string) { fmt.Fprintln(term.err, text+" …") }
	report, err := measure(ctx, cfg)
	if err != nil {
		return err
	}
	if asJSON {
		return report.WriteJSON(term.out)
	}
	return report.WriteTable(term.out)
}

type benchPut struct{ benchFlags }

// Run measures puts.
func (b benchPut) Run(ctx context.Context, term terminal) error { return b.run(ctx, term, bench.Put) }

type benchView struct{ benchFlags }

// Run measures a streaming view.
func (b benchView) Run(ctx context.Context, term terminal) error { return b.run(ctx, term, bench.View) }

type benchLake struct{ benchFlags }

// Run measures a lake.
func (b benchLake) Run(ctx context.Context, term terminal) error { return b.run(ctx, term, bench.Lake) }

type benchChain struct{ benchFlags }

// Run measures everything at once.
func (b benchChain) Run(ctx context.Context, term terminal) error {
	return b.run(ctx, term, bench.Chain)
}

// benchStreams has flags of its own: its load is streams, not records.
type benchStreams struct {
	Streams     int           `default:"1000" help:"Streams (${default})."`
	Shards      int           `default:"10" help:"Shards of each stream (${default})."`
	Duration    time.Duration `default:"5s" help:"How long to watch the server idle (${default})."`
	Connections int           `default:"8" help:"Calls under way at once (${default})."`
	Memory      size          `placeholder:"SIZE" help:"Memory limit of the server. Default: the server's own."`
	Dir         string        `type:"path" placeholder:"DIR" help:"Where to make the server's folder. Default: the system's folder for temporary files."`
	JSON        bool          `name:"json" help:"Print the report as JSON."`
}

// Run measures many streams.
func (b benchStreams) Run(ctx context.Context, term terminal) error {
	cfg := bench.Config{
		Streams: b.Streams, Shards: b.Shards, Duration: b.Duration, Connections: b.Connections,
		MemoryBytes: int64(b.Memory), Dir: b.Dir, Version: buildVersion(),
	}
	return measureAndReport(ctx, term, cfg, b.JSON, bench.Streams)
}
