package kpl

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"leat"
	"leat/source/kpl/kpltest"
)

func TestAnAggregateIsSplitIntoItsUserRecords(t *testing.T) {
	var s splitter // keeps memory from one to the next
	for _, users := range [][]kpltest.User{
		{user("a", "one"), user("b", ""), user("a", "three"), user(strings.Repeat("ü", 256), "\xF3\x89\x9A\xC2")},
		{user("c", "four")},
	} {
		record := outer(7, kpltest.Aggregate(users...))
		before := []leat.Record{outer(6, []byte("before"))}
		got, ok := s.split(before, &record)
		if diff := cmp.Diff(slices.Concat(before, expect(record, users...)), got); !ok || diff != "" {
			t.Errorf("ok %v:\n%s", ok, diff)
		}
	}
}

func TestUserRecordsLieInTheAggregate(t *testing.T) {
	record := outer(1, kpltest.Aggregate(user("key", "first"), user("key", "second")))
	users, _ := new(splitter).split(nil, &record)
	for _, user := range users {
		if !within(record.Data, user.Data) || !within(record.Data, user.PartitionKey) {
			t.Errorf("%q and %q were copied", user.PartitionKey, user.Data)
		}
		// What appends to one record must not overwrite the next.
		if cap(user.Data) != len(user.Data) || cap(user.PartitionKey) != len(user.PartitionKey) {
			t.Errorf("%q has room behind it", user.Data)
		}
	}
}

// within reports whether part is memory of whole.
func within(whole, part []byte) bool {
	for i := range whole {
		if &whole[i] == &part[0] {
			return true
		}
	}
	return false
}

func TestWhatProtocolBuffersAllowIsSplit(t *testing.T) {
	key := kpltest.AppendText(nil, fieldPartitionKey, "k")
	for name, message := range map[string][]byte{
		"the table after the records": append(kpltest.AppendRecord(nil, 0, "data"), key...),
		"a hash key": slices.Concat(key, kpltest.AppendText(nil, fieldHashKey, "123"), kpltest.AppendText(nil, fieldRecord,
			string(kpltest.AppendText(kpltest.AppendNumber(kpltest.AppendNumber(nil, fieldPartitionKeyIndex, 0), fieldHashKeyIndex, 0), fieldData, "data")))),
		"tags": slices.Concat(key, kpltest.AppendText(nil, fieldRecord,
			string(kpltest.AppendText(kpltest.AppendText(kpltest.AppendNumber(nil, fieldPartitionKeyIndex, 0), fieldData, "data"), 4, "\x0a\x01t")))),
		"unknown fields":                 slices.Concat(kpltest.AppendNumber(key, 77, 1), kpltest.AppendText(nil, 78, "x"), kpltest.AppendRecord(nil, 0, "data")),
		"a known number of another type": slices.Concat(key, kpltest.AppendNumber(nil, fieldRecord, 1), kpltest.AppendRecord(nil, 0, "data")),
		"a group": slices.Concat(key, protowire.AppendTag(nil, 9, protowire.StartGroupType), protowire.AppendTag(nil, 9, protowire.EndGroupType),
			kpltest.AppendRecord(nil, 0, "data")),
		"a field twice, of which the last counts": slices.Concat(key, kpltest.AppendText(nil, fieldRecord,
			string(kpltest.AppendText(kpltest.AppendText(kpltest.AppendNumber(nil, fieldPartitionKeyIndex, 0), fieldData, "not this"), fieldData, "data")))),
	} {
		t.Run(name, func(t *testing.T) {
			record := outer(1, kpltest.Seal(message))
			got, ok := new(splitter).split(nil, &record)
			if diff := cmp.Diff(expect(record, user("k", "data")), got); !ok || diff != "" {
				t.Errorf("ok %v:\n%s", ok, diff)
			}
		})
	}
}

func TestWhatIsNoWholeAggregateStaysWhole(t *testing.T) {
	good := kpltest.Aggregate(user("k", "data"), user("l", "more"))
	key := kpltest.AppendText(nil, fieldPartitionKey, "k")
	sealed := func(record []byte) []byte {
		return kpltest.Seal(append(slices.Clip(key), kpltest.AppendText(nil, fieldRecord, string(record))...))
	}
	changed := func(at int) []byte {
		data := bytes.Clone(good)
		data[at] ^= 1
		return data
	}
	for name, data := range map[string][]byte{
		"nothing":                          {},
		"shorter than the magic":           good[:3],
		"the magic alone":                  good[:4],
		"no message":                       kpltest.Seal(nil),
		"another magic":                    changed(3),
		"another message":                  changed(6),
		"another checksum":                 changed(len(good) - 1),
		"a byte more":                      append(bytes.Clone(good), 0),
		"a byte less":                      good[:len(good)-1],
		"no records":                       kpltest.Seal(key),
		"no keys":                          kpltest.Seal(kpltest.AppendRecord(nil, 0, "data")),
		"a key index out of range":         kpltest.Seal(append(slices.Clip(key), kpltest.AppendRecord(nil, 1, "data")...)),
		"a hash index out of range":        sealed(kpltest.AppendText(kpltest.AppendNumber(kpltest.AppendNumber(nil, fieldPartitionKeyIndex, 0), fieldHashKeyIndex, 0), fieldData, "data")),
		"a huge index":                     kpltest.Seal(append(slices.Clip(key), kpltest.AppendRecord(nil, 1<<63, "data")...)),
		"a record without a key":           sealed(kpltest.AppendText(nil, fieldData, "data")),
		"a record without data":            sealed(kpltest.AppendNumber(nil, fieldPartitionKeyIndex, 0)),
		"an empty key":                     kpltest.Seal(kpltest.AppendRecord(kpltest.AppendText(nil, fieldPartitionKey, ""), 0, "data")),
		"a key of 257 characters":          kpltest.Seal(kpltest.AppendRecord(kpltest.AppendText(nil, fieldPartitionKey, strings.Repeat("k", 257)), 0, "data")),
		"a key that is not UTF-8":          kpltest.Seal(kpltest.AppendRecord(kpltest.AppendText(nil, fieldPartitionKey, "\xFF"), 0, "data")),
		"a field cut off":                  kpltest.Seal(append(slices.Clip(key), 0x1A, 0x7F, 0x08)),
		"a record cut off":                 sealed([]byte{0x08, 0x00, 0x1A, 0x05, 'x'}),
		"no protocol buffers":              kpltest.Seal([]byte(`{"event":"something else"}`)),
		"a good record, then a bad":        kpltest.Seal(slices.Concat(key, kpltest.AppendRecord(nil, 0, "data"), kpltest.AppendRecord(nil, 1, "data"))),
		"more data and keys than MaxBytes": kpltest.Aggregate(slices.Repeat([]kpltest.User{user(strings.Repeat("🙂", 256), "")}, MaxBytes/1024+1)...),
		"more than MaxRecords":             kpltest.Aggregate(slices.Repeat([]kpltest.User{user("k", "")}, MaxRecords+1)...),
		"more keys than MaxRecords":        kpltest.Seal(append(bytes.Repeat(key, MaxRecords+1), kpltest.AppendRecord(nil, 0, "data")...)),
	} {
		t.Run(name, func(t *testing.T) {
			record := outer(1, data)
			before := []leat.Record{outer(0, []byte("before"))}
			got, ok := new(splitter).split(before, &record)
			if ok || len(got) != 1 {
				t.Errorf("it was split into %d records", len(got)-1)
			}
		})
	}
}

func TestTheLargestAggregateIsSplit(t *testing.T) {
	record := outer(1, kpltest.Aggregate(slices.Repeat([]kpltest.User{user("k", "")}, MaxRecords)...))
	if users, ok := new(splitter).split(nil, &record); !ok || len(users) != MaxRecords {
		t.Errorf("it was split into %d records", len(users))
	}
}
