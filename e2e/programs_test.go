package e2e

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A program is a client in another language that runs beside the test. All of
// them end when their standard input does, so that none outlives the test.
type program struct {
	name           string
	command        *exec.Cmd
	stdin          io.WriteCloser
	stdout, stderr safeBuffer
	lines          int // of stdout that awaitLine has returned
	ended          chan struct{}
}

// begin starts a program; the test kills it if it has not ended.
func begin(t *testing.T, name string, command *exec.Cmd) *program {
	t.Helper()
	p := &program{name: name, command: command, ended: make(chan struct{})}
	p.command.Stdout, p.command.Stderr = &p.stdout, &p.stderr
	stdin, err := p.command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
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
			t.Logf("%s printed:\n%s\n%s", p.name, tail(p.stdout.String(), 4000), tail(p.stderr.String(), 8000))
		}
	})
	return p
}

// kill ends the program at once, as a power cut would.
func (p *program) kill() {
	p.command.Process.Kill() // fails only when it has ended
	<-p.ended
}

// awaitLine waits for the next line that the program prints.
func (p *program) awaitLine(t *testing.T) string {
	t.Helper()
	var line string
	err := poll(func() (bool, error) {
		if lines := strings.Split(p.stdout.String(), "\n"); len(lines) > p.lines+1 {
			line = lines[p.lines]
			p.lines++
			return true, nil
		}
		select {
		case <-p.ended:
			return false, errors.New("it has ended")
		default:
			return false, nil
		}
	})
	if err != nil {
		t.Fatalf("wait for a line of %s: %v", p.name, err)
	}
	return line
}

// succeeds runs a program of ours against a server, to its end. It checks by
// itself what it gets, and ends with zero when that is what it expects.
func (p *process) succeeds(t *testing.T, command *exec.Cmd) {
	t.Helper()
	command.Env = append(command.Environ(), p.clientSettings()...)
	var out safeBuffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	tooLong := time.AfterFunc(patience, func() { command.Process.Kill() })
	defer tooLong.Stop()
	if err := command.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", command.Args[len(command.Args)-1], err, tail(out.String(), 8000))
	}
}

// needsInstalled skips the test when the clients of a language are not
// installed, or fails it where clients are required.
func needsInstalled(t *testing.T, file string) {
	t.Helper()
	if _, err := os.Stat(file); err != nil {
		skipOrFail(t, "there is no e2e/"+file+" (make clients)")
	}
}

// java prepares a class of ours. The virtual machine is told to start fast: its
// programs are short.
func java(t *testing.T, class string, args ...string) *exec.Cmd {
	t.Helper()
	needs(t, "java")
	const target = "clients/java/target"
	needsInstalled(t, target+"/built")
	classpath, err := os.ReadFile(target + "/classpath")
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command("java", append([]string{
		"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m",
		"-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
		"-cp", fmt.Sprintf("%s/classes%c%s", target, os.PathListSeparator, classpath), "leat.clients." + class,
	}, args...)...)
}

// node prepares a JavaScript program of ours.
func node(t *testing.T, script string, args ...string) *exec.Cmd {
	t.Helper()
	needs(t, "node")
	needsInstalled(t, "clients/js/node_modules")
	return exec.Command("node", append([]string{filepath.Join("clients/js", script)}, args...)...)
}
