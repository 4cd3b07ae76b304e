package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"leat/cmd/leat/measure"
	"leat/server"
)

// A child is a server in a process of its own, on a fresh folder.
type child struct {
	server.Addrs
	dir     string
	command *exec.Cmd
	output  bytes.Buffer // what it printed
	ended   chan struct{}
	err     error // why it ended; valid once ended is closed
}

// readyTimeout bounds how long a server may take to answer.
const readyTimeout = 30 * time.Second

// startChild starts this program's serve on free ports, with its data in a new
// folder below dir.
func startChild(ctx context.Context, cfg Config) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(cfg.Dir, "leat-bench-")
	if err != nil {
		return nil, err
	}
	c := &child{dir: dir, ended: make(chan struct{})}
	ready := filepath.Join(dir, "ready")
	args := []string{"serve", "--data", filepath.Join(dir, "data"), "--ready-file", ready, "--log", "warn",
		"--aws-addr", "127.0.0.1:0", "--sql-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"}
	if cfg.MemoryBytes > 0 {
		args = append(args, "--memory", fmt.Sprint(cfg.MemoryBytes))
	}
	c.command = exec.Command(program, args...)
	c.command.Stdout, c.command.Stderr = &c.output, &c.output
	// A Ctrl-C in the terminal is for the bench, which stops its child itself.
	c.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.command.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	go func() {
		c.err = c.command.Wait()
		close(c.ended)
	}()
	if err := c.awaitReady(ctx, ready); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

// awaitReady waits for the child's addresses.
func (c *child) awaitReady(ctx context.Context, ready string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		text, err := os.ReadFile(ready)
		if err == nil {
			return json.Unmarshal(text, &c.Addrs)
		}
		select {
		case <-c.ended:
			return fmt.Errorf("the server ended (%v): %s", c.err, head(c.output.Bytes()))
		case <-ctx.Done():
			return fmt.Errorf("the server is not ready: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// memory is what the child takes.
func (c *child) memory() (measure.Memory, error) { return measure.MemoryOf(c.command.Process.Pid) }

// stop ends the child and removes its folder.
func (c *child) stop() error {
	var errs []error
	select {
	case <-c.ended:
		errs = append(errs, fmt.Errorf("the server had ended (%v): %s", c.err, head(c.output.Bytes())))
	default:
		errs = append(errs, c.command.Process.Signal(syscall.SIGTERM))
		select {
		case <-c.ended:
			if c.err != nil {
				errs = append(errs, fmt.Errorf("the server's end: %w: %s", c.err, head(c.output.Bytes())))
			}
		case <-time.After(readyTimeout):
			errs = append(errs, errors.New("the server did not stop when asked"), c.command.Process.Kill())
			<-c.ended
		}
	}
	return errors.Join(append(errs, os.RemoveAll(c.dir))...)
}
