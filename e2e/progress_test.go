package e2e

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// required says that a missing client is a failure and that the long campaigns
// run, as in CI.
func required() bool { return os.Getenv("LEAT_E2E") == "required" }

// progress tells the person who waits what runs, and in the end what was
// skipped and why. go test keeps a package's output until the package is done,
// and drops it when it passed; so progress goes where go test itself writes.
var progress struct {
	mu      sync.Mutex // guards what follows
	running []string   // tests that have started a server and have not ended
	skipped map[string][]string
}

// heartbeat is how often a test run says that it is alive.
const heartbeat = 5 * time.Second

// reportProgress runs until the returned function is called, which reports what
// was skipped.
func reportProgress() (end func()) {
	out, done, gone := watcher(), make(chan struct{}), make(chan struct{})
	began := time.Now()
	go func() {
		defer close(gone)
		for {
			select {
			case <-done:
				return
			case <-time.After(heartbeat):
				progress.mu.Lock()
				running := strings.Join(progress.running, ", ")
				progress.mu.Unlock()
				fmt.Fprintf(out, "e2e: %3.0f s: %s\n", time.Since(began).Seconds(), running)
			}
		}
	}()
	return func() {
		close(done)
		<-gone
		progress.mu.Lock()
		defer progress.mu.Unlock()
		for why, tests := range progress.skipped {
			fmt.Fprintf(out, "e2e: skipped, as %s: %s\n", why, strings.Join(tests, ", "))
		}
	}
}

// watcher is standard error of the go command that runs us, or else our own.
func watcher() io.Writer {
	parent := fmt.Sprintf("/proc/%d", os.Getppid())
	if name, err := os.ReadFile(parent + "/comm"); err == nil && strings.TrimSpace(string(name)) == "go" {
		if out, err := os.OpenFile(parent+"/fd/2", os.O_WRONLY|os.O_APPEND, 0); err == nil {
			return out
		}
	}
	return os.Stderr
}

// runs notes that a test runs.
func runs(t *testing.T) {
	name, _, _ := strings.Cut(t.Name(), "/")
	progress.mu.Lock()
	defer progress.mu.Unlock()
	if slices.Contains(progress.running, name) {
		return
	}
	progress.running = append(progress.running, name)
	t.Cleanup(func() {
		progress.mu.Lock()
		defer progress.mu.Unlock()
		progress.running = slices.DeleteFunc(progress.running, func(other string) bool { return other == name })
	})
}

// skipOrFail skips the test because something is missing, or fails it where
// clients are required.
func skipOrFail(t *testing.T, why string) {
	t.Helper()
	if required() {
		t.Fatalf("clients are required, and %s", why)
	}
	skip(t, why)
}

func skip(t *testing.T, why string) {
	t.Helper()
	progress.mu.Lock()
	if progress.skipped == nil {
		progress.skipped = map[string][]string{}
	}
	progress.skipped[why] = append(progress.skipped[why], t.Name())
	progress.mu.Unlock()
	t.Skip(why)
}

// campaign skips a test that takes long, unless LEAT_E2E asks for all.
func campaign(t *testing.T) {
	t.Helper()
	if !required() {
		skip(t, "campaigns run with LEAT_E2E=required, as in CI")
	}
}
