package kpl

import (
	"bytes"
	"crypto/md5"
	"math/big"

	"leat"
)

// A HashKey is a number of 128 bits, highest byte first.
type HashKey = [md5.Size]byte

// Sharded is what a source may have, too: it knows the hash keys of its shards.
type Sharded interface {
	// HashKeys returns those of a shard that a split or a merge has made, both
	// inclusive. It is not ok for one that is as old as its stream, whose
	// aggregates need no look, and for one that is not known.
	HashKeys(shard uint32) (first, last HashKey, ok bool)
}

// libraryKey is the partition key of all aggregates of the Kinesis Producer
// Library, which says by a hash key where they go. Other libraries give theirs
// the key of a user record.
const libraryKey = "a"

// A fence tells the user records that belong to a shard from strays.
//
// The Kinesis Producer Library packs user records that it expects in one shard.
// When the shards have just changed, some of them belong elsewhere. The library
// sees that in the answer, and puts all of them once more, in new aggregates;
// the Kinesis Client Library leaves out the whole of an aggregate with a stray in
// it. So each counts once, and we do the same. Other libraries pack what they
// get and put nothing twice: there is no fence around their records.
type fence struct {
	first, last HashKey
	stands      bool
}

// fenceOf returns the one around an aggregate's records.
func (s *splitter) fenceOf(aggregate *leat.Record) (f fence) {
	if s.shards != nil && string(aggregate.PartitionKey) == libraryKey {
		f.first, f.last, f.stands = s.shards.HashKeys(aggregate.Shard)
	}
	return f
}

// keepsOut reports whether a user record is a stray. hashKey is what its
// producer has given it, in decimal; nil: it goes by its partition key.
func (f *fence) keepsOut(partitionKey, hashKey []byte) bool {
	if !f.stands {
		return false
	}
	hash := md5.Sum(partitionKey)
	if hashKey != nil {
		number, ok := new(big.Int).SetString(string(hashKey), 10)
		if !ok || number.Sign() < 0 || number.BitLen() > 8*len(hash) {
			return false // no library puts such a thing
		}
		number.FillBytes(hash[:])
	}
	return bytes.Compare(hash[:], f.first[:]) < 0 || bytes.Compare(hash[:], f.last[:]) > 0
}
