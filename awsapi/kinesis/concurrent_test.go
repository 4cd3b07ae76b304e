package kinesis

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"leat/vfs"
)

// TestManyCallersDoNotShareMemory puts from many callers at once, by both ways,
// through the buffers that requests reuse, and reads everything back.
func TestManyCallersDoNotShareMemory(t *testing.T) {
	const callers, calls, records = 8, 30, 20
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 3)
	handler := s.open()
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for i := range calls {
				var list []string
				for n := range records {
					text := fmt.Sprintf("caller %d call %d record %d %s", caller, i, n, strings.Repeat("x", (caller*37+n*11)%300))
					list = append(list, fmt.Sprintf(`{"Data":"%s","PartitionKey":"%s"}`, base64.StdEncoding.EncodeToString([]byte(text)), keyOf(text)))
				}
				more := ""
				if (caller+i)%3 == 0 {
					more = `,"Unknown":1` // goes the ordinary way
				}
				body := `{"StreamName":"events","Records":[` + strings.Join(list, ",") + `]` + more + `}`
				if got := call(t, handler, "PutRecords", body); got.status != http.StatusOK || len(got.body["Records"].([]any)) != records {
					t.Errorf("got %+v", got)
				}
			}
		})
	}
	group.Wait()
	seen := map[string]int{}
	for shard := range 3 {
		for _, record := range readShard(t, s, "events", shardName(uint32(shard))) {
			if *record.PartitionKey != keyOf(string(record.Data)) {
				t.Fatalf("%q has key %q", record.Data, *record.PartitionKey)
			}
			seen[string(record.Data)]++
		}
	}
	if len(seen) != callers*calls*records {
		t.Errorf("read %d records, want %d", len(seen), callers*calls*records)
	}
	for text, n := range seen {
		if n != 1 {
			t.Errorf("%q is there %d times", text, n)
		}
	}
}

// keyOf is the key that the test gives a record: its text's beginning.
func keyOf(text string) string {
	words := strings.Fields(text)
	return strings.Join(words[:6], "-")
}
