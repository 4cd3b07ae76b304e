package duck_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leat"
	"leat/duck"
)

func records(n int) []leat.Record {
	out := make([]leat.Record, n)
	for i := range out {
		out[i] = leat.Record{
			Shard:        uint32(i % 3),
			Sequence:     leat.Sequence{Created: 1_700_000_000, Ordinal: uint64(i), Shard: uint32(i % 3)},
			Subsequence:  uint32(i % 7),
			Arrival:      1_710_637_323_004 + int64(i),
			PartitionKey: fmt.Appendf(nil, "key-%d", i),
			Data:         fmt.Appendf(nil, `{"id":%d,"text":"a payload that is not short"}`, i),
		}
	}
	return out
}

func newBatch(t testing.TB, db *duck.DB, records []leat.Record) *duck.Batch {
	t.Helper()
	batch, err := db.NewBatch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(batch.Close)
	batch.Append(records)
	return batch
}

func TestABatchShowsEveryColumnOfItsRecords(t *testing.T) {
	db, conn := openMemory(t, duck.Config{})
	in := records(5)
	in[4].Data = nil
	in[3].PartitionKey = []byte("bad\xffkey, longer than inlined")
	batch := newBatch(t, db, in)
	refresh := time.Date(2024, 3, 17, 0, 0, 0, 5000, time.UTC)
	batch.SetRefreshTime(refresh)
	result, err := conn.Query(t.Context(), "SELECT * FROM "+batch.From()+" ORDER BY batch_row")
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	for i, record := range in {
		if !result.Next() {
			t.Fatalf("row %d is missing: %v", i, result.Err())
		}
		want := []any{
			int64(i), append([]byte{}, record.Data...), string(bytes.ToValidUTF8(record.PartitionKey, []byte("\uFFFD"))),
			fmt.Sprintf("shardId-%012d", record.Shard), record.Sequence.String(), int64(record.Subsequence), time.UnixMilli(record.Arrival).UTC(), refresh,
		}
		if diff := cmp.Diff(want, result.Values()); diff != "" {
			t.Errorf("row %d:\n%s", i, diff)
		}
	}
	if result.Next() {
		t.Error("more rows than records")
	}
}

func TestABatchIsReadInParallelWithoutLossOrRepetition(t *testing.T) {
	db, conn := openMemory(t, duck.Config{Threads: 4})
	for _, n := range []int{0, 1, 2047, 2048, 2049, 100_000, 122_880, 122_881, 300_000} {
		batch := newBatch(t, db, records(n))
		got := row(t, conn, "SELECT count(*), count(DISTINCT batch_row), count(DISTINCT kinesis_data), coalesce(sum(batch_row), 0)::bigint FROM "+batch.From())
		want := []any{int64(n), int64(n), int64(n), int64(n) * int64(n-1) / 2}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d records:\n%s", n, diff)
		}
	}
}

func TestAPreparedStatementFollowsItsBatch(t *testing.T) {
	db, conn := openMemory(t, duck.Config{})
	batch := newBatch(t, db, nil)
	exec(t, conn, "CREATE TABLE t (i BIGINT, data BLOB)")
	insert, err := conn.Prepare(t.Context(), "INSERT INTO t SELECT batch_row, kinesis_data FROM "+batch.From())
	if err != nil {
		t.Fatal(err)
	}
	defer insert.Close()
	total := 0
	for _, n := range []int{3, 5000, 0, 1} {
		batch.Reset()
		batch.Append(records(n))
		if got, err := insert.Exec(t.Context()); err != nil || got != int64(n) {
			t.Fatalf("inserted %d rows, %v; want %d", got, err, n)
		}
		total += n
	}
	if got := row(t, conn, "SELECT count(*), sum(octet_length(data)) > 0 FROM t"); got[0] != int64(total) {
		t.Errorf("table has %v rows, want %d", got[0], total)
	}
}

func TestABatchShowsARangeOrASelection(t *testing.T) {
	db, conn := openMemory(t, duck.Config{})
	batch := newBatch(t, db, records(100))
	list := "SELECT list(batch_row ORDER BY batch_row) FROM " + batch.From()
	batch.Show(97, 2)
	if diff := cmp.Diff([]any{[]any{int64(97), int64(98)}}, row(t, conn, list)); diff != "" {
		t.Errorf("a range:\n%s", diff)
	}
	batch.ShowRows([]uint32{5, 50, 99})
	if diff := cmp.Diff([]any{[]any{int64(5), int64(50), int64(99)}}, row(t, conn, list)); diff != "" {
		t.Errorf("a selection:\n%s", diff)
	}
	batch.ShowRows(nil)
	if got := row(t, conn, "SELECT count(*) FROM "+batch.From()); got[0] != int64(0) {
		t.Errorf("an empty selection shows %v rows", got[0])
	}
	batch.ShowAll()
	if got := row(t, conn, "SELECT count(*) FROM "+batch.From()); got[0] != int64(100) {
		t.Errorf("all shows %v rows", got[0])
	}
}

func TestABatchGivesItsRecordsBack(t *testing.T) {
	db, _ := openMemory(t, duck.Config{})
	big := records(3)
	big[1].Data = bytes.Repeat([]byte("large "), 1<<20)
	batch := newBatch(t, db, big)
	for i, want := range big {
		if diff := cmp.Diff(want, batch.Record(i)); diff != "" {
			t.Errorf("record %d differs", i)
		}
	}
	batch.Reset()
	batch.Trim(0)
	batch.Append(records(2))
	if diff := cmp.Diff(records(2)[1], batch.Record(1)); diff != "" {
		t.Errorf("after Trim:\n%s", diff)
	}
}
