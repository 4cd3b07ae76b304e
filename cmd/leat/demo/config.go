package demo

import (
	"fmt"
	"io"
	"time"

	"leat/server"
)

// Config configures a demo.
type Config struct {
	// Server is the server to run.
	Server server.Config
	// Rate is how many events a second are made; default 2000. Orders and
	// customers come on top, some hundred times more slowly.
	Rate float64
	// Duration is how long producers run; 0: until the context ends.
	Duration time.Duration
	// Out is where the summary goes.
	Out io.Writer
	// Live redraws the summary in place, as on a terminal; otherwise it is a plain
	// line now and then.
	Live bool
}

func (c Config) withDefaults() Config {
	if c.Rate == 0 {
		c.Rate = 2000
	}
	if c.Out == nil {
		c.Out = io.Discard
	}
	return c
}

// Validate says what is wrong with a configuration.
func (c Config) Validate() error {
	c = c.withDefaults()
	switch {
	case c.Rate < 1 || c.Rate > 1e6:
		return fmt.Errorf("rate: %g is not within 1 to 1000000 events a second", c.Rate)
	case c.Duration < 0:
		return fmt.Errorf("duration: %s is negative", c.Duration)
	}
	return c.Server.Validate()
}
