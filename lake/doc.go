// Package lake turns a batch of records into the files of a data lake: Parquet
// or JSON lines, one file for each partition, with columns given or found in
// the records, through expressions that a query was translated to.
//
// The work is DuckDB's: records are staged as lines of a file, which read_json
// reads and COPY writes out by partition. Go looks at each record once, while
// it is staged, and never at its values.
//
// Promises:
//   - A record is one row, none when the query's WHERE drops it, or it is a
//     failure: kept whole, with the reason. Read = delivered + dropped +
//     quarantined, for every batch.
//   - A bad record harms only itself. The batch is tried as a whole first; when
//     that fails, the records that do it are found and left out.
//   - The same records make the same files, byte for byte, with one version of
//     Leat: each Writer computes on one thread.
//   - Memory is bounded by Config, not by the batch: DuckDB spills beside the
//     staged files.
//
// The package does not put objects anywhere, and does not translate SQL. It
// keeps no table format: Iceberg comes with its own catalog.
package lake
