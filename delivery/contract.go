// Package delivery moves records from a source into objects in a bucket.
package delivery

import (
	"context"
	"log/slog"
	"time"

	"leat/source"
	"leat/vfs"
)

// Config configures a Service.
type Config struct {
	FS          vfs.FS
	Dir         string // delivery's own folder: definitions and plans (metastore), streams of DirectPut, staging
	BucketsDir  string // folder of the local buckets, one folder each
	MemoryBytes int64  // DuckDB's limit for transforms and Parquet, over all workers; default 256 MiB
	Workers     int    // batches written at once; default 2
	// OpenSource opens a stream by name for KinesisStreamAsSource; NotFound when it does not exist.
	OpenSource func(ctx context.Context, stream string) (source.Source, error)
	Now        func() time.Time
	Logger     *slog.Logger
}

// A Service runs all delivery streams.
type Service struct{}

func Open(cfg Config) (*Service, error)          { panic("contract") }
func (s *Service) Run(ctx context.Context) error { panic("contract") }
func (s *Service) Close() error                  { panic("contract") }

// A Definition is what a delivery stream does.
type Definition struct {
	Name         string
	SourceStream string // KinesisStreamAsSource; "" for DirectPut
	FromHorizon  bool   // start at the oldest record instead of LATEST (Leat's own option)
	Bucket       string
	Prefix       string
	ErrorPrefix  string
	Extension    string // FileExtension, overrides
	TimeZone     string
	BufferBytes  int64         // size
	BufferAge    time.Duration // interval
	Format       string        // "json" (bytes as they came) or "parquet"
	Compression  string        // json: "none","gzip"; parquet: "zstd","snappy","none"
	Delimiter    bool          // AppendDelimiterToRecord: a newline after each record
	Query        string        // a SELECT in Redshift's SQL over the batch, named "records"; "" = none
	Columns      string        // "name type, …" of the records' JSON fields; "" = inferred
	// Spec is the front door's own description (JSON), kept and returned as it was.
	Spec []byte
}

// Status is how far a delivery stream is: its ledger adds up, Read = Delivered + Quarantined + (dropped by Query).
type Status struct {
	Definition
	ID          string
	State       string // ACTIVE, DELETING
	Created     time.Time
	Version     int
	Read        uint64
	Delivered   uint64
	Dropped     uint64
	Quarantined uint64
	Objects     uint64
	Bytes       uint64
	Pending     uint64
	LastError   string
}

// Create validates and saves. A name taken is AlreadyExists; what cannot be done is Unsupported, by name.
func (s *Service) Create(ctx context.Context, def Definition) error { panic("contract") }
func (s *Service) Delete(ctx context.Context, name string) error    { panic("contract") }
func (s *Service) Status(name string) (Status, error)               { panic("contract") }
func (s *Service) Names() []string                                  { panic("contract") }

// Put appends records to a DirectPut delivery stream durably and returns an id for each.
func (s *Service) Put(ctx context.Context, name string, records [][]byte) ([]string, error) {
	panic("contract")
}

// Flush delivers all that has arrived so far without waiting for buffers to fill, and returns when it is in the bucket.
func (s *Service) Flush(ctx context.Context, name string) error { panic("contract") }
