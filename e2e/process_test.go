package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// patience bounds every wait: tests must not depend on the machine's speed.
const patience = 3 * time.Minute

// A process is a leat that runs.
type process struct {
	AWS, SQL, HTTP string // addresses
	ready          string // the file they come in
	command        *exec.Cmd
	output         safeBuffer
	ended          chan struct{}

	clientOnce sync.Once
	client     *kinesis.Client
}

// safeBuffer is a buffer that is written and read at the same time.
type safeBuffer struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// freePorts makes a server listen on ports that are free.
var freePorts = []string{"--aws-addr", "127.0.0.1:0", "--sql-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"}

// start runs leat with arguments; the test kills it if it has not ended.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	runs(t)
	p := &process{ended: make(chan struct{})}
	p.command = exec.Command(binary, args...)
	p.command.Stdout, p.command.Stderr = &p.output, &p.output
	p.command.Env = append(os.Environ(), "LEAT_LOG=info")
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.command.Wait() // how it ended is in ProcessState
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("leat %s printed:\n%s", strings.Join(args, " "), tail(p.output.String(), 8000))
		}
	})
	return p
}

// serve starts leat serve on a data folder and waits until it answers.
func serve(t *testing.T, data string, args ...string) *process {
	t.Helper()
	p := beginServe(t, data, args...)
	if err := p.awaitReady(); err != nil {
		t.Fatal(err)
	}
	return p
}

// beginServe starts leat serve and does not wait.
func beginServe(t *testing.T, data string, args ...string) *process {
	t.Helper()
	ready := filepath.Join(t.TempDir(), "ready")
	all := append([]string{"serve", "--data", data, "--ready-file", ready}, freePorts...)
	p := start(t, append(all, args...)...)
	p.ready = ready
	return p
}

// awaitReady waits for the addresses of a server.
func (p *process) awaitReady() error {
	return poll(func() (bool, error) {
		text, err := os.ReadFile(p.ready)
		if err == nil {
			return true, json.Unmarshal(text, p)
		}
		select {
		case <-p.ended:
			return false, fmt.Errorf("leat ended: %s", p.output.String())
		default:
			return false, nil
		}
	})
}

// kill ends the process at once, as a power cut would.
func (p *process) kill() {
	p.command.Process.Kill() // fails only when it has ended
	<-p.ended
}

// stop asks the process to end and returns its exit code.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	return p.exitCode(t)
}

// exitCode waits for the end.
func (p *process) exitCode(t *testing.T) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("leat does not end:\n%s", tail(p.output.String(), 8000))
	}
	return p.command.ProcessState.ExitCode()
}

// run runs a program to its end.
func run(t *testing.T, stdin string, env []string, program string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, program, args...)
	command.Stdin = strings.NewReader(stdin)
	command.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", program, err)
	}
	return command.ProcessState.ExitCode(), out.String(), errs.String()
}

// leat runs the program to its end.
func leat(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return run(t, stdin, nil, binary, args...)
}

// poll calls done until it is true.
func poll(done func() (bool, error)) error {
	deadline := time.After(patience)
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-deadline:
			return errors.New("it takes too long")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func tail(text string, n int) string { return text[max(0, len(text)-n):] }
