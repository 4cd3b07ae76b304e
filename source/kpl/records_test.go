package kpl

import (
	"leat"
	"leat/source/kpl/kpltest"
)

// outer is a record of a stream.
func outer(ordinal uint64, data []byte) leat.Record {
	return leat.Record{
		Shard: 3, Sequence: leat.Sequence{Created: 1, Ordinal: ordinal, Shard: 3}, Arrival: 1000 + int64(ordinal),
		PartitionKey: []byte("outer"), Data: data,
	}
}

func user(key, data string) kpltest.User { return kpltest.User{Key: key, Data: data} }

// expect are the records that an aggregate stands for.
func expect(outer leat.Record, users ...kpltest.User) []leat.Record {
	var records []leat.Record
	for i, user := range users {
		record := outer
		record.Subsequence, record.PartitionKey, record.Data = uint32(i), []byte(user.Key), []byte(user.Data)
		records = append(records, record)
	}
	return records
}
