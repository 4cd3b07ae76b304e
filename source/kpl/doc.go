// Package kpl takes apart the aggregates of the Kinesis Producer Library and of
// the libraries that write its format: many user records in one record of a
// stream. https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
// describes it:
//
//	F3 89 9A C2 | AggregatedRecord, in protocol buffers (proto2) | MD5 of it
//
// Split puts itself between a source and its readers, which then see user
// records: each has its own key and data, and the sequence number, shard and
// arrival time of the aggregate, within which Subsequence counts.
//
// Promises:
//   - No byte is lost. A record that begins like an aggregate and is none, or
//     is damaged, comes through whole, as it is.
//   - Batches end where a record of the stream ends, so positions are those of
//     the source, and reading again from one gives the same records again.
//   - Memory is bounded by MaxRecords and MaxBytes, whatever an aggregate says.
//   - Records that are no aggregates cost a look at their first bytes.
//
// An aggregate of the Kinesis Producer Library's own is left out when it came to
// a shard that a split or a merge has made, and has records of another one: the
// library puts them once more, and the Kinesis Client Library does the same. Of
// other libraries' aggregates all records are kept, whatever their hash keys.
//
// The package writes no aggregates.
package kpl
