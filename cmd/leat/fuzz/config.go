package fuzz

import (
	"errors"
	"io"
	"time"
)

// Config says how to run a campaign. The zero value runs for 20 seconds.
type Config struct {
	// Duration is how long records and statements are sent; the checks come after
	// it. Default 20 s.
	Duration time.Duration
	// Seed makes records and statements repeatable.
	Seed uint64
	// MemoryBytes is the server's --memory. Default 512 MiB.
	MemoryBytes int64
	// Sessions is how many connections send statements. Default 4.
	Sessions int
	// RecordsPerSecond bounds the records. Default 50.
	RecordsPerSecond int
	// Most ends the campaign after so many findings. Default 20.
	Most int
	// Corpus are files with statements, separated by empty lines, to be mutated
	// besides the built-in ones; a line of four hyphens ends a statement.
	Corpus []string
	// Dir is where the server's folder is made. Default: the system's folder for
	// temporary files.
	Dir string
	// Out gets a line now and then. Default: nowhere.
	Out io.Writer
}

func (c Config) withDefaults() Config {
	if c.Duration == 0 {
		c.Duration = 20 * time.Second
	}
	if c.MemoryBytes == 0 {
		c.MemoryBytes = 512 << 20
	}
	if c.Sessions == 0 {
		c.Sessions = 4
	}
	if c.RecordsPerSecond == 0 {
		c.RecordsPerSecond = 50
	}
	if c.Most == 0 {
		c.Most = 20
	}
	if c.Out == nil {
		c.Out = io.Discard
	}
	return c
}

// Validate refuses what makes no sense.
func (c Config) Validate() error {
	if c.Duration < 0 || c.MemoryBytes < 0 || c.Sessions < 0 || c.RecordsPerSecond < 0 || c.Most < 0 {
		return errors.New("duration, memory, sessions, records and findings must not be below 0")
	}
	return nil
}

const (
	// statementTimeout is what sessions set, answerWithin what must be kept.
	statementTimeout = 2 * time.Second
	answerWithin     = statementTimeout + time.Second
	// hangs is when a statement is given up.
	hangs = 60 * time.Second
	// freshWithin is how old a record may be before a view shows it.
	freshWithin = 15 * time.Second
	// stallTimeout is how long a view or a delivery stream may make no progress
	// while it catches up.
	stallTimeout = 60 * time.Second
)

// memoryBound is what a server may take at most.
func memoryBound(memoryBytes int64) int64 { return memoryBytes*115/100 + 100<<20 }
