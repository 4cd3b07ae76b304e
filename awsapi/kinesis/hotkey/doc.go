// Package hotkey finds the partition key that makes most of a load: the usual
// cause of a shard that throttles while its stream has room.
//
// A Sketch looks at a few records of each batch, chosen at random, and keeps a
// fixed number of keys in the way of Space-Saving (Metwally, Agrawal, El Abbadi,
// 2005): a key that has no place takes that of the lightest one. So a key that
// makes more than a sixty-fourth of the load is always among them, memory does
// not depend on how many keys there are, and a busy stream pays about a
// microsecond for a batch.
//
// Invariants:
//   - What a Sketch says of a key is never more than it saw of it: what an
//     earlier owner of its place had does not count.
//   - What is past fades, to a third in a minute.
//
// It holds the bytes of partition keys, which are users' data: who shows them
// answers for where.
package hotkey
