package delivery

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"leat"
	"leat/blob"
	"leat/delivery/objectkey"
	"leat/redshift"
)

// A Definition is what a delivery stream does.
type Definition struct {
	Name         string // [a-zA-Z0-9_.-]{1,64}
	SourceStream string // KinesisStreamAsSource; "" for DirectPut
	FromHorizon  bool   // start at the oldest record instead of LATEST (Leat's own option)
	Bucket       string
	Prefix       string // see package objectkey
	ErrorPrefix  string
	Extension    string        // FileExtension; "": by format, .gz or .parquet
	TimeZone     string        // CustomTimeZone; "": UTC
	BufferBytes  int64         // size at which a batch is due, up to 128 MiB; 0: 5 MiB, 128 MiB for Parquet
	BufferAge    time.Duration // age at which a batch is due, up to 15 minutes; 0: at once
	Format       string        // "json" (bytes as they came, or one object per line with a Query) or "parquet"; "": json
	Compression  string        // json: "none", "gzip"; parquet: "zstd", "snappy", "none"; "": none, zstd for Parquet
	Delimiter    bool          // AppendDelimiterToRecord: a newline after each record; needs no Query
	Query        string        // a SELECT in Redshift's SQL over the batch, named "records"; "": none
	// Literals is the rule of Query's literals. Delivery streams made before there
	// were rules have none saved, and keep theirs: the zero value's.
	Literals redshift.LiteralRule
	Columns  string // "name type, …" of the records' JSON fields; "": found in the records, docs/lake.md
	// Spec is the front door's own description (JSON), kept and returned as it was.
	Spec []byte
}

// Limits of definitions.
const (
	MaxBufferBytes = 128 << 20
	MaxBufferAge   = 15 * time.Minute
)

var (
	namePattern   = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,64}$`)
	bucketPattern = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,255}$`) // as Firehose has it
)

func (d Definition) withDefaults() Definition {
	if d.Format == "" {
		d.Format = "json"
	}
	parquet := d.Format == "parquet"
	if d.Compression == "" {
		d.Compression = "none"
		if parquet {
			d.Compression = "zstd"
		}
	}
	if d.BufferBytes == 0 {
		d.BufferBytes = 5 << 20
		if parquet {
			d.BufferBytes = MaxBufferBytes
		}
	}
	if d.Extension == "" {
		switch {
		case parquet:
			d.Extension = ".parquet"
		case d.Compression == "gzip":
			d.Extension = ".gz"
		}
	}
	return d
}

// rows reports whether records are read as rows; if not, their bytes are
// delivered as they came.
func (d Definition) rows() bool { return d.Format == "parquet" || d.Query != "" }

func (d Definition) validate() error {
	invalid := func(format string, args ...any) error {
		return &leat.Error{Code: leat.InvalidArgument, Message: fmt.Sprintf(format, args...)}
	}
	compressions := map[string]string{"json": "none gzip", "parquet": "zstd snappy none"}[d.Format]
	switch {
	case !namePattern.MatchString(d.Name):
		return invalid("delivery stream name %q is not 1 to 64 of a-z, A-Z, 0-9, _, . and -", d.Name)
	case !bucketPattern.MatchString(d.Bucket) || d.Bucket == "." || d.Bucket == "..":
		return invalid("bucket name %q is not 1 to 255 of a-z, A-Z, 0-9, _, . and -, or is . or .., which folders cannot be called", d.Bucket)
	case compressions == "":
		return &leat.Error{Code: leat.Unsupported, Message: fmt.Sprintf("format %q is not supported; formats are json and parquet", d.Format)}
	case strings.Contains(d.Compression, " ") || !strings.Contains(" "+compressions+" ", " "+d.Compression+" "):
		return &leat.Error{Code: leat.Unsupported, Message: fmt.Sprintf("compression %q is not supported for %s; there are %s", d.Compression, d.Format, compressions)}
	case d.BufferBytes < 1 || d.BufferBytes > MaxBufferBytes:
		return invalid("a buffer size of %d bytes is not between 1 and %d", d.BufferBytes, MaxBufferBytes)
	case d.BufferAge < 0 || d.BufferAge > MaxBufferAge:
		return invalid("a buffer interval of %s is not between 0 and %s", d.BufferAge, MaxBufferAge)
	case d.Delimiter && d.rows():
		return invalid("a delimiter cannot be appended to records that are rows: a query's JSON lines have one already, and Parquet has none")
	case d.Columns != "" && !d.rows():
		return invalid("columns are given, but records are delivered as they came: give a query, or the format parquet")
	}
	return nil
}

// room is how many bytes the values of partitions may have together: what the
// longest key has left for them. 0: there are none.
func (d Definition) room(keys *objectkey.Keys) int {
	columns := len(keys.Columns())
	if columns == 0 {
		return 0
	}
	// The year has five digits from 10000 on.
	sample := objectkey.Batch{Version: 1, Oldest: time.Unix(0, 0)}
	return max(blob.MaxKey-len(keys.Object(sample, objectkey.Partition{Values: make([]string, columns)}))-8, 1)
}

// keys compiles the object keys, and checks that a bucket can hold them.
func (d Definition) keys() (*objectkey.Keys, error) {
	keys, err := objectkey.Compile(objectkey.Settings{
		Stream: d.Name, Prefix: d.Prefix, ErrorPrefix: d.ErrorPrefix, Extension: d.Extension, TimeZone: d.TimeZone,
	})
	if err != nil {
		return nil, err
	}
	if len(keys.Columns()) > 0 && !d.rows() {
		return nil, &leat.Error{
			Code:    leat.InvalidArgument,
			Message: "Prefix uses partition keys, but records are delivered as they came",
			Hint:    "give a query that computes the keys, or the format parquet",
		}
	}
	sample := objectkey.Batch{Version: 1, Oldest: time.Unix(0, 0)}
	values := make([]string, len(keys.Columns()))
	for i := range values {
		values[i] = "x"
	}
	for setting, key := range map[string]string{
		"Prefix":            keys.Object(sample, objectkey.Partition{Values: values}),
		"ErrorOutputPrefix": keys.Errors(sample, processingFailed),
	} {
		if err := blob.CheckKey(key); err != nil {
			return nil, &leat.Error{Code: leat.InvalidArgument, Message: setting + " makes keys that no bucket here can hold", Err: err}
		}
	}
	return keys, nil
}
