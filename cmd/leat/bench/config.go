package bench

import (
	"fmt"
	"time"
)

// Config says what to measure.
type Config struct {
	// Streams is how many streams Streams makes; default 1000.
	Streams int
	// Shards of the stream, or of each; default 4.
	Shards int
	// Events is how many records make the load of view and lake; default 2
	// million.
	Events uint64
	// Duration is how long put and chain put records, and how long freshness is
	// measured; default 15 s.
	Duration time.Duration
	// Connections is how many calls are under way at once; default 8.
	Connections int
	// FreshnessRate is at how many events a second freshness is measured;
	// default 20000.
	FreshnessRate float64
	// Consumers is how many consumers follow every shard in Fanout; default 1.
	Consumers int
	// CallRecords is how many records a call has in Fanout; default 20.
	CallRecords int
	// FanoutRate is at how many events a second Fanout puts; default 10000.
	FanoutRate float64
	// Clients is how many clients repeat queries in Soak; default 10.
	Clients int
	// Types is how many event types are mixed, and Days over how many days they
	// are spread: together the lake's partitions. Default 10 and 2.
	Types, Days int
	// Quick leaves out most of Memory's attacks, Attack those whose names do not
	// contain it.
	Quick  bool
	Attack string
	// MemoryBytes is given to the server as its limit; 0: its own default.
	MemoryBytes int64
	// Dir is where the server's folder is made; default the system's folder for
	// temporary files. Choose one on the disk to measure.
	Dir string
	// Version is what the report calls this program.
	Version string
	// Progress, if set, is told what is going on.
	Progress func(text string)
}

func (c Config) withDefaults() Config {
	if c.Streams == 0 {
		c.Streams = 1000
	}
	if c.Shards == 0 {
		c.Shards = 4
	}
	if c.Events == 0 {
		c.Events = 2_000_000
	}
	if c.Duration == 0 {
		c.Duration = 15 * time.Second
	}
	if c.Connections == 0 {
		c.Connections = 8
	}
	if c.FreshnessRate == 0 {
		c.FreshnessRate = 20000
	}
	if c.Consumers == 0 {
		c.Consumers = 1
	}
	if c.CallRecords == 0 {
		c.CallRecords = 20
	}
	if c.FanoutRate == 0 {
		c.FanoutRate = 10000
	}
	if c.Clients == 0 {
		c.Clients = 10
	}
	if c.Types == 0 {
		c.Types = 10
	}
	if c.Days == 0 {
		c.Days = 2
	}
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
	return c
}

// Validate says what is wrong with a configuration.
func (c Config) Validate() error {
	c = c.withDefaults()
	switch {
	case c.Shards < 1 || c.Shards > 10_000:
		return fmt.Errorf("shards: %d is not within 1 to 10000", c.Shards)
	case c.Streams < 1 || c.Streams > 10_000:
		return fmt.Errorf("streams: %d is not within 1 to 10000", c.Streams)
	case c.Connections < 1 || c.Connections > 256:
		return fmt.Errorf("connections: %d is not within 1 to 256", c.Connections)
	case c.Duration < time.Second:
		return fmt.Errorf("duration: %s is less than a second", c.Duration)
	case c.Consumers < 1 || c.Consumers > 20:
		return fmt.Errorf("consumers: %d is not within 1 to 20", c.Consumers)
	case c.Clients < 1 || c.Clients > 100:
		return fmt.Errorf("clients: %d is not within 1 to 100", c.Clients)
	case c.CallRecords < 1 || c.CallRecords > perCall:
		return fmt.Errorf("records a call: %d is not within 1 to %d", c.CallRecords, perCall)
	case c.FreshnessRate <= 0 || c.FanoutRate <= 0:
		return fmt.Errorf("rate: %v and %v must both be more than 0", c.FreshnessRate, c.FanoutRate)
	case c.Events < perCall:
		return fmt.Errorf("events: %d is less than one call's %d", c.Events, perCall)
	}
	return nil
}
