package kinesis

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"leat/awsapi/kinesis/limits"
	"leat/shardlog"
	"leat/vfs"
)

// withoutTime leaves the moment out of log lines.
func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func TestTheLogNamesTheKeyThatMakesAShardThrottle(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("orders", 4)
	var log bytes.Buffer
	handler := s.with(t, Config{EnforceLimits: true, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: withoutTime}))})
	// put puts n records of some bytes into the last shard; of each hundred, hot
	// have one key.
	put := func(n, hot, size int) {
		t.Helper()
		var records []string
		for i := range n {
			key := "customer-7"
			if i%100 >= hot {
				key = fmt.Sprint("other-", i)
			}
			records = append(records, fmt.Sprintf(`{"Data":%q,"PartitionKey":%q,"ExplicitHashKey":%q}`, base64.StdEncoding.EncodeToString(make([]byte, size)), key, lastHashKey))
		}
		call(t, handler, "PutRecords", `{"StreamName":"orders","Records":[`+strings.Join(records, ",")+`]}`)
	}
	put(500, 92, 3)
	put(500, 92, 3)
	if log.Len() > 0 {
		t.Errorf("before the shard throttles the log says %s", &log)
	}
	put(1, 100, 3)
	if log.Len() > 0 {
		t.Errorf("of a single record the log says %s", &log)
	}
	put(500, 92, 3)
	put(500, 92, 3)
	const line = `level=WARN msg="shard throttles: one partition key makes much of it" stream=orders shard=shardId-000000000003 partition_key=customer-7 percent_of_records=92`
	if got := log.String(); !strings.HasPrefix(got, line+" percent_of_bytes=") || strings.Count(got, "\n") != 1 {
		t.Errorf("the log says %q, want one line that begins with %s", got, line)
	}
	log.Reset()
	s.sleep(61 * time.Second) // what was seen before counts no more
	put(500, 0, 3000)         // throttles at once
	if got := log.String(); !strings.Contains(got, `msg="shard throttles: no partition key makes much of it" stream=orders shard=shardId-000000000003`) {
		t.Errorf("of even keys the log says %q", got)
	}
	log.Reset()
	s.sleep(time.Hour)
	put(10, 0, 3)
	if log.Len() > 0 {
		t.Errorf("after an hour the log says %s", &log)
	}
}

func TestFanOutWaitsUntilWhatWasSentIsPaidFor(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("orders", 1)
	stream, err := s.store.Stream("orders")
	if err != nil {
		t.Fatal(err)
	}
	f := follower{api: &api{core: &core{now: time.Now, limits: new(limits.Account)}}, stream: stream, shard: shardlog.ShardInfo{}, consumer: "c"}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		for range 40 { // 10 MiB: 2 at once, then 2 a second
			if err := f.pace(t.Context(), 256<<10); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < 3990*time.Millisecond || took > 4010*time.Millisecond {
			t.Errorf("10 MiB take %v, want 4 s", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := f.pace(ctx, 10<<20); err == nil || time.Since(began) > 5*time.Second {
			t.Errorf("a subscription that is over waits on: %v", err)
		}
		f.api.limits = nil
		if err := f.pace(ctx, 100<<20); err != nil {
			t.Errorf("without limits it waits: %v", err)
		}
	})
}
