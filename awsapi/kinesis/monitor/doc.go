// Package monitor counts what CloudWatch shows of Kinesis data streams: the
// metrics of streams always, those of shards only while a stream has them
// switched on, those of consumers once they subscribe.
//
// Invariants:
//   - Counting costs a few atomic additions a call, however many records it
//     carries; only shards' metrics look at single records. Nothing is kept of
//     streams that nobody uses.
//   - Counters only grow while the process lives; they start from zero with it.
//   - Fields are named as CloudWatch names its metrics, and count what its
//     documentation says they count. docs/metrics.md has the table.
//
// It does not decide what is throttled, and knows no exposition format: the
// server reads the fields and writes them.
package monitor
