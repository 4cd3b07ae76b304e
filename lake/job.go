package lake

import (
	"context"
	"time"

	"leat/source"
)

// The formats of files.
const (
	Parquet   = "parquet"
	JSONLines = "json"
)

// The kinds of failures, by Firehose's names.
const (
	ConversionFailed = "format-conversion-failed"
	ProcessingFailed = "processing-failed"
)

// A Job is one batch to write.
type Job struct {
	// Open opens the records from their beginning; it is called again when the
	// batch must be read once more.
	Open func(ctx context.Context) (source.Reader, error)
	// Until is where the batch ends.
	Until source.Position
	// Columns are those of the records; nil: found in the records, by Kept.
	Columns []Column
	// Kept is what is known of the records' columns from before this batch. nil,
	// without Columns, is the meaning that the first version of Leat had.
	Kept *Kept
	// Settled, if set, is told what is kept after this batch: before files are
	// written if that is what was kept before, and otherwise after it, when it is
	// known which records are no rows. Those do not count.
	Settled func(Kept)
	// Repeated says that Kept is what Settled was told for this batch. With its
	// Result's Bite, too, the files come out the same.
	Repeated bool
	// Named are names that the query uses: fields of these names are always
	// columns of their own. More names do no harm.
	Named []string
	// Bite is how many bytes of lines become one file at most; 0: no limit.
	Bite uint64
	// Select makes the query's parts, given the records' columns; nil: all
	// columns as they are. Its error says that the query does not fit these
	// records, and all of them fail with it.
	Select func(columns []Column) (Select, error)
	// Partitions are the output columns that make partitions, in order. They
	// are left out of the files.
	Partitions []string
	// PartitionBytes is how many bytes the values of a row's partitions may have
	// together, as folders' names; 0: any.
	PartitionBytes int
	Format         string // Parquet or JSONLines
	// Compression is zstd, snappy or uncompressed for Parquet; JSON lines are
	// not compressed here.
	Compression string
	// Attempted is the time that failures carry. It must be the same when a
	// batch is repeated.
	Attempted time.Time
}

// A Select is a query over records, in parts, each one an expression in
// DuckDB's SQL over the columns, which are qualified by Records.
type Select struct {
	Outputs []Output
	Where   string // a condition, or ""
	// Open says that other records may bring outputs besides, by *.
	Open bool
}

// Records is the name of the batch in expressions.
const Records = "records"

// An Output is one column of the files.
type Output struct {
	Name string
	Expr string
	Text string // the expression as the user wrote it
	Type string // DuckDB's type, if it is known
	// Null says that it is NULL for want of the fields that it is made from: files
	// have no such column until its type is known.
	Null bool
	// Plain, if set, is the column that the expression is, and nothing else.
	Plain string
	// Field, if set, is the field that the column is, as * gives it: files of
	// records that do not have it leave the column out.
	Field string
}

// A Result is what became of a batch. Its files are there until the Writer's
// next batch.
type Result struct {
	Read, Delivered, Dropped, Quarantined uint64
	// Lost is how many records retention dropped, as the source counts them:
	// perhaps beyond the end of the batch.
	Lost uint64
	// Bite is what the files were limited to: Job's, or less when the memory was
	// not enough.
	Bite     uint64
	Files    []File
	Failures []Failures
}

// A File is one file of one partition.
type File struct {
	Path   string
	Values []string // of the partition's columns; "" stands for NULL too
	Part   int      // counts the partition's files from 0
}

// Failures is a file of the records that failed in one way, as lines.
type Failures struct {
	Kind    string // ConversionFailed or ProcessingFailed
	Path    string
	Records uint64
}
