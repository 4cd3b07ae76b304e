package e2e

import (
	"testing"

	"leat/cmd/leat/client"
	"leat/simulate"
)

// TestBadRecordsHarmOnlyThemselves puts 1 000 bad records among 100 000 and
// looks for the others in the view, and for the bad ones, with reasons, in
// quarantine.
func TestBadRecordsHarmOnlyThemselves(t *testing.T) {
	const total, wantBad = 100_000, 1_000
	p := serve(t, t.TempDir())
	p.createStream(t, "events", 4)
	conn := p.connect(t)
	execute(t, conn,
		"CREATE EXTERNAL SCHEMA streams FROM KINESIS IAM_ROLE default",
		`CREATE MATERIALIZED VIEW live AS
		 SELECT JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'user_id')::bigint AS user_id,
		        JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'created_at')::bigint AS created_at,
		        JSON_PARSE(kinesis_data) AS payload
		 FROM streams."events"`)

	tally := putWithBad(t, p, total, wantBad)
	execute(t, conn, "REFRESH MATERIALIZED VIEW live")

	if rows := number(t, conn, "SELECT count(*) FROM live"); rows != total-wantBad {
		t.Errorf("the view has %d rows, want %d", rows, total-wantBad)
	}
	if sum := number(t, conn, "SELECT sum(user_id) FROM live"); sum != int64(tally.UserIDs) {
		t.Errorf("user ids add up to %d, want %d", sum, tally.UserIDs)
	}
	if sum := number(t, conn, "SELECT sum(payload.user_id::bigint) FROM live"); sum != int64(tally.UserIDs) {
		t.Errorf("user ids of the payload add up to %d, want %d", sum, tally.UserIDs)
	}
	if n := number(t, conn, "SELECT count(*) FROM sys_stream_scan_errors WHERE trim(mv_name) = 'live' AND trim(error_reason) <> ''"); n != wantBad {
		t.Errorf("%d records are in quarantine with a reason, want %d", n, wantBad)
	}
	if n := number(t, conn, "SELECT count(DISTINCT position) FROM sys_stream_scan_errors WHERE trim(mv_name) = 'live'"); n != wantBad {
		t.Errorf("quarantined records have %d different positions, want %d", n, wantBad)
	}
	// The next records come as if nothing had been.
	putWithBad(t, p, 1000, 0)
	execute(t, conn, "REFRESH MATERIALIZED VIEW live")
	if rows := number(t, conn, "SELECT count(*) FROM live"); rows != total-wantBad+1000 {
		t.Errorf("after more records the view has %d rows, want %d", rows, total-wantBad+1000)
	}
}

// putWithBad puts events of which an exact number is bad, of all kinds, spread
// over the others.
func putWithBad(t *testing.T, p *process, total, bad int) simulate.Tally {
	t.Helper()
	good, err := simulate.NewEvents(simulate.EventsConfig{Seed: uint64(total)})
	if err != nil {
		t.Fatal(err)
	}
	mixed, err := simulate.NewEvents(simulate.EventsConfig{Seed: 9, Bad: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	var tally simulate.Tally
	sender := client.NewSender(p.kinesisClient(), "events")
	nextBad := uint64(0)
	for i := range total {
		document, event := good.Append(nil, uint64(i))
		if bad > 0 && i%(total/bad) == 17 {
			for {
				document, event = mixed.Append(nil, nextBad)
				nextBad++
				if event.Kind.IsBad() {
					break
				}
			}
		}
		tally.Add(event, len(document))
		if err := sender.Add(t.Context(), string(good.AppendKey(nil, uint64(i))), document); err != nil {
			t.Fatal(err)
		}
	}
	if err := sender.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if int(tally.Bad()) != bad || bad > 0 && (tally.ByKind[simulate.BrokenJSON] == 0 || tally.ByKind[simulate.WrongType] == 0 ||
		tally.ByKind[simulate.OutOfRange] == 0 || tally.ByKind[simulate.InvalidUTF8] == 0) {
		t.Fatalf("the load is not what the test is about: %+v", tally)
	}
	return tally
}
