// Package bench measures a server from outside: it starts leat serve as a child
// process on a fresh folder, makes its own load through real sockets, and reads
// what the child takes from /proc.
//
// The load is honest: every call is a PutRecords of 500 records of about 315
// bytes with partition keys of their own, every answer is read, and a record
// that is refused fails the run. The load is also cheap, because it shares the
// machine with what it measures: bodies are encoded once, and before each call
// every record in them gets a new event_uuid.
//
// A rate counts from the first call to the moment when the last record is where
// it should be: acknowledged (put), visible in SQL (view), in an object (lake).
package bench
