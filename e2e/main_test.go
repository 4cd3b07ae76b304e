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
	defer reportProgress()()
	return m.Run()
}

// needs skips the test when a client is missing, or fails it where clients are
// required.
func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		skipOrFail(t, program+" is not installed")
	}
}

// needsPython is needs for a module of Python's.
func needsPython(t *testing.T, module string) {
	t.Helper()
	needs(t, "python3")
	if _, err := exec.Command("python3", "-c", "import "+module).CombinedOutput(); err != nil {
		skipOrFail(t, "Python's module "+module+" is not there (make clients)")
	}
}
