// Package delivery moves records from a source into objects in a bucket, in
// batches bounded by size and age: it is what a Firehose delivery stream does.
//
// The log is the buffer. A delivery stream keeps counts in memory and nothing
// else; when a batch is due, its plan (the range of the source, and all that
// its objects' keys are made from) is saved before anything is put. Then the
// range is read back, transformed and put, and the plan is closed.
//
// Promises:
//   - A record that the source acknowledged reaches the bucket, once: after a
//     crash the same plan makes the same objects under the same keys.
//   - A bad record harms only itself: it goes whole to the error prefix.
//   - The ledger adds up: read = delivered + dropped by the query + quarantined.
//     What retention took before it could be read is counted as lost.
//   - A bucket that fails delays its own delivery streams; nothing is dropped
//     while the source still has it.
//
// It does not order records between objects, and keeps no promise about when
// beyond the buffering hints. DESIGN.md says why it is built this way.
package delivery
