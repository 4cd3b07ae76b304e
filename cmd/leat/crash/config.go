package crash

import (
	"fmt"
	"io"
	"time"
)

// Config says how to run a campaign. The zero value kills 20 times.
type Config struct {
	// Kills ends the campaign after so many. Default 20.
	Kills int
	// Duration ends it earlier, when it is not 0.
	Duration time.Duration
	// CheckEvery is after how many kills everything is checked; it is once more at
	// the end. Default 20.
	CheckEvery int
	// Seed makes the choice of moments repeatable, though not what happens then.
	Seed uint64
	// Dir is where the server's folder is made. Default: the system's folder for
	// temporary files.
	Dir string
	// MemoryBytes is the server's --memory. Default: its own.
	MemoryBytes int64
	// Out gets a line for each check. Default: nowhere.
	Out io.Writer
}

func (c Config) withDefaults() Config {
	if c.Kills == 0 {
		c.Kills = 20
	}
	if c.CheckEvery == 0 {
		c.CheckEvery = 20
	}
	if c.Out == nil {
		c.Out = io.Discard
	}
	return c
}

// Validate refuses what makes no sense.
func (c Config) Validate() error {
	if c.Kills < 0 || c.CheckEvery < 0 || c.Duration < 0 {
		return fmt.Errorf("kills, checks and duration must not be below 0")
	}
	return nil
}
