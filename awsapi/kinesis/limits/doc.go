// Package limits decides what a Kinesis account would throttle: records and
// reads by shard, the throughput of on-demand streams, and calls by operation.
//
// Invariants:
//   - Every decision is a function of what came before and of the moment that
//     the caller gives; nothing here looks at a clock, waits or logs.
//   - Of anything with a rate, no more than a second's worth and what the rate
//     brings is let through in any span of time. A record or an answer that is
//     larger than a second's worth goes through when nothing is owed, and is
//     owed then.
//   - State is kept in memory, of what is used: a new process starts with all
//     buckets full and all counts at zero.
//
// It does not know the API's words: the caller makes the errors. Numbers are
// those of AWS's API reference and of its page of quotas, for us-east-1.
package limits
