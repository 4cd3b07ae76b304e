// Package rowfile turns records into the rows of files and back: record bytes
// one after the other, gzip, JSON lines for a query engine to read, and the
// lines that say why a record could not be delivered.
//
// Everything works on one pass over records with bounded memory, and makes the
// same bytes from the same records, so that a delivery that is repeated after a
// crash puts the same objects.
//
// Scanner is the gate for records that are to be rows: it checks that a record
// is one JSON object, whole and valid, and sees the types of its fields while it
// looks. What passes it, DuckDB's reader accepts.
//
// The package decides nothing about batches, and writes no Parquet: that is
// package lake's.
package rowfile
