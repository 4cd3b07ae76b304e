package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"leat/blob"
	"leat/source"
	"leat/vfs"
)

// Config configures a Service.
type Config struct {
	// FS is the file system; default the operating system's. Transforms and
	// Parquet stage files that DuckDB reads and writes, and always use the
	// operating system's.
	FS vfs.FS
	// Dir is delivery's own folder: definitions and plans, streams of
	// DirectPut, staged files. It must be on a disk that survives restarts.
	Dir string
	// BucketsDir is the folder of the local buckets, one folder each.
	BucketsDir string
	// MemoryBytes bounds DuckDB's buffers for transforms and Parquet, over all
	// workers; default 256 MiB. DuckDB itself may take half as much again.
	MemoryBytes int64
	// Workers is how many batches are written at once; default 2.
	Workers int
	// OpenSource opens a stream by name for KinesisStreamAsSource; it gives an
	// Error with code NotFound when there is none.
	OpenSource func(ctx context.Context, stream string) (source.Source, error)
	// OpenBucket opens a bucket by name. Default: a folder of BucketsDir, made
	// when a delivery stream to it is created.
	OpenBucket func(ctx context.Context, name string) (blob.Bucket, error)
	// RetryAfter is how long to wait before the n-th repetition, counted from
	// 1, of what failed. Default: one second, doubled up to a minute.
	RetryAfter func(n int) time.Duration
	Now        func() time.Time // default time.Now
	Logger     *slog.Logger     // default: discards
	// Events, if set, are told what happens.
	Events Events
}

// What is in Config.Dir.
const (
	storeFile    = "delivery.db"
	directFolder = "direct"
)

// Events are told what happens, from several goroutines. They must not call the
// Service.
type Events struct {
	PlanSaved  func(stream string, plan Plan)
	ObjectPut  func(stream string, plan Plan, key string)
	PlanClosed func(stream string, plan Plan)
	Failed     func(stream string, err error)
}

func (c Config) withDefaults() Config {
	if c.FS == nil {
		c.FS = vfs.OS()
	}
	if c.MemoryBytes == 0 {
		c.MemoryBytes = 256 << 20
	}
	if c.Workers == 0 {
		c.Workers = 2
	}
	if c.RetryAfter == nil {
		c.RetryAfter = func(n int) time.Duration {
			return min(time.Second<<min(n-1, 6), time.Minute)
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Validate says what is wrong with a Config.
func (c Config) Validate() error {
	switch {
	case c.Dir == "":
		return fmt.Errorf("delivery: Dir is not set")
	case c.BucketsDir == "" && c.OpenBucket == nil:
		return fmt.Errorf("delivery: neither BucketsDir nor OpenBucket is set")
	case c.Workers < 0, c.MemoryBytes < 0:
		return fmt.Errorf("delivery: Workers and MemoryBytes cannot be negative")
	}
	return nil
}
