// Package simulate makes the records of the two scenarios that the demo, the
// benchmarks and the tests run: a logistics company (customers, orders,
// consignments) and a lake of mixed events.
//
// Every record is a pure function of a seed and an index:
//   - producers share the work by taking ranges of indexes, without a lock;
//   - a test knows what it sent without keeping it: it asks again;
//   - a Tally adds up in any order, so what a view or a bucket holds can be
//     compared with what was made, by count and by checksum.
//
// Records are appended to the caller's buffer, without allocation, at more
// than a million a second and core: a benchmark must never wait for its load.
//
// The package sends nothing anywhere; that is its callers' work.
package simulate
