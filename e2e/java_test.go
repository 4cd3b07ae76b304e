package e2e

import "testing"

// TestTheJavaSDKsWork runs programs with the AWS SDKs for Java, 1 and 2.
func TestTheJavaSDKsWork(t *testing.T) {
	t.Parallel()
	p := serve(t, t.TempDir())
	for _, class := range []string{"Sdk2Blocking", "Sdk2Async", "Sdk2FanOut", "Sdk1Producer"} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			p.succeeds(t, java(t, class))
		})
	}
}
