// Package duck is Leat's only door to DuckDB: databases, connections, prepared
// statements, streamed results, and batches of records offered to SQL as a
// table. It speaks DuckDB's C interface directly, without database/sql, so
// that values are read from DuckDB's vectors where they lie and an upgrade of
// the driver touches this package alone.
//
// A DB is safe for use by many goroutines. A Conn, and whatever comes from it,
// is for one goroutine at a time, except Interrupt. Memory that DuckDB lends
// (strings and blobs of a Chunk) is copied on the way out unless a method says
// otherwise.
//
// A database opened here reaches no file and no network outside the folders
// its Config names. The package knows nothing of Redshift, views or streams;
// errors come out as Error with DuckDB's own type of error.
package duck
