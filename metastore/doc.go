// Package metastore is a small crash-safe store for what engines must remember
// beside the records themselves: definitions of delivery streams, how far they
// are, the plans they have not finished, and their ledgers. It is one SQLite
// database with a write-ahead log, synced at every commit.
//
// Promises:
//   - A method that changes something is one transaction: after a crash it has
//     happened or not, never in part. After a nil error it has happened.
//   - One process at a time has a store open; a second one gets an Error with
//     code InUse.
//   - A store of a newer Leat is refused, one of an older Leat is brought up to
//     date when it is opened.
//
// It keeps definitions as the opaque text that their owners made, and decides
// nothing: what a plan means is package delivery's matter. It is not for
// records, and not for rates beyond some hundred changes a second.
package metastore
