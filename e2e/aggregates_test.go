package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/jackc/pgx/v5"

	"leat/cmd/leat/client"
	"leat/server"
)

// An aggregate is a record of a stream that holds user records, and what they
// are.
type aggregate struct {
	Key     string `json:"key"`
	HashKey string `json:"hash_key"`
	Data    []byte `json:"data"`
	Users   []struct {
		Key  string `json:"key"`
		Data string `json:"data"`
	} `json:"users"`
	damaged bool
}

// makeAggregates has a public library make aggregates; of each ten, one is
// damaged then, and one replaced by a plain record.
func makeAggregates(t *testing.T, n int, seed uint64) []aggregate {
	t.Helper()
	needsPython(t, "aws_kinesis_agg")
	code, out, errs := run(t, "", nil, "python3", "clients/python/aggregates.py", strconv.Itoa(n), strconv.FormatUint(seed, 10))
	if code != 0 {
		t.Fatalf("aggregates.py ended with %d: %s", code, errs)
	}
	var all []aggregate
	for lines := json.NewDecoder(strings.NewReader(out)); lines.More(); {
		var one aggregate
		if err := lines.Decode(&one); err != nil {
			t.Fatal(err)
		}
		switch len(all) % 10 {
		case 3: // its checksum no longer fits
			one.damaged, one.Users = true, nil
			one.Data[len(one.Data)/2] ^= 1
		case 7:
			one.Users = one.Users[:1]
			one.Key, one.HashKey, one.Data = one.Users[0].Key, "", []byte(one.Users[0].Data)
		}
		all = append(all, one)
	}
	if len(all) != n {
		t.Fatalf("%d aggregates were made, want %d", len(all), n)
	}
	return all
}

// TestAggregatedRecordsCountOnce puts aggregates of a public library while the
// server is killed again and again. The stream has them byte for byte; a
// streaming view and two buckets have the user records, each once, and damaged
// aggregates whole.
func TestAggregatedRecordsCountOnce(t *testing.T) {
	t.Parallel()
	const rounds = 4
	seed := rand.Uint64() >> 1
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	all := makeAggregates(t, rounds*100, seed)
	data := filepath.Join(t.TempDir(), "data")
	p := serve(t, data, "--small-buffers")
	makeAggregatePipelines(t, p)
	acknowledged := map[string]bool{}
	for i := range rounds {
		part := all[i*100:][:100]
		moment := time.After(time.Duration(random.Int64N(int64(200 * time.Millisecond))))
		stop := make(chan struct{})
		put := make(chan []string)
		go func() { put <- putUntil(p, part, stop) }()
		if i < rounds-1 {
			<-moment
			p.kill()
			close(stop)
		}
		for _, record := range <-put {
			acknowledged[record] = true
		}
		if i < rounds-1 {
			p = serve(t, data)
		}
	}

	// The stream: the bytes that were put.
	sent := map[string]aggregate{}
	for _, one := range all {
		sent[string(one.Data)] = one
	}
	users := map[string]record{}
	keys := map[string]string{}
	var read, damaged float64
	for _, bytes := range p.readStream(t, "events") {
		one, known := sent[string(bytes)]
		if !known {
			t.Fatalf("the stream has a record that nobody put, or had it before: %.80q", bytes)
		}
		delete(sent, string(bytes))
		delete(acknowledged, string(bytes))
		if read++; one.damaged {
			damaged++
			continue
		}
		read += float64(len(one.Users)) - 1
		for _, user := range one.Users {
			uuid := uuidOf([]byte(user.Data))
			users[uuid], keys[uuid] = record{}, user.Key
		}
	}
	if len(acknowledged) > 0 {
		t.Errorf("%d acknowledged records are not in the stream", len(acknowledged))
	}
	t.Logf("%d records of the stream hold %d user records; %v are damaged", len(all)-len(sent), len(users), damaged)
	if len(users) < 500 || damaged == 0 {
		t.Error("that is too few for a test")
	}

	values := p.awaitAllRead(t)
	conn := p.connect(t)
	rows, err := conn.Query(t.Context(), "SELECT event_uuid, partition_key FROM live")
	if err != nil {
		t.Fatal(err)
	}
	type row struct{ UUID, Key string }
	live, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		t.Fatal(err)
	}
	var inView []string
	for _, r := range live {
		if inView = append(inView, r.UUID); keys[r.UUID] != r.Key {
			t.Fatalf("record %s has key %q in the view, want %q", r.UUID, r.Key, keys[r.UUID])
		}
	}
	checkOnce(t, "view", inView, users)
	if n := number(t, conn, "SELECT count(*) FROM (SELECT DISTINCT sequence_number, subsequence_number FROM live)"); n != int64(len(users)) {
		t.Errorf("%d rows have %d different places", len(users), n)
	}
	if n := number(t, conn, "SELECT count(*) FROM leat_quarantine WHERE left(to_hex(data), 8) = 'f3899ac2'"); float64(n) != damaged {
		t.Errorf("%d damaged aggregates are in quarantine, want %v", n, damaged)
	}
	checkValue(t, values, `leat_view_records_total{view="public.live",outcome="quarantined"}`, damaged)

	bucket := filepath.Join(server.Folder(data).Buckets(), "aggregates")
	var archived []string
	for _, line := range objectLines(t, filepath.Join(bucket, "archive")) {
		if strings.HasPrefix(line, `{"event_uuid":"`) { // damaged ones are binary, over several lines
			archived = append(archived, uuidOf([]byte(line)))
		}
	}
	checkOnce(t, "archive", archived, users)
	checkOnce(t, "lake", parquetColumn(t, filepath.Join(bucket, "lake"), "event_uuid"), users)
	checkValue(t, values, `leat_delivery_records_total{delivery_stream="archive",outcome="delivered"}`, read)
	checkValue(t, values, `leat_delivery_records_total{delivery_stream="lake",outcome="delivered"}`, read-damaged)
	checkValue(t, values, `leat_delivery_records_total{delivery_stream="lake",outcome="quarantined"}`, damaged)
	checkDamagedKeptWhole(t, filepath.Join(bucket, "lake-errors"), all, int(damaged))
	if code := p.stop(t); code != 0 {
		t.Errorf("leat serve ended with %d", code)
	}
	if code, out, errs := leat(t, "", "verify", "--data", data); code != 0 {
		t.Errorf("leat verify ended with %d: %s%s", code, out, errs)
	}
}

func makeAggregatePipelines(t *testing.T, p *process) {
	t.Helper()
	p.createStream(t, "events", 2)
	archive := client.Archive("archive", "events", "aggregates", 1, 1)
	archive.Prefix, archive.ErrorPrefix = "archive/", "archive-errors/"
	p.createDelivery(t, archive)
	lake := client.Lake("lake", "events", "aggregates", 1, 1)
	lake.Prefix, lake.ErrorPrefix = "lake/", "lake-errors/"
	lake.Processors, lake.PartitionedByTheQuery = nil, false
	p.createDelivery(t, lake)
	execute(t, p.connect(t),
		"CREATE EXTERNAL SCHEMA streams FROM KINESIS IAM_ROLE default",
		`CREATE MATERIALIZED VIEW live AUTO REFRESH YES AS
		 SELECT sequence_number, subsequence_number, partition_key,
		        JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'event_uuid')::varchar(36) AS event_uuid
		 FROM streams."events"`)
}

// putUntil puts records, each once, until stop is closed, and returns the data
// of those that were acknowledged.
func putUntil(p *process, records []aggregate, stop <-chan struct{}) (acknowledged []string) {
	for len(records) > 0 {
		n := min(len(records), 2)
		var entries []types.PutRecordsRequestEntry
		for _, one := range records[:n] {
			entry := types.PutRecordsRequestEntry{Data: one.Data, PartitionKey: sdk.String(one.Key)}
			if one.HashKey != "" {
				entry.ExplicitHashKey = sdk.String(one.HashKey)
			}
			entries = append(entries, entry)
		}
		records = records[n:]
		answer, err := p.kinesisClient().PutRecords(context.Background(), &kinesis.PutRecordsInput{StreamName: sdk.String("events"), Records: entries},
			func(o *kinesis.Options) { o.Retryer = sdk.NopRetryer{} })
		select {
		case <-stop:
			records = nil
		default:
		}
		if err != nil {
			continue
		}
		for i, result := range answer.Records {
			if result.ErrorCode == nil {
				acknowledged = append(acknowledged, string(entries[i].Data))
			}
		}
	}
	return acknowledged
}

// checkDamagedKeptWhole looks for every damaged aggregate's bytes under the
// error prefix.
func checkDamagedKeptWhole(t *testing.T, folder string, all []aggregate, want int) {
	t.Helper()
	whole := 0
	for _, line := range objectLines(t, folder) {
		var failure struct {
			RawData []byte `json:"rawData"`
		}
		if err := json.Unmarshal([]byte(line), &failure); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for _, one := range all {
			if one.damaged && bytes.Equal(one.Data, failure.RawData) {
				whole++
			}
		}
	}
	if whole != want {
		t.Errorf("%d damaged aggregates are whole under the error prefix, want %d", whole, want)
	}
}
