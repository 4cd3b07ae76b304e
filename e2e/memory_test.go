package e2e

import (
	"encoding/json"
	"os/exec"
	"testing"

	"leat/cmd/leat/bench"
)

// TestStatementsThatWantMoreMemoryThanThereIsStayWithinIt attacks a server with
// the quick part of leat bench memory. Times and freshness depend on the machine
// and are for the bench to judge; memory and answers are not.
func TestStatementsThatWantMoreMemoryThanThereIsStayWithinIt(t *testing.T) {
	if !required() {
		t.Skip("takes minutes: runs where all is required (LEAT_E2E=required)")
	}
	out, err := exec.Command(binary, "bench", "memory", "--memory", "256MiB", "--quick", "--json", "--dir", t.TempDir()).Output()
	if err != nil {
		t.Fatalf("leat bench memory: %v", err)
	}
	var report bench.Report
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Attacks) < 8 {
		t.Fatalf("only %d attacks ran", len(report.Attacks))
	}
	for _, a := range report.Attacks {
		if a.PeakBytes > a.MostBytes {
			t.Errorf("%s: %d MiB, at most %d are promised", a.Name, a.PeakBytes>>20, a.MostBytes>>20)
		}
		for answer := range a.Answers {
			switch answer {
			case "rows", "53200", "57014":
			default:
				t.Errorf("%s was answered with %s", a.Name, answer)
			}
		}
	}
}
