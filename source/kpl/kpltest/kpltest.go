// Package kpltest makes aggregates of the Kinesis Producer Library's format, for
// tests: good ones as producers make them, and messages of any kind with the
// magic number and the checksum around them.
//
// Nothing here is part of Leat itself, which writes no aggregates. What real
// libraries make is tried by the end-to-end tests.
package kpltest

import (
	"crypto/md5"

	"google.golang.org/protobuf/encoding/protowire"
)

// The fields of an AggregatedRecord, and of its Records.
const (
	PartitionKey = 1
	HashKey      = 2
	Record       = 3

	PartitionKeyIndex = 1
	HashKeyIndex      = 2
	Data              = 3
)

// A User is a record as a producer gives it to its library.
type User struct{ Key, Data string }

// Aggregate puts user records into one record's data as libraries do, with each
// key once in the table.
func Aggregate(users ...User) []byte {
	var keys, records []byte
	index := map[string]uint64{}
	for _, user := range users {
		if _, ok := index[user.Key]; !ok {
			index[user.Key] = uint64(len(index))
			keys = AppendText(keys, PartitionKey, user.Key)
		}
		records = AppendRecord(records, index[user.Key], user.Data)
	}
	return Seal(append(keys, records...))
}

// Seal puts the magic number and the checksum around a message.
func Seal(message []byte) []byte {
	sum := md5.Sum(message)
	return append(append([]byte{0xF3, 0x89, 0x9A, 0xC2}, message...), sum[:]...)
}

// AppendRecord appends a Record with the index of its key.
func AppendRecord(message []byte, key uint64, data string) []byte {
	record := AppendNumber(nil, PartitionKeyIndex, key)
	return AppendText(message, Record, string(AppendText(record, Data, data)))
}

// AppendText appends a field of text, bytes, or a message.
func AppendText(message []byte, field protowire.Number, text string) []byte {
	message = protowire.AppendTag(message, field, protowire.BytesType)
	return protowire.AppendString(message, text)
}

// AppendNumber appends a field of a whole number.
func AppendNumber(message []byte, field protowire.Number, n uint64) []byte {
	message = protowire.AppendTag(message, field, protowire.VarintType)
	return protowire.AppendVarint(message, n)
}
