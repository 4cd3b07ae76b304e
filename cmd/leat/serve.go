package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"leat/server"
)

type serveCommand struct {
	Data      string `env:"LEAT_DATA" default:"leat-data/main" type:"path" placeholder:"DIR" help:"Folder that holds everything; made if need be (leat-data/main)."`
	ReadyFile string `env:"LEAT_READY_FILE" type:"path" placeholder:"FILE" help:"Write the addresses to this file, as JSON, once the server answers."`
	serverFlags
	accessFlags

	// SmallBuffers is for those who do not want to wait for 64 MB.
	SmallBuffers bool `group:"For tests of your programs" env:"LEAT_SMALL_BUFFERS" help:"Let delivery streams that make Parquet or partitions have buffers of less than 64 MB, which AWS refuses. Off unless given."`
	// EnforceLimits is for those who test how their programs back off.
	EnforceLimits bool `group:"For tests of your programs" env:"LEAT_ENFORCE_LIMITS" help:"Throttle the Kinesis API as AWS does: by shard, stream and account. Off unless given."`
	// KeepAggregates is for those who test what Redshift will make of a stream.
	KeepAggregates bool `group:"For tests of your programs" env:"LEAT_KEEP_AGGREGATES" help:"Leave the Kinesis Producer Library's aggregates whole in streaming views, as Redshift does. Off unless given."`
	// StreamStatusDelay is for those who test that their programs wait.
	StreamStatusDelay time.Duration `group:"For tests of your programs" env:"LEAT_STREAM_STATUS_DELAY" placeholder:"D" help:"How long streams show CREATING, UPDATING and DELETING, such as 2s. Default: not at all."`
	// Faults is for those who test how their programs bear trouble.
	Faults bool `group:"For tests of your programs" env:"LEAT_FAULTS" help:"Let leat faults make requests go wrong on purpose, to test how clients bear it."`
}

// Help is shown by leat serve --help.
func (serveCommand) Help() string {
	return `Examples:

  leat serve
  leat serve --data /var/lib/leat --memory 2GiB
  leat serve --tls-self-signed
  leat serve --enforce-limits
  leat serve --credentials-file keys --tls-cert leat.crt --tls-key leat.key --aws-addr 0.0.0.0:4566
  LEAT_ACCESS_KEY_ID=me LEAT_SECRET_ACCESS_KEY=… LEAT_PASSWORD=… leat serve --aws-addr 0.0.0.0:4566 --sql-addr 0.0.0.0:5439

Every flag can be given as an environment variable, too. Ctrl-C stops the server: it takes
nothing new, finishes what it has, and ends; a second Ctrl-C ends it at once. Either
way, nothing that was acknowledged is lost. SIGHUP reads the credentials file and the
certificate again.`
}

// Run runs the server until it is told to stop.
func (c serveCommand) Run(ctx context.Context, term terminal) (err error) {
	keepFilesPrivate()
	cfg, err := c.config(c.Data, term.err)
	if err != nil {
		return err
	}
	c.accessFlags.apply(&cfg)
	cfg.SmallBuffers = c.SmallBuffers
	cfg.EnforceLimits = c.EnforceLimits
	cfg.KeepAggregates = c.KeepAggregates
	cfg.StreamStatusDelay = c.StreamStatusDelay
	cfg.Faults = c.Faults
	s, err := server.Open(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	fmt.Fprintf(term.out, "leat serves %s\n%s%s%s", c.Data, howToConnect(s.Addrs(), cfg), howToTrust(s.Addrs(), cfg), howItTests(s.Addrs(), cfg))
	defer reloadOnHangup(ctx, s, cfg.Logger)()
	if c.ReadyFile != "" {
		if err := writeReadyFile(c.ReadyFile, s.Addrs()); err != nil {
			return err
		}
	}
	return s.Run(ctx)
}

// howItTests says how a server makes it hard for programs, lest anyone wonders.
func howItTests(addrs server.Addrs, cfg server.Config) string {
	var ways []string
	if cfg.EnforceLimits {
		ways = append(ways, "AWS's limits are enforced")
	}
	if cfg.SmallBuffers {
		ways = append(ways, "buffers may be smaller than AWS lets them")
	}
	if cfg.StreamStatusDelay > 0 {
		ways = append(ways, fmt.Sprintf("streams change status after %v", cfg.StreamStatusDelay))
	}
	if cfg.Faults {
		ways = append(ways, "faults may be set: leat faults list --address "+addrs.HTTP)
	}
	if len(ways) == 0 {
		return ""
	}
	return "  For tests  " + strings.Join(ways, "\n             ") + "\n"
}

// writeReadyFile writes the addresses so that whoever waits for the file never
// sees half of it.
func writeReadyFile(path string, addrs server.Addrs) error {
	text, err := json.Marshal(addrs)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".ready-*")
	if err != nil {
		return fmt.Errorf("ready file: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
		return fmt.Errorf("ready file: %w", err)
	}
	return nil
}
