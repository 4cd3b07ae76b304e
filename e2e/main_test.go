package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "leat-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "leat")
	build := exec.Command("go", "build", "-o", binary, "leat/cmd/leat")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build leat: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// needs skips the test when a client is missing, or fails it where clients are
// required.
func needs(t *testing.T, program string) {
	t.Helper()
	_, err := exec.LookPath(program)
	switch {
	case err == nil:
	case os.Getenv("LEAT_E2E") == "required":
		t.Fatalf("%s is required: %v", program, err)
	default:
		t.Skipf("%s is not installed", program)
	}
}

// needsPython is needs for a module of Python's.
func needsPython(t *testing.T, module string) {
	t.Helper()
	needs(t, "python3")
	out, err := exec.Command("python3", "-c", "import "+module).CombinedOutput()
	switch {
	case err == nil:
	case os.Getenv("LEAT_E2E") == "required":
		t.Fatalf("%s is required: run make clients: %s", module, out)
	default:
		t.Skipf("%s is not installed", module)
	}
}
