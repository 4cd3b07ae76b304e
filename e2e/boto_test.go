package e2e

import (
	"os"
	"os/exec"
	"testing"
)

// TestBotoWorks runs programs with boto3.
func TestBotoWorks(t *testing.T) {
	t.Parallel()
	needs(t, "python3")
	if err := exec.Command("python3", "-c", "import boto3").Run(); err != nil {
		if os.Getenv("LEAT_E2E") == "required" {
			t.Fatal("boto3 is required: run make clients")
		}
		t.Skip("boto3 is not installed")
	}
	p := serve(t, t.TempDir())
	for _, script := range []string{"putget.py", "pages.py", "errors.py", "subscribe.py"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			p.succeeds(t, exec.Command("python3", "clients/python/"+script))
		})
	}
}
