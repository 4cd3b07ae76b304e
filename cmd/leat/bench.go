package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"leat/cmd/leat/bench"
)

type benchCommand struct {
	Put     benchPut     `cmd:"" help:"Records a second that a stream acknowledges, each of them on disk."`
	View    benchView    `cmd:"" help:"Rows a second into a streaming view, and how fresh it is."`
	Lake    benchLake    `cmd:"" help:"Events a second into a lake of enriched, partitioned Parquet."`
	Chain   benchChain   `cmd:"" help:"All of it at once."`
	Fanout  benchFanout  `cmd:"" help:"How soon records reach consumers with enhanced fan-out."`
	Streams benchStreams `cmd:"" help:"What many streams cost: to make, to start with, and to have while nothing happens."`
	Memory  benchMemory  `cmd:"" help:"Whether statements that want more memory than there is stay within it."`
	Soak    benchSoak    `cmd:"" help:"Whether memory and handles stay flat under a steady load, for as long as you like."`
}

// Help is shown by leat bench --help.
func (benchCommand) Help() string {
	return `Examples:

  leat bench put
  leat bench put --shards 300 --duration 30s
  leat bench view --events 5000000 --json
  leat bench fanout --consumers 2
  leat bench streams --streams 1 --shards 10000
  leat bench soak --duration 1h

Starts a server of its own on a new folder, which it removes afterwards, and puts load on
it through the sockets. Load and server share the machine: that is part of the number.`
}

// benchFlags are what all benchmarks have in common.
type benchFlags struct {
	Shards      int           `default:"4" placeholder:"N" help:"Shards of the stream (${default})."`
	Duration    time.Duration `default:"15s" placeholder:"D" help:"How long to put records at once or at a rate (${default})."`
	Events      uint64        `default:"2000000" placeholder:"N" help:"Events of a backlog (${default})."`
	Connections int           `default:"8" placeholder:"N" help:"Calls under way at once (${default})."`
	Rate        float64       `default:"20000" placeholder:"N" help:"Events a second while freshness is measured (${default})."`
	Memory      size          `placeholder:"SIZE" help:"Memory limit of the server. Default: the server's own."`
	Dir         string        `type:"path" placeholder:"DIR" help:"Where to make the server's folder: choose the disk to measure. Default: the system's folder for temporary files."`
	JSON        bool          `name:"json" help:"Print the report as JSON."`
}

// Validate refuses what the configuration would take for its own default.
func (f benchFlags) Validate() error {
	return refuseZero(map[string]bool{
		"--shards": f.Shards == 0, "--duration": f.Duration == 0, "--events": f.Events == 0,
		"--connections": f.Connections == 0, "--rate": f.Rate == 0,
	})
}

// refuseZero names the flags that were set to 0.
func refuseZero(zero map[string]bool) error {
	for _, flag := range slices.Sorted(maps.Keys(zero)) {
		if zero[flag] {
			return fmt.Errorf("%s must be more than 0", flag)
		}
	}
	return nil
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

// benchFanout has flags of its own: its load is many small calls.
type benchFanout struct {
	Shards      int           `default:"4" placeholder:"N" help:"Shards of the stream (${default})."`
	Consumers   int           `default:"1" placeholder:"N" help:"Consumers, each of which follows every shard (${default})."`
	Rate        float64       `default:"10000" placeholder:"N" help:"Events a second (${default})."`
	Call        int           `default:"20" placeholder:"N" help:"Events a call (${default})."`
	Duration    time.Duration `default:"15s" placeholder:"D" help:"How long to put records (${default})."`
	Connections int           `default:"8" placeholder:"N" help:"Calls under way at once (${default})."`
	Memory      size          `placeholder:"SIZE" help:"Memory limit of the server. Default: the server's own."`
	Dir         string        `type:"path" placeholder:"DIR" help:"Where to make the server's folder. Default: the system's folder for temporary files."`
	JSON        bool          `name:"json" help:"Print the report as JSON."`
}

// Validate refuses what the configuration would take for its own default.
func (b benchFanout) Validate() error {
	return refuseZero(map[string]bool{
		"--shards": b.Shards == 0, "--consumers": b.Consumers == 0, "--rate": b.Rate == 0, "--call": b.Call == 0,
		"--duration": b.Duration == 0, "--connections": b.Connections == 0,
	})
}

// Run measures enhanced fan-out.
func (b benchFanout) Run(ctx context.Context, term terminal) error {
	cfg := bench.Config{
		Shards: b.Shards, Consumers: b.Consumers, FanoutRate: b.Rate, CallRecords: b.Call, Duration: b.Duration, Connections: b.Connections,
		MemoryBytes: int64(b.Memory), Dir: b.Dir, Version: buildVersion(),
	}
	return measureAndReport(ctx, term, cfg, b.JSON, bench.Fanout)
}

// benchStreams has flags of its own: its load is streams, not records.
type benchStreams struct {
	Streams     int           `default:"1000" placeholder:"N" help:"Streams (${default})."`
	Shards      int           `default:"10" placeholder:"N" help:"Shards of each stream (${default})."`
	Duration    time.Duration `default:"5s" placeholder:"D" help:"How long to watch the server idle (${default})."`
	Connections int           `default:"8" placeholder:"N" help:"Calls under way at once (${default})."`
	Memory      size          `placeholder:"SIZE" help:"Memory limit of the server. Default: the server's own."`
	Dir         string        `type:"path" placeholder:"DIR" help:"Where to make the server's folder. Default: the system's folder for temporary files."`
	JSON        bool          `name:"json" help:"Print the report as JSON."`
}

// Validate refuses what the configuration would take for its own default.
func (b benchStreams) Validate() error {
	return refuseZero(map[string]bool{
		"--streams": b.Streams == 0, "--shards": b.Shards == 0, "--duration": b.Duration == 0, "--connections": b.Connections == 0,
	})
}

// Run measures many streams.
func (b benchStreams) Run(ctx context.Context, term terminal) error {
	cfg := bench.Config{
		Streams: b.Streams, Shards: b.Shards, Duration: b.Duration, Connections: b.Connections,
		MemoryBytes: int64(b.Memory), Dir: b.Dir, Version: buildVersion(),
	}
	return measureAndReport(ctx, term, cfg, b.JSON, bench.Streams)
}

// benchMemory has flags of its own: its load is statements.
type benchMemory struct {
	Memory size   `default:"512MiB" placeholder:"SIZE" help:"Memory limit of the server (${default})."`
	Quick  bool   `help:"Only a third of the attacks."`
	Attack string `placeholder:"TEXT" help:"Only the attacks whose names contain this."`
	Dir    string `type:"path" placeholder:"DIR" help:"Where to make the server's folder. Default: the system's folder for temporary files."`
	JSON   bool   `name:"json" help:"Print the report as JSON."`
}

// Run attacks a server's memory.
func (b benchMemory) Run(ctx context.Context, term terminal) error {
	cfg := bench.Config{MemoryBytes: int64(b.Memory), Quick: b.Quick, Attack: b.Attack, Dir: b.Dir, Version: buildVersion()}
	return measureAndReport(ctx, term, cfg, b.JSON, bench.Memory)
}

// benchSoak has flags of its own: it lasts, and clients ask meanwhile.
type benchSoak struct {
	Rate        float64       `default:"15000" placeholder:"N" help:"Events a second (${default})."`
	Clients     int           `default:"10" placeholder:"N" help:"Clients that repeat five GROUP BY queries each second (${default})."`
	Duration    time.Duration `default:"1h" placeholder:"D" help:"How long (${default})."`
	Shards      int           `default:"4" placeholder:"N" help:"Shards of the stream (${default})."`
	Connections int           `default:"2" placeholder:"N" help:"Calls under way at once (${default})."`
	Memory      size          `placeholder:"SIZE" help:"Memory limit of the server. Default: the server's own."`
	Dir         string        `type:"path" placeholder:"DIR" help:"Where to make the server's folder. Default: the system's folder for temporary files."`
	JSON        bool          `name:"json" help:"Print the report as JSON."`
}

// Validate refuses what the configuration would take for its own default.
func (b benchSoak) Validate() error {
	return refuseZero(map[string]bool{
		"--rate": b.Rate == 0, "--clients": b.Clients == 0, "--duration": b.Duration == 0, "--shards": b.Shards == 0, "--connections": b.Connections == 0,
	})
}

// Run keeps up a steady load.
func (b benchSoak) Run(ctx context.Context, term terminal) error {
	cfg := bench.Config{
		FreshnessRate: b.Rate, Clients: b.Clients, Duration: b.Duration, Shards: b.Shards, Connections: b.Connections,
		MemoryBytes: int64(b.Memory), Dir: b.Dir, Version: buildVersion(),
	}
	return measureAndReport(ctx, term, cfg, b.JSON, bench.Soak)
}
