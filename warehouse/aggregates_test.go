package warehouse

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leat/source/kpl"
	"leat/source/kpl/kpltest"
)

// aggregateOf puts documents together, with keys of their own.
func aggregateOf(documents ...string) string {
	var users []kpltest.User
	for i, document := range documents {
		users = append(users, kpltest.User{Key: fmt.Sprintf("user-%d", i), Data: document})
	}
	return string(kpltest.Aggregate(users...))
}

func withAggregateView(t testing.TB) (*fixture, *fakeStream) {
	t.Helper()
	f := newFixture(t)
	stream := newFakeStream("first")
	f.streams.set("events", stream)
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default")
	f.do(`CREATE MATERIALIZED VIEW v AS SELECT approximate_arrival_timestamp, partition_key, shard_id,
		sequence_number || '/' || subsequence_number AS sequence_number, JSON_PARSE(kinesis_data).id::INT AS id FROM kds.events`)
	return f, stream
}

func TestEachUserRecordOfAnAggregateIsARow(t *testing.T) {
	f, stream := withAggregateView(t)
	stream.put(documents(0, 2)...)
	stream.put(aggregateOf(documents(2, 3)...), aggregateOf(documents(5, 2)...))
	stream.put(documents(7, 1)...)
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 8, 0, 0)
	got := f.do("SELECT id, partition_key, trim(shard_id), right(sequence_number, 2), to_char(approximate_arrival_timestamp, 'MS') FROM v ORDER BY id")
	want := [][]any{
		{int32(0), "key-0", "shardId-000000000000", "/0", "000"}, {int32(1), "key-1", "shardId-000000000001", "/0", "001"},
		{int32(2), "user-0", "shardId-000000000000", "/0", "002"}, {int32(3), "user-1", "shardId-000000000000", "/1", "002"},
		{int32(4), "user-2", "shardId-000000000000", "/2", "002"}, {int32(5), "user-0", "shardId-000000000001", "/0", "003"},
		{int32(6), "user-1", "shardId-000000000001", "/1", "003"}, {int32(7), "key-4", "shardId-000000000000", "/0", "004"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestARefreshReachesTheEndOverAggregates: the records that a refresh still has
// to read are counted in the stream, where an aggregate is one.
func TestARefreshReachesTheEndOverAggregates(t *testing.T) {
	f, stream := withAggregateView(t)
	stream.maxBatch = 2
	for i := range 300 {
		stream.put(aggregateOf(documents(100*i, 100)...))
	}
	f.Warehouse.cfg.MemoryBytes = 1 // a transaction takes no more than one read
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 30_000, 0, 0)
}

func TestADamagedAggregateIsQuarantinedWhole(t *testing.T) {
	f, stream := withAggregateView(t)
	damaged := aggregateOf(documents(0, 3)...)
	damaged = damaged[:len(damaged)-1]
	stream.put(damaged, aggregateOf(documents(3, 3)...))
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 3, 0, 1)
	if rows := f.do("SELECT data FROM leat_quarantine"); !bytes.Equal(rows[0][0].([]byte), []byte(damaged)) {
		t.Errorf("quarantine has %q", rows[0][0])
	}
}

func TestBadUserRecordsHavePositionsOfTheirOwn(t *testing.T) {
	f, stream := withAggregateView(t)
	stream.put(aggregateOf(`{"id":0}`, "bad", `{"id":2}`, "bad"), "bad", aggregateOf("bad", `{"id":6}`))
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 3, 0, 4)
	got := f.do("SELECT right(sequence_number, 1), subsequence_number, partition_key FROM leat_quarantine ORDER BY sequence_number, subsequence_number")
	want := [][]any{{"0", int64(1), "user-1"}, {"0", int64(3), "user-3"}, {"1", int64(0), "key-1"}, {"0", int64(0), "user-0"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	positions := f.do("SELECT DISTINCT substring(position, 57) FROM sys_stream_scan_errors ORDER BY 1")
	if diff := cmp.Diff([][]any{{""}, {":1"}, {":3"}}, positions); diff != "" {
		t.Errorf("what follows the sequence number in positions:\n%s", diff)
	}
	if n := f.do("SELECT count(DISTINCT position) FROM sys_stream_scan_errors"); n[0][0] != int64(4) {
		t.Errorf("%v different positions of 4 records", n[0][0])
	}
}

// TestTheLargestAggregateLeavesNoMemoryBehind: it goes through the batch that
// all views share, and which is given back.
func TestTheLargestAggregateLeavesNoMemoryBehind(t *testing.T) {
	f, stream := withAggregateView(t)
	users := slices.Repeat([]kpltest.User{{Key: "one key of some length", Data: `{"id":1}`}}, kpl.MaxRecords)
	stream.put(string(kpltest.Aggregate(users...)))
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, kpl.MaxRecords, 0, 0)
	if held := f.openViews()[0].small.batch.MemoryBytes(); held > 2*sliceBytes {
		t.Errorf("the view's own batch holds %d bytes", held)
	}
}

func TestADatabaseOfTheFirstFormatIsBroughtUp(t *testing.T) {
	f, stream := withAggregateView(t)
	stream.put("bad")
	f.do("REFRESH MATERIALIZED VIEW v")
	for _, sql := range []string{"ALTER TABLE leat.quarantine DROP COLUMN subsequence_number", "UPDATE leat.meta SET format = 1"} {
		f.raw(sql)
	}
	f.reopen()
	stream.put(aggregateOf(`{"id":0}`, "bad"))
	f.do("REFRESH MATERIALIZED VIEW v")
	got := f.do("SELECT subsequence_number FROM leat_quarantine ORDER BY sequence_number")
	if diff := cmp.Diff([][]any{{int64(0)}, {int64(1)}}, got); diff != "" {
		t.Error(diff)
	}
	f.raw("UPDATE leat.meta SET format = 99 RETURNING format")
	f.close()
	if _, err := Open(Config{Dir: f.dir, OpenSource: f.streams.open}); err == nil {
		t.Error("a database of a later format was opened")
	}
}
