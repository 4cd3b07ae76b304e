package main

import (
	"context"
	"time"

	"leat/cmd/leat/demo"
)

type demoCommand struct {
	Data     string        `env:"LEAT_DEMO_DATA" default:"leat-data/demo" type:"path" placeholder:"DIR" help:"Folder that holds everything; made if need be (leat-data/demo)."`
	Rate     float64       `default:"2000" placeholder:"N" help:"Events a second (${default})."`
	Duration time.Duration `placeholder:"D" help:"Stop after so long, such as 30s. Default: until Ctrl-C."`
	serverFlags
}

// Help is shown by leat demo --help.
func (demoCommand) Help() string {
	return `Examples:

  leat demo
  leat demo --duration 30s --rate 20000
  leat demo --data /tmp/demo --sql-addr 127.0.0.1:0 --aws-addr 127.0.0.1:0 --http-addr 127.0.0.1:0

Runs a server with a logistics company's customers and orders and a stream of mixed
events, some of them bad on purpose; makes streaming views and a lake; says how to
connect. When it stops, by itself or by Ctrl-C, it checks that every record is where it
should be; the exit code is 1 if not. Started again on the same folder, it goes on.`
}

// Run runs the demo.
func (c demoCommand) Run(ctx context.Context, term terminal) error {
	keepFilesPrivate()
	cfg, err := c.config(c.Data, term.err)
	if err != nil {
		return err
	}
	return demo.Run(ctx, demo.Config{Server: cfg, Rate: c.Rate, Duration: c.Duration, Out: term.out, Live: term.outTTY})
}
