package kpl

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"leat"
)

// The bounds of an aggregate that is taken apart; one beyond them counts as a
// plain record. No aggregate of up to 1 MiB has as many records, and libraries
// make no larger ones.
const (
	// MaxRecords is how many user records it may hold, and how many keys.
	MaxRecords = 1 << 18
	// MaxBytes is what they may add up to in data and partition keys, each
	// record with a key of its own.
	MaxBytes = 64 << 20
)

// maxKey is the length of a partition key, in characters, as Kinesis has it.
const maxKey = 256

const (
	magic    = 0xF3_89_9A_C2
	overhead = 4 + md5.Size
)

// The fields of the messages, by their numbers.
const (
	fieldPartitionKey = 1 // of AggregatedRecord: repeated string
	fieldHashKey      = 2 // repeated string
	fieldRecord       = 3 // repeated Record

	fieldPartitionKeyIndex = 1 // of Record: required uint64
	fieldHashKeyIndex      = 2 // optional uint64
	fieldData              = 3 // required bytes
)

// A splitter takes aggregates apart. It keeps memory from one to the next.
type splitter struct {
	shards Sharded // nil: not known
	// The keys of the aggregate at hand.
	keys, hashKeys [][]byte
}

// looksAggregated reports whether a record's data begins as an aggregate does.
func looksAggregated(data []byte) bool {
	return len(data) > overhead && binary.BigEndian.Uint32(data) == magic
}

// split appends the user records of an aggregate to dst; their keys and data
// lie in the aggregate's data. Of one with strays it appends none. For any other
// record it appends nothing and returns false.
func (s *splitter) split(dst []leat.Record, record *leat.Record) (_ []leat.Record, ok bool) {
	if !looksAggregated(record.Data) {
		return dst, false
	}
	message, sum := record.Data[4:len(record.Data)-md5.Size], record.Data[len(record.Data)-md5.Size:]
	if actual := md5.Sum(message); !bytes.Equal(actual[:], sum) {
		return dst, false
	}
	records, ok := s.readTables(message)
	if !ok || records == 0 {
		return dst, false
	}
	split := slices.Grow(dst, records)
	fence := s.fenceOf(record)
	size, strays := 0, false
	for rest := message; len(rest) > 0; {
		var f field
		f, rest, _ = nextField(rest) // readTables came through
		if !f.is(fieldRecord, protowire.BytesType) {
			continue
		}
		key, hashKey, data, ok := s.userRecord(f.bytes)
		size += len(key) + len(data)
		if !ok || size > MaxBytes {
			return dst, false
		}
		strays = strays || fence.keepsOut(key, hashKey)
		user := *record
		user.Subsequence = uint32(len(split) - len(dst))
		user.PartitionKey, user.Data = key, data
		split = append(split, user)
	}
	if strays {
		return dst, true
	}
	return split, true
}

// readTables goes through an aggregate once: it keeps the keys, which may come
// after the records that point at them, and counts records.
func (s *splitter) readTables(message []byte) (records int, ok bool) {
	s.keys, s.hashKeys = s.keys[:0], s.hashKeys[:0]
	for len(message) > 0 {
		var f field
		if f, message, ok = nextField(message); !ok {
			return 0, false
		}
		switch {
		case f.is(fieldPartitionKey, protowire.BytesType):
			if !validKey(f.bytes) {
				return 0, false
			}
			s.keys = append(s.keys, f.bytes)
		case f.is(fieldHashKey, protowire.BytesType):
			s.hashKeys = append(s.hashKeys, f.bytes)
		case f.is(fieldRecord, protowire.BytesType):
			records++
		}
		if records > MaxRecords || len(s.keys) > MaxRecords || len(s.hashKeys) > MaxRecords {
			return 0, false
		}
	}
	return records, true
}

// validKey reports whether a partition key is one that Kinesis takes.
func validKey(key []byte) bool {
	if len(key) == 0 || !utf8.Valid(key) {
		return false
	}
	return len(key) <= maxKey || utf8.RuneCount(key) <= maxKey
}

// userRecord reads one message Record.
func (s *splitter) userRecord(message []byte) (key, hashKey, data []byte, ok bool) {
	hasKey, hasData := false, false
	for len(message) > 0 {
		var f field
		if f, message, ok = nextField(message); !ok {
			return nil, nil, nil, false
		}
		switch {
		case f.is(fieldPartitionKeyIndex, protowire.VarintType):
			if f.varint >= uint64(len(s.keys)) {
				return nil, nil, nil, false
			}
			key, hasKey = s.keys[f.varint], true
		case f.is(fieldHashKeyIndex, protowire.VarintType):
			if f.varint >= uint64(len(s.hashKeys)) {
				return nil, nil, nil, false
			}
			hashKey = s.hashKeys[f.varint]
		case f.is(fieldData, protowire.BytesType):
			data, hasData = f.bytes, true
		}
	}
	return key, hashKey, data, hasKey && hasData
}

// A field is one of a message's fields. One of another type than its number
// should have counts as unknown, as it does to readers of protocol buffers.
type field struct {
	number protowire.Number
	typ    protowire.Type
	bytes  []byte // of BytesType
	varint uint64 // of VarintType
}

func (f *field) is(number protowire.Number, typ protowire.Type) bool {
	return f.number == number && f.typ == typ
}

// nextField takes one field off a message; not ok: the bytes are no message.
func nextField(message []byte) (f field, rest []byte, ok bool) {
	number, typ, n := protowire.ConsumeTag(message)
	if n < 0 {
		return f, nil, false
	}
	f.number, f.typ = number, typ
	rest = message[n:]
	switch typ {
	case protowire.BytesType:
		f.bytes, n = protowire.ConsumeBytes(rest)
		f.bytes = slices.Clip(f.bytes)
	case protowire.VarintType:
		f.varint, n = protowire.ConsumeVarint(rest)
	default:
		n = protowire.ConsumeFieldValue(number, typ, rest)
	}
	if n < 0 {
		return f, nil, false
	}
	return f, rest[n:], true
}
