package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLimitsAreEnforcedAndNothingIsLost puts more into a shard, in one call,
// than AWS lets it take in a second.
func TestLimitsAreEnforcedAndNothingIsLost(t *testing.T) {
	p := serve(t, t.TempDir(), "--enforce-limits")
	p.createStream(t, "orders", 1)
	var lines strings.Builder
	for i := range 300 { // 1.5 MB: more than a MiB to write, less than two to read
		fmt.Fprintf(&lines, `{"id":%d,"customer":"c%d","note":"%s"}`+"\n", i, i%10/9*i, strings.Repeat("x", 5000))
	}
	file := filepath.Join(t.TempDir(), "orders.ndjson")
	if err := os.WriteFile(file, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := leat(t, "", "put", "orders", file, "--key-field", "customer", "--endpoint", "http://"+p.AWS)
	if code != 0 || !strings.Contains(out, "put 300 records") || !strings.Contains(out, "sent again") {
		t.Fatalf("leat put ended with %d: %s%s", code, out, errs)
	}
	seen := map[string]int{}
	for _, document := range p.readStream(t, "orders") {
		seen[string(document)]++
	}
	for line := range strings.Lines(lines.String()) {
		if n := seen[strings.TrimSpace(line)]; n != 1 {
			t.Errorf("%.30s… is there %d times", line, n)
		}
	}
	if log := p.output.String(); !strings.Contains(log, `msg="shard throttles: one partition key makes much of it" stream=orders shard=shardId-000000000000 partition_key=c0 `) {
		t.Error("the log does not name the hot partition key")
	}
	answer, err := http.Get("http://" + p.HTTP + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\naws_kinesis_put_records_successful_records_total{stream=\"orders\"} 300\n",
		"\nleat_stream_hot_key_record_ratio{stream=\"orders\",shard=\"shardId-000000000000\",partition_key=\"c0\"} 0.",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("/metrics has no line %s", want)
		}
	}
	if strings.Contains(string(page), "\naws_kinesis_write_provisioned_throughput_exceeded_total{stream=\"orders\"} 0\n") {
		t.Error("/metrics counts no record that was refused")
	}
}
