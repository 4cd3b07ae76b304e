package warehouse

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"leat/duck"
)

// largeDocuments are documents of about so many bytes that do not compress away.
func largeDocuments(n, bytes int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`{"id":%d,"text":%q}`, i, strings.Repeat(fmt.Sprintf("document %d ", i), bytes/12))
	}
	return out
}

func TestRecordsThatAreTooLargeTogetherGetThroughInSmallerBites(t *testing.T) {
	f, stream := withView(t, false)
	stream.put(largeDocuments(60, 100_000)...)
	failures := 0
	f.testFault = func(step string) error {
		// As a memory would that holds a megabyte.
		if v := f.openViews()[0]; step == "rows inserted" && batchBytes(v) > 1<<20 {
			failures++
			return &duck.Error{Type: duck.OutOfMemory, Message: "for a test"}
		}
		return nil
	}
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 60, 0, 0)
	if failures == 0 || failures > 20 {
		t.Errorf("%d transactions failed on the way", failures)
	}
}

// batchBytes is how much the view has in its batch, or in the one for all.
func batchBytes(v *view) int {
	if n := v.small.batch.Bytes(); n > 0 {
		return n
	}
	return 4 << 20 // the large batch is another
}

func TestARecordThatNeverFitsIsQuarantinedAndTheOthersAreNot(t *testing.T) {
	f, stream := withView(t, false)
	documents := documents(0, 10)
	documents[4] = `{"id":4,"text":"` + strings.Repeat("x", 50_000) + `"}`
	stream.put(documents...)
	f.testFault = func(step string) error {
		v := f.openViews()[0]
		if step != "rows inserted" {
			return nil
		}
		for i := range v.small.batch.Len() {
			if len(v.small.batch.Record(i).Data) > 40_000 && !v.small.oneByOne {
				return &duck.Error{Type: duck.OutOfMemory, Message: "for a test"}
			}
		}
		return nil
	}
	f.testRow = func(data []byte) error {
		if len(data) > 40_000 {
			return &duck.Error{Type: duck.OutOfMemory, Message: "for a test"}
		}
		return nil
	}
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 9, 0, 1)
	if reason := f.raw("SELECT reason FROM leat.quarantine")[0].(string); !strings.Contains(reason, "needs more memory than the warehouse has") {
		t.Errorf("the reason is %q", reason)
	}
}

func TestOtherFailuresMakeNoSmallerBites(t *testing.T) {
	f, stream := withView(t, false)
	stream.put(documents(0, 10)...)
	f.testFault = func(string) error { return errors.New("for a test") }
	if _, err := try(f.session, "REFRESH MATERIALIZED VIEW v"); err == nil {
		t.Fatal("the refresh succeeded")
	}
	if v := f.openViews()[0]; v.bite != nil {
		t.Errorf("the view takes bites of %d records", v.bite.records)
	}
	f.testFault = nil
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 10, 0, 0)
}
