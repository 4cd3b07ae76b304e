package kpl

import (
	"crypto/md5"

	"google.golang.org/protobuf/encoding/protowire"

	"leat"
)

// A userRecord is what a producer gives to its library.
type userRecord struct{ key, data string }

// aggregate encodes user records as the libraries do: each key once in the
// table.
func aggregate(users ...userRecord) []byte {
	var message []byte
	index := map[string]uint64{}
	for _, user := range users {
		if _, ok := index[user.key]; !ok {
			index[user.key] = uint64(len(index))
			message = appendText(message, fieldPartitionKey, user.key)
		}
	}
	for _, user := range users {
		message = appendUser(message, index[user.key], user.data)
	}
	return seal(message)
}

// seal puts magic and checksum around a message.
func seal(message []byte) []byte {
	sum := md5.Sum(message)
	return append(append([]byte{0xF3, 0x89, 0x9A, 0xC2}, message...), sum[:]...)
}

func appendText(message []byte, field protowire.Number, text string) []byte {
	message = protowire.AppendTag(message, field, protowire.BytesType)
	return protowire.AppendString(message, text)
}

func appendVarint(message []byte, field protowire.Number, n uint64) []byte {
	message = protowire.AppendTag(message, field, protowire.VarintType)
	return protowire.AppendVarint(message, n)
}

func appendUser(message []byte, key uint64, data string) []byte {
	record := appendVarint(nil, fieldPartitionKeyIndex, key)
	return appendText(message, fieldRecord, string(appendText(record, fieldData, data)))
}

// outer is a record of a stream.
func outer(ordinal uint64, data []byte) leat.Record {
	return leat.Record{
		Shard: 3, Sequence: leat.Sequence{Created: 1, Ordinal: ordinal, Shard: 3}, Arrival: 1000 + int64(ordinal),
		PartitionKey: []byte("outer"), Data: data,
	}
}

// expect are the records that an aggregate stands for.
func expect(outer leat.Record, users ...userRecord) []leat.Record {
	var records []leat.Record
	for i, user := range users {
		record := outer
		record.Subsequence, record.PartitionKey, record.Data = uint32(i), []byte(user.key), []byte(user.data)
		records = append(records, record)
	}
	return records
}
