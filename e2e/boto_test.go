package e2e

import (
	"os/exec"
	"testing"
)

// TestBotoWorks runs programs with boto3.
func TestBotoWorks(t *testing.T) {
	t.Parallel()
	needsPython(t, "boto3")
	p := serve(t, t.TempDir())
	for _, script := range []string{"putget.py", "pages.py", "errors.py", "subscribe.py"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			p.succeeds(t, exec.Command("python3", "clients/python/"+script))
		})
	}
}
