package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTheDemoAddsUp runs the demo, kills it in the middle, and runs it again on
// the same data.
func TestTheDemoAddsUp(t *testing.T) {
	data := filepath.Join(t.TempDir(), "demo")
	args := append([]string{"demo", "--data", data, "--rate", "3000"}, freePorts...)
	runDemo := func() {
		t.Helper()
		code, out, errs := leat(t, "", append(args, "--duration", "5s")...)
		if code != 0 || !strings.Contains(out, "Everything adds up") {
			t.Fatalf("exit code %d\n%s%s", code, out, errs)
		}
		for _, want := range []string{"psql -h 127.0.0.1", "freshness p50", "quarantined"} {
			if !strings.Contains(out, want) {
				t.Errorf("the demo says nothing of %q:\n%s", want, out)
			}
		}
	}
	runDemo()

	killed := start(t, args...)
	err := poll(func() (bool, error) { return strings.Contains(killed.output.String(), "rows visible"), nil })
	if err != nil {
		t.Fatalf("%v:\n%s", err, killed.output.String())
	}
	<-time.After(500 * time.Millisecond) // any moment will do
	killed.kill()

	runDemo()
	if code, out, errs := leat(t, "", "verify", "--data", data); code != 0 {
		t.Errorf("leat verify ended with %d: %s%s", code, out, errs)
	}
}
