package kpl

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"leat"
)

func TestAnAggregateIsSplitIntoItsUserRecords(t *testing.T) {
	users := []userRecord{{"a", "one"}, {"b", ""}, {"a", "three"}, {strings.Repeat("ü", 256), "\xF3\x89\x9A\xC2"}}
	record := outer(7, aggregate(users...))
	var s splitter
	for range 2 { // the second time with memory of the first
		before := []leat.Record{outer(6, []byte("before"))}
		got, ok := s.split(before, &record)
		if diff := cmp.Diff(slices.Concat(before, expect(record, users...)), got); !ok || diff != "" {
			t.Errorf("ok %v:\n%s", ok, diff)
		}
	}
}

func TestUserRecordsLieInTheAggregate(t *testing.T) {
	record := outer(1, aggregate(userRecord{"key", "first"}, userRecord{"key", "second"}))
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
	key := appendText(nil, fieldPartitionKey, "k")
	for name, message := range map[string][]byte{
		"the table after the records": append(appendUser(nil, 0, "data"), key...),
		"a hash key": slices.Concat(key, appendText(nil, fieldHashKey, "123"), appendText(nil, fieldRecord,
			string(appendText(appendVarint(appendVarint(nil, fieldPartitionKeyIndex, 0), fieldHashKeyIndex, 0), fieldData, "data")))),
		"tags": slices.Concat(key, appendText(nil, fieldRecord,
			string(appendText(appendText(appendVarint(nil, fieldPartitionKeyIndex, 0), fieldData, "data"), 4, "\x0a\x01t")))),
		"unknown fields":                 slices.Concat(appendVarint(key, 77, 1), appendText(nil, 78, "x"), appendUser(nil, 0, "data")),
		"a known number of another type": slices.Concat(key, appendVarint(nil, fieldRecord, 1), appendUser(nil, 0, "data")),
		"a group": slices.Concat(key, protowire.AppendTag(nil, 9, protowire.StartGroupType), protowire.AppendTag(nil, 9, protowire.EndGroupType),
			appendUser(nil, 0, "data")),
		"a field twice, of which the last counts": slices.Concat(key, appendText(nil, fieldRecord,
			string(appendText(appendText(appendVarint(nil, fieldPartitionKeyIndex, 0), fieldData, "not this"), fieldData, "data")))),
	} {
		t.Run(name, func(t *testing.T) {
			record := outer(1, seal(message))
			got, ok := new(splitter).split(nil, &record)
			if diff := cmp.Diff(expect(record, userRecord{"k", "data"}), got); !ok || diff != "" {
				t.Errorf("ok %v:\n%s", ok, diff)
			}
		})
	}
}

func TestWhatIsNoWholeAggregateStaysWhole(t *testing.T) {
	good := aggregate(userRecord{"k", "data"}, userRecord{"l", "more"})
	key := appendText(nil, fieldPartitionKey, "k")
	user := func(record []byte) []byte {
		return seal(append(slices.Clip(key), appendText(nil, fieldRecord, string(record))...))
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
		"no message":                       seal(nil),
		"another magic":                    changed(3),
		"another message":                  changed(6),
		"another checksum":                 changed(len(good) - 1),
		"a byte more":                      append(bytes.Clone(good), 0),
		"a byte less":                      good[:len(good)-1],
		"no records":                       seal(key),
		"no keys":                          seal(appendUser(nil, 0, "data")),
		"a key index out of range":         seal(append(slices.Clip(key), appendUser(nil, 1, "data")...)),
		"a hash index out of range":        user(appendText(appendVarint(appendVarint(nil, fieldPartitionKeyIndex, 0), fieldHashKeyIndex, 0), fieldData, "data")),
		"a huge index":                     seal(append(slices.Clip(key), appendUser(nil, 1<<63, "data")...)),
		"a record without a key":           user(appendText(nil, fieldData, "data")),
		"a record without data":            user(appendVarint(nil, fieldPartitionKeyIndex, 0)),
		"an empty key":                     seal(appendUser(appendText(nil, fieldPartitionKey, ""), 0, "data")),
		"a key of 257 characters":          seal(appendUser(appendText(nil, fieldPartitionKey, strings.Repeat("k", 257)), 0, "data")),
		"a key that is not UTF-8":          seal(appendUser(appendText(nil, fieldPartitionKey, "\xFF"), 0, "data")),
		"a field cut off":                  seal(append(slices.Clip(key), 0x1A, 0x7F, 0x08)),
		"a record cut off":                 user([]byte{0x08, 0x00, 0x1A, 0x05, 'x'}),
		"no protocol buffers":              seal([]byte(`{"event":"something else"}`)),
		"a good record, then a bad":        seal(slices.Concat(key, appendUser(nil, 0, "data"), appendUser(nil, 1, "data"))),
		"more data and keys than MaxBytes": aggregate(slices.Repeat([]userRecord{{strings.Repeat("k", 256), ""}}, MaxBytes/256+1)...),
		"more than MaxRecords":             aggregate(slices.Repeat([]userRecord{{"k", ""}}, MaxRecords+1)...),
		"more keys than MaxRecords":        seal(append(bytes.Repeat(key, MaxRecords+1), appendUser(nil, 0, "data")...)),
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
	record := outer(1, aggregate(slices.Repeat([]userRecord{{"k", ""}}, MaxRecords)...))
	if users, ok := new(splitter).split(nil, &record); !ok || len(users) != MaxRecords {
		t.Errorf("it was split into %d records", len(users))
	}
}

// FuzzSplit looks for bytes that make the splitter panic, lose data, or hand
// out what is not in the aggregate. The message gets a right checksum, or else
// nothing would come through.
func FuzzSplit(f *testing.F) {
	good := aggregate(userRecord{"k", "data"}, userRecord{"l", "more"})
	f.Add(good[4:len(good)-16], true)
	f.Add(good, false)
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, message []byte, sealed bool) {
		record := outer(1, message)
		if sealed {
			record.Data = seal(message)
		}
		kept := bytes.Clone(record.Data)
		users, ok := new(splitter).split(nil, &record)
		if !bytes.Equal(kept, record.Data) || ok != (len(users) > 0) {
			t.Fatalf("ok %v with %d records", ok, len(users))
		}
		data := 0
		for i, user := range users {
			if user.Subsequence != uint32(i) || user.Sequence != record.Sequence || user.Arrival != record.Arrival || user.Shard != record.Shard {
				t.Fatalf("record %d is %+v", i, user)
			}
			if !bytes.Contains(record.Data, user.Data) || !validKey(user.PartitionKey) {
				t.Fatalf("record %d has key %q and data %q", i, user.PartitionKey, user.Data)
			}
			data += len(user.Data)
		}
		if data > len(record.Data) {
			t.Fatalf("%d bytes of data came out of %d", data, len(record.Data))
		}
	})
}
