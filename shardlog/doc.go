// Package shardlog keeps streams: durable, sharded, ordered logs of records.
//
// A stream is a folder with a definition and a row of segments, files to which
// commits are appended. All batches that wait are written as one commit, with
// one fsync for all callers and all shards; only then do callers get their
// sequence numbers and readers see the records.
//
// Promises:
//   - An acknowledged record survives a crash of the process, and of the
//     machine as far as the disk keeps its word.
//   - Records of a shard keep their order; sequence numbers are final and grow.
//   - Recovery drops a torn tail, which nobody was told about, and nothing else.
//     Damage anywhere else is an error that names the file and the offset.
//   - A stream's first write or sync error stops its writes until it is opened
//     again. A full disk does not: it fails the batch. Streams do not stop each
//     other.
//   - An idle stream costs a few hundred bytes: no goroutine, file or buffer.
//
// There are two ways to read: the whole stream in order of commit, one
// sequential pass for those who own their position (Stream.Source), and one
// shard, which reads only its own part of each commit (Stream.ReadShard).
//
// The package does not check who may do what, and knows no protocol: hash keys
// come computed, limits on calls and names are the front doors'.
package shardlog
