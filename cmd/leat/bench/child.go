package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"leat/cmd/leat/measure"
	"leat/server"
)

// A child is a server in a process of its own, on a folder of its own.
type child struct {
	server.Addrs
	dir     string
	args    []string
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
	dir, err := os.MkdirTemp(cfg.Dir, "leat-bench-")
	if err != nil {
		return nil, err
	}
	c := &child{dir: dir, args: []string{"serve", "--data", filepath.Join(dir, "data"), "--ready-file", filepath.Join(dir, "ready"), "--log", "warn",
		"--aws-addr", "127.0.0.1:0", "--sql-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"}}
	if cfg.MemoryBytes > 0 {
		c.args = append(c.args, "--memory", fmt.Sprint(cfg.MemoryBytes))
	}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// start starts the server and waits until it listens, on other ports than
// before.
func (c *child) start(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	ready := filepath.Join(c.dir, "ready")
	if err := os.Remove(ready); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	c.output.Reset()
	c.command = exec.Command(program, c.args...)
	c.command.Stdout, c.command.Stderr = &c.output, &c.output
	// A Ctrl-C in the terminal is for the bench, which stops its child itself.
	c.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.command.Start(); err != nil {
		return err
	}
	c.ended = make(chan struct{})
	go func() {
		c.err = c.command.Wait()
		close(c.ended)
	}()
	if err := c.awaitReady(ctx, ready); err != nil {
		return errors.Join(err, c.terminate())
	}
	return nil
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
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// memory is what the child takes.
func (c *child) memory() (measure.Memory, error) { return measure.MemoryOf(c.pid()) }

func (c *child) pid() int { return c.command.Process.Pid }

// kill ends the child at once, as a power cut would.
func (c *child) kill() {
	c.command.Process.Kill() // fails only when it has ended
	<-c.ended
}

// terminate asks the child to end, and waits until it has.
func (c *child) terminate() error {
	select {
	case <-c.ended:
		return fmt.Errorf("the server had ended (%v): %s", c.err, head(c.output.Bytes()))
	default:
	}
	if err := c.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.ended:
		if c.err != nil {
			return fmt.Errorf("the server's end: %w: %s", c.err, head(c.output.Bytes()))
		}
		return nil
	case <-time.After(readyTimeout):
		c.kill()
		return errors.New("the server did not stop when asked")
	}
}

// stop ends the child and removes its folder.
func (c *child) stop() error { return errors.Join(c.terminate(), os.RemoveAll(c.dir)) }
