package e2e

import (
	"path/filepath"
	"testing"
)

// TestHostileRecordsAndStatementsAreTakenOrRefused runs leat fuzz: 20 s where
// the long campaigns run, less when a person waits.
func TestHostileRecordsAndStatementsAreTakenOrRefused(t *testing.T) {
	runs(t)
	duration := "3s"
	if required() {
		duration = "20s"
	}
	args := []string{"fuzz", "--duration", duration, "--dir", t.TempDir()}
	corpus, err := filepath.Glob("../redshift/testdata/*.txt")
	if err != nil || len(corpus) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, file := range corpus {
		args = append(args, "--corpus", file)
	}
	code, out, errs := leat(t, "", args...)
	if code != 0 {
		t.Fatalf("leat fuzz ended with %d:\n%s%s", code, out, errs)
	}
	t.Log(out)
}
