package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"leat/awsapi/kinesis/monitor"
	"leat/shardlog"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// running is a server of the test's that runs until the test ends.
func running(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// callKinesis makes one call of the Kinesis API and returns the answer.
func callKinesis(t *testing.T, s *Server, operation, body string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://"+s.Addrs().AWS, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+operation)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s %v", operation, answer.Status, text, err)
	}
	return string(text)
}

// read reads a shard from its beginning, once.
func read(t *testing.T, s *Server, stream, shard string) {
	t.Helper()
	got := callKinesis(t, s, "GetShardIterator", fmt.Sprintf(`{"StreamName":%q,"ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`, stream, shard))
	callKinesis(t, s, "GetRecords", got)
}

func metricsOf(t *testing.T, s *Server) string {
	t.Helper()
	return get(t, "http://"+s.Addrs().HTTP+"/metrics")
}

// wantLines fails the test for each line that the page has not.
func wantLines(t *testing.T, page string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+page, "\n"+line+"\n") {
			t.Errorf("no line %s in\n%s", line, kinesisLines(page))
		}
	}
}

func kinesisLines(page string) string {
	var found []string
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "aws_kinesis") || strings.HasPrefix(line, "leat_stream") {
			found = append(found, line)
		}
	}
	return strings.Join(found, "")
}

func TestMetricsHaveCloudWatchsNames(t *testing.T) {
	s := running(t, testConfig(t, t.TempDir()))
	for _, stream := range []string{"orders", "idle"} {
		callKinesis(t, s, "CreateStream", `{"StreamName":"`+stream+`","ShardCount":2}`)
	}
	callKinesis(t, s, "PutRecord", `{"StreamName":"orders","Data":"YWJj","PartitionKey":"key"}`)
	callKinesis(t, s, "PutRecords", `{"StreamName":"orders","Records":[{"Data":"YWJj","PartitionKey":"k","ExplicitHashKey":"0"},{"Data":"","PartitionKey":"kk","ExplicitHashKey":"0"}]}`)
	read(t, s, "orders", "shardId-000000000000")
	page := metricsOf(t, s)
	wantLines(t, page,
		`aws_kinesis_incoming_records_total{stream="orders"} 3`,
		`aws_kinesis_incoming_bytes_total{stream="orders"} 12`,
		`aws_kinesis_put_record_success_total{stream="orders"} 1`,
		`aws_kinesis_put_record_bytes_total{stream="orders"} 6`,
		`aws_kinesis_put_record_latency_seconds_count{stream="orders"} 1`,
		`aws_kinesis_put_record_latency_seconds_bucket{stream="orders",le="+Inf"} 1`,
		`aws_kinesis_put_records_success_total{stream="orders"} 1`,
		`aws_kinesis_put_records_bytes_total{stream="orders"} 6`,
		`aws_kinesis_put_records_total_records_total{stream="orders"} 2`,
		`aws_kinesis_put_records_successful_records_total{stream="orders"} 2`,
		`aws_kinesis_put_records_failed_records_total{stream="orders"} 0`,
		`aws_kinesis_put_records_throttled_records_total{stream="orders"} 0`,
		`aws_kinesis_get_records_success_total{stream="orders"} 1`,
		`aws_kinesis_get_records_latency_seconds_count{stream="orders"} 1`,
		`aws_kinesis_get_records_iterator_age_max_seconds{stream="orders"} 0`,
		`aws_kinesis_read_provisioned_throughput_exceeded_total{stream="orders"} 0`,
		`aws_kinesis_write_provisioned_throughput_exceeded_total{stream="orders"} 0`,
	)
	for _, never := range []string{`aws_kinesis[a-z_]*\{stream="idle"`, `aws_kinesis_shard_[a-z_]*\{`} {
		if found := regexp.MustCompile(never).FindString(page); found != "" {
			t.Errorf("a series that costs for nothing: %s", found)
		}
	}
	problems, err := promlint.New(strings.NewReader(page)).Lint()
	if err != nil {
		t.Fatalf("Prometheus cannot read the page: %v", err)
	}
	for _, problem := range problems {
		if strings.HasPrefix(problem.Metric, "aws_kinesis") {
			t.Errorf("%s: %s", problem.Metric, problem.Text)
		}
	}
	callKinesis(t, s, "DeleteStream", `{"StreamName":"orders"}`)
	if page := metricsOf(t, s); strings.Contains(page, `stream="orders"`) {
		t.Errorf("series of a stream that is deleted:\n%s", kinesisLines(page))
	}
}

func TestShardsHaveSeriesWhileTheirMetricsAreOn(t *testing.T) {
	data := t.TempDir()
	shard := func(name string) string {
		return "aws_kinesis_shard_" + name + `{stream="orders",shard="shardId-000000000001"}`
	}
	put := func(s *Server) {
		callKinesis(t, s, "PutRecords", `{"StreamName":"orders","Records":[{"Data":"YWJj","PartitionKey":"k","ExplicitHashKey":"340282366920938463463374607431768211455"}]}`)
	}
	t.Run("on", func(t *testing.T) {
		s := running(t, testConfig(t, data))
		callKinesis(t, s, "CreateStream", `{"StreamName":"orders","ShardCount":2}`)
		put(s) // before it is on
		callKinesis(t, s, "EnableEnhancedMonitoring", `{"StreamName":"orders","ShardLevelMetrics":["ALL"]}`)
		put(s)
		read(t, s, "orders", "shardId-000000000001")
		wantLines(t, metricsOf(t, s), shard("incoming_bytes_total")+" 4", shard("incoming_records_total")+" 1",
			shard("outgoing_bytes_total")+" 8", shard("outgoing_records_total")+" 2", shard("iterator_age_max_seconds")+" 0",
			shard("write_provisioned_throughput_exceeded_total")+" 0", shard("read_provisioned_throughput_exceeded_total")+" 0")
	})
	t.Run("still on after a restart", func(t *testing.T) {
		s := running(t, testConfig(t, data))
		put(s)
		callKinesis(t, s, "DisableEnhancedMonitoring", `{"StreamName":"orders","ShardLevelMetrics":["IncomingBytes"]}`)
		page := metricsOf(t, s)
		wantLines(t, page, shard("incoming_records_total")+" 1")
		if strings.Contains(page, shard("incoming_bytes_total")) {
			t.Error("series of a metric that is off")
		}
		callKinesis(t, s, "DisableEnhancedMonitoring", `{"StreamName":"orders","ShardLevelMetrics":["ALL"]}`)
		put(s)
		if page := metricsOf(t, s); strings.Contains(page, "aws_kinesis_shard_incoming_records_total{") {
			t.Errorf("series of shards that are off:\n%s", kinesisLines(page))
		}
	})
}

func TestConsumersHaveSeries(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := new(monitor.Stream)
	for i, name := range []string{"b", "a"} {
		c := s.Consumer(name)
		c.Success.Add(3)
		c.RateExceeded.Add(2)
		for range i + 1 {
			c.ObserveEvent(now, 100, 4, 1500)
		}
	}
	var page strings.Builder
	e := newExposition(&page)
	e.kinesis([]metered{{name: "orders", Stream: s}}, now)
	e.w.Flush()
	const of = `{stream="orders",consumer="a"} `
	wantLines(t, page.String(),
		"aws_kinesis_subscribe_to_shard_success_total"+of+"3",
		"aws_kinesis_subscribe_to_shard_rate_exceeded_total"+of+"2",
		"aws_kinesis_subscribe_to_shard_event_success_total"+of+"2",
		"aws_kinesis_subscribe_to_shard_event_bytes_total"+of+"200",
		"aws_kinesis_subscribe_to_shard_event_records_total"+of+"8",
		"aws_kinesis_subscribe_to_shard_event_behind_latest_max_seconds"+of+"1.5",
		`aws_kinesis_subscribe_to_shard_event_success_total{stream="orders",consumer="b"} 1`)
	s.ForgetConsumer("a")
	page.Reset()
	e.kinesis([]metered{{name: "orders", Stream: s}}, now.Add(2*time.Minute))
	e.w.Flush()
	if strings.Contains(page.String(), `consumer="a"`) || strings.Contains(page.String(), "behind_latest_max_seconds{") {
		t.Errorf("series of what is gone:\n%s", kinesisLines(page.String()))
	}
}

func TestShardsThatAreGoneHaveNoSeries(t *testing.T) {
	s := new(monitor.Stream)
	s.SwitchShards(func() []string { return monitor.ShardMetrics })
	for number := range uint32(4) {
		s.Shards().Shard(number).IncomingRecords.Add(1)
	}
	var page strings.Builder
	e := newExposition(&page)
	e.kinesis([]metered{{"orders", []shardlog.ShardInfo{{Number: 1}, {Number: 3}}, s}}, time.Now())
	e.w.Flush()
	for number, want := range []int{0, 1, 0, 1} {
		if n := strings.Count(page.String(), fmt.Sprintf(`aws_kinesis_shard_incoming_records_total{stream="orders",shard="shardId-%012d"} 1`, number)); n != want {
			t.Errorf("shard %d has %d series, want %d", number, n, want)
		}
	}
}

// BenchmarkMetricsPage is a scrape of a thousand streams in use that have ten
// shards each, which are on.
func BenchmarkMetricsPage(b *testing.B) {
	now := time.Unix(1_700_000_000, 0)
	for _, byShard := range []bool{false, true} {
		b.Run(fmt.Sprintf("byshard=%v", byShard), func(b *testing.B) {
			var streams []metered
			var kept []shardlog.ShardInfo
			for shard := range uint32(10) {
				kept = append(kept, shardlog.ShardInfo{Number: shard})
			}
			for i := range 1000 {
				s := new(monitor.Stream)
				s.PutRecords.Observe(time.Millisecond, true, 1000, 10)
				s.GetRecords.Observe(time.Millisecond, true, 1000, 10)
				if byShard {
					s.SwitchShards(func() []string { return monitor.ShardMetrics })
					for shard := range uint32(10) {
						s.Shards().Shard(shard).IncomingBytes.Add(1)
					}
				}
				streams = append(streams, metered{fmt.Sprintf("stream-%d", i), kept, s})
			}
			b.ReportAllocs()
			for b.Loop() {
				e := newExposition(io.Discard)
				e.kinesis(streams, now)
				e.w.Flush()
			}
		})
	}
}

func TestTheHotPartitionKeyIsNamed(t *testing.T) {
	s := running(t, testConfig(t, t.TempDir()))
	callKinesis(t, s, "CreateStream", `{"StreamName":"orders","ShardCount":2}`)
	long := strings.Repeat("é", 60) + "\\n\\\"\\\\ and more"
	for range 100 {
		callKinesis(t, s, "PutRecord", `{"StreamName":"orders","Data":"YWJj","PartitionKey":"`+long+`","ExplicitHashKey":"340282366920938463463374607431768211455"}`)
	}
	label := `{stream="orders",shard="shardId-000000000001",partition_key="` + strings.Repeat("é", 60) + `\n\"\\ …"}`
	page := metricsOf(t, s)
	wantLines(t, page, "leat_stream_hot_key_record_ratio"+label+" 1", "leat_stream_hot_key_byte_ratio"+label+" 1")
	if _, err := promlint.New(strings.NewReader(page)).Lint(); err != nil {
		t.Errorf("Prometheus cannot read the page: %v", err)
	}
}

func TestTheMetricsPageIsDocumented(t *testing.T) {
	s := running(t, testConfig(t, t.TempDir()))
	doc, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllStringSubmatch(metricsOf(t, s), -1) {
		if !bytes.Contains(doc, []byte("`"+family[1]+"`")) {
			t.Errorf("docs/metrics.md says nothing of %s", family[1])
		}
	}
}
