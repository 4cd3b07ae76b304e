package kpl

import (
	"context"
	"crypto/md5"
	"io"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leat"
	"leat/source"
	"leat/source/kpl/kpltest"
)

// halved is a source of two shards: 1, which is as old as the stream, and 2,
// which a split has given the lower half of the hash keys.
type halved struct{ *list }

func (halved) HashKeys(shard uint32) (first, last HashKey, ok bool) {
	for i := range last {
		last[i] = 0xff
	}
	last[0] = 0x7f
	return first, last, shard == 2
}

// lowKey and highKey are partition keys whose hashes are in either half.
var lowKey, highKey = keyWhere(func(hash [md5.Size]byte) bool { return hash[0] < 0x80 }), keyWhere(func(hash [md5.Size]byte) bool { return hash[0] >= 0x80 })

func keyWhere(fits func([md5.Size]byte) bool) string {
	for key := byte('b'); ; key++ {
		if fits(md5.Sum([]byte{key})) {
			return string(key)
		}
	}
}

// withHashKeys is an aggregate of one user record for each hash key.
func withHashKeys(key string, hashKeys ...string) []byte {
	message := kpltest.AppendText(nil, kpltest.PartitionKey, key)
	for i, hashKey := range hashKeys {
		message = kpltest.AppendText(message, kpltest.HashKey, hashKey)
		record := kpltest.AppendNumber(nil, kpltest.PartitionKeyIndex, 0)
		record = kpltest.AppendNumber(record, kpltest.HashKeyIndex, uint64(i))
		record = kpltest.AppendText(record, kpltest.Data, hashKey)
		message = kpltest.AppendText(message, kpltest.Record, string(record))
	}
	return kpltest.Seal(message)
}

func TestTheLibrarysAggregatesWithStraysAreLeftOut(t *testing.T) {
	middle := new(big.Int).Lsh(big.NewInt(1), 127).String()
	tooLarge := new(big.Int).Lsh(big.NewInt(1), 128).String()
	low, high := user(lowKey, "low"), user(highKey, "high")
	for _, test := range []struct {
		name  string
		shard uint32
		key   string
		data  []byte
		kept  []string
	}{
		{"all at home", 2, "a", kpltest.Aggregate(low, low), []string{"low", "low"}},
		{"a stray", 2, "a", kpltest.Aggregate(low, high, low), nil},
		{"nothing but strays", 2, "a", kpltest.Aggregate(high), nil},
		{"in an old shard", 1, "a", kpltest.Aggregate(low, high), []string{"low", "high"}},
		{"of another library", 2, lowKey, kpltest.Aggregate(low, high), []string{"low", "high"}},
		{"at home by hash key", 2, "a", withHashKeys(highKey, "0", "1"), []string{"0", "1"}},
		{"a stray by hash key", 2, "a", withHashKeys(lowKey, "0", middle), nil},
		{"a hash key that is none", 2, "a", withHashKeys(lowKey, "x", "-1", tooLarge), []string{"x", "-1", tooLarge}},
	} {
		record := outer(0, test.data)
		record.Shard, record.PartitionKey = test.shard, []byte(test.key)
		var got []string
		reader := open(t, halved{&list{records: []leat.Record{record}, maxBatch: 1}}, at(0))
		batch, err := reader.Next(context.Background(), source.Limit{})
		if (err == io.EOF) != (test.kept == nil) || err != nil && err != io.EOF {
			t.Errorf("%s: %v", test.name, err)
		}
		for _, user := range batch.Records {
			got = append(got, string(user.Data))
		}
		if diff := cmp.Diff(test.kept, got); diff != "" {
			t.Errorf("%s: kept (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestNothingButStraysIsNoBatch(t *testing.T) {
	stray := outer(0, kpltest.Aggregate(user(highKey, "high")))
	stray.Shard, stray.PartitionKey = 2, []byte("a")
	plain := outer(1, []byte("plain"))
	reader := open(t, halved{&list{records: []leat.Record{stray, stray, plain}, maxBatch: 1, lost: 3}}, at(0))
	batch, err := reader.Next(context.Background(), source.Limit{})
	if err != nil {
		t.Fatal(err)
	}
	if len(batch.Records) != 1 || string(batch.Records[0].Data) != "plain" || batch.Next != at(3) || batch.Lost != 3 || batch.Pending != 0 {
		t.Errorf("got %+v", batch)
	}
}
