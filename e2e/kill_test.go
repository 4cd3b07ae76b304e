package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/jackc/pgx/v5"

	"leat/cmd/leat/client"
	"leat/server"
	"leat/simulate"
)

// kills is how often the server is killed: less when a person waits.
func kills() int {
	if required() {
		return 20
	}
	return 6
}

// TestKilledAgainAndAgainNothingIsLostTwiceOrHalf runs a campaign of leat crash,
// which kills the server at random and at chosen moments under mixed load.
func TestKilledAgainAndAgainNothingIsLostTwiceOrHalf(t *testing.T) {
	runs(t)
	code, out, errs := leat(t, "", "crash", "--kills", fmt.Sprint(kills()), "--dir", t.TempDir())
	if code != 0 {
		t.Fatalf("leat crash ended with %d:\n%s%s", code, out, errs)
	}
	t.Log(out)
}

// checkPipelines looks for every record that was sent in the stream, in the
// streaming view and in the two buckets that makePipelines made, stops the
// server, and verifies its streams. It returns the stream's records by shard.
func checkPipelines(t *testing.T, p *process, data string, sent map[string]record) (documents [][]byte) {
	t.Helper()
	// The stream: every acknowledged record once, others at most once.
	inStream := map[string]record{}
	documents = p.readStream(t, "events")
	for _, document := range documents {
		uuid := uuidOf(document)
		r, known := sent[uuid]
		if _, twice := inStream[uuid]; !known || twice {
			t.Fatalf("the stream has %s, known %v, twice %v", document, known, twice)
		}
		inStream[uuid] = r
	}
	good := map[string]record{}
	for uuid, r := range sent {
		_, there := inStream[uuid]
		if r.acknowledged && !there {
			t.Errorf("acknowledged record %s is not in the stream", uuid)
		}
		if there && !r.bad {
			good[uuid] = r
		}
	}

	values := p.awaitAllRead(t)
	conn := p.connect(t)
	rows, err := conn.Query(t.Context(), "SELECT event_uuid FROM live")
	if err != nil {
		t.Fatal(err)
	}
	inView, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	checkOnce(t, "view", inView, good)
	bad := float64(len(inStream) - len(good))
	checkValue(t, values, `leat_view_records_total{view="public.live",outcome="quarantined"}`, bad)

	bucket := filepath.Join(server.Folder(data).Buckets(), "kill-lake")
	var archived []string
	for _, line := range objectLines(t, filepath.Join(bucket, "archive")) {
		archived = append(archived, uuidOf([]byte(line)))
	}
	checkOnce(t, "archive", archived, inStream)
	checkOnce(t, "lake", parquetColumn(t, filepath.Join(bucket, "lake"), "event_uuid"), good)
	for name, want := range map[string][3]float64{ // delivered, quarantined, dropped
		"archive": {float64(len(inStream)), 0, 0},
		"lake":    {float64(len(good)), bad, 0},
	} {
		for i, outcome := range []string{"delivered", "quarantined", "dropped"} {
			checkValue(t, values, `leat_delivery_records_total{delivery_stream="`+name+`",outcome="`+outcome+`"}`, want[i])
		}
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("leat serve ended with %d", code)
	}
	if code, out, errs := leat(t, "", "verify", "--data", data); code != 0 {
		t.Errorf("leat verify ended with %d: %s%s", code, out, errs)
	}
	return documents
}

// makePipelines makes a stream, a streaming view, and two delivery streams with
// small buffers.
func makePipelines(t *testing.T, p *process) {
	t.Helper()
	p.createStream(t, "events", 4)
	archive := client.Archive("archive", "events", "kill-lake", 1, 1)
	archive.Prefix, archive.ErrorPrefix = "archive/", "archive-errors/"
	p.createDelivery(t, archive)
	lake := client.Lake("lake", "events", "kill-lake", 1, 1)
	lake.Prefix, lake.ErrorPrefix = "lake/"+lake.Prefix, "lake-errors/"
	p.createDelivery(t, lake)
	execute(t, p.connect(t),
		"CREATE EXTERNAL SCHEMA streams FROM KINESIS IAM_ROLE default",
		`CREATE MATERIALIZED VIEW live AUTO REFRESH YES AS
		 SELECT sequence_number,
		        JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'event_uuid')::varchar(36) AS event_uuid,
		        JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'user_id')::bigint AS user_id,
		        JSON_PARSE(kinesis_data) AS payload
		 FROM streams."events"`)
}

// userOf gives each event its user as key.
func userOf(events *simulate.Events) func(index uint64) string {
	return func(index uint64) string { return string(events.AppendKey(nil, index)) }
}

// A record is what a producer knows of one.
type record struct {
	acknowledged, bad bool
	key               string
	index             uint64 // grows with time for each key
}

// producers put records, each once, whatever becomes of the call.
type producers struct {
	server atomic.Pointer[process]
	key    func(index uint64) string
	stop   func()

	mu           sync.Mutex // guards what follows
	sent         map[string]record
	acknowledged int
}

// startProducers starts three, each with indexes of its own upper half.
func startProducers(t *testing.T, events *simulate.Events, p *process, key func(index uint64) string) *producers {
	ctx, cancel := context.WithCancel(t.Context())
	all := &producers{key: key, sent: map[string]record{}}
	all.server.Store(p)
	var running sync.WaitGroup
	for i := range uint64(3) {
		running.Go(func() { all.produce(ctx, events, i<<32) })
	}
	all.stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(all.stop)
	return all
}

// produce puts calls of 100 records until ctx ends.
func (p *producers) produce(ctx context.Context, events *simulate.Events, index uint64) {
	for ctx.Err() == nil {
		var entries []types.PutRecordsRequestEntry
		call := map[string]record{}
		for range 100 {
			document, event := events.Append(nil, index)
			key := p.key(index)
			entries = append(entries, types.PutRecordsRequestEntry{Data: document, PartitionKey: &key})
			call[uuidOf(document)] = record{bad: event.Kind.IsBad(), key: key, index: index}
			index++
		}
		p.remember(call, 0)
		target := p.server.Load()
		answer, err := target.kinesisClient().PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: sdk.String("events"), Records: entries},
			func(o *kinesis.Options) { o.Retryer = sdk.NopRetryer{} })
		if err != nil {
			// The server is down: wait for its end or for the next one.
			select {
			case <-time.After(10 * time.Millisecond):
			case <-ctx.Done():
			}
			continue
		}
		acknowledged := 0
		for i, result := range answer.Records {
			if result.ErrorCode == nil {
				uuid := uuidOf(entries[i].Data)
				r := call[uuid]
				r.acknowledged = true
				call[uuid] = r
				acknowledged++
			}
		}
		p.remember(call, acknowledged)
	}
}

func (p *producers) remember(call map[string]record, acknowledged int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for uuid, r := range call {
		p.sent[uuid] = r
	}
	p.acknowledged += acknowledged
}

// uuidOf returns the event_uuid of an event, also of one that is cut off.
func uuidOf(document []byte) string {
	const begin, length = len(`{"event_uuid":"`), 36
	if len(document) < begin+length {
		return fmt.Sprintf("no uuid in %q", document)
	}
	return string(document[begin : begin+length])
}

// checkOnce checks that a place holds each wanted record once and no other.
func checkOnce(t *testing.T, where string, got []string, want map[string]record) {
	t.Helper()
	times := map[string]int{}
	strangers, twice, missing := 0, 0, 0
	for _, uuid := range got {
		times[uuid]++
		if _, ok := want[uuid]; !ok {
			strangers++
		}
		if times[uuid] == 2 {
			twice++
		}
	}
	for uuid := range want {
		if times[uuid] == 0 {
			missing++
		}
	}
	if strangers+twice+missing > 0 {
		t.Errorf("%s: of %d records %d are missing and %d are there more than once; %d do not belong there", where, len(want), missing, twice, strangers)
	}
}

func checkValue(t *testing.T, values map[string]float64, name string, want float64) {
	t.Helper()
	if got, ok := values[name]; !ok || got != want {
		t.Errorf("%s is %v, want %v", name, got, want)
	}
}

// count is how many records are acknowledged so far.
func (p *producers) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.acknowledged
}
