package e2e

import "testing"

// TestTheJavaSDKsWork runs programs with the AWS SDKs for Java, 1 and 2.
func TestTheJavaSDKsWork(t *testing.T) {
	t.Parallel()
	p := serve(t, t.TempDir(), "--faults")
	// Sdk1Producer has a third of its records refused.
	code, _, errs := leat(t, "", "faults", "set", "some", "--address", p.HTTP, "--stream", "java-agent", "--operation", "PutRecords",
		"--records", "0.3", "--error", "ProvisionedThroughputExceededException", "--seed", "1")
	if code != 0 {
		t.Fatal(errs)
	}
	for _, class := range []string{"Sdk2Blocking", "Sdk2Async", "Sdk2FanOut", "Sdk1Producer"} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			p.succeeds(t, java(t, class))
		})
	}
}
