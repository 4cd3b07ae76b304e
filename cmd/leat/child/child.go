// Package child runs a server in a process of its own, for benchmarks and
// campaigns: on free ports, with this program's own serve command, so that it
// can be killed and its memory is its own. Nothing is left of it after Stop but
// what the caller asked to keep.
//
// A Server is for one goroutine at a time, but Metrics and Printed are for any.
package child

import (
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

// Config says how the server is started.
type Config struct {
	// Dir is where the server's folder is made. Default: the system's folder for
	// temporary files.
	Dir string
	// MemoryBytes is its --memory. Default: the server's own.
	MemoryBytes int64
	// Args are more flags of leat serve.
	Args []string
}

// A Server is a server in a process of its own, on a folder of its own.
type Server struct {
	server.Addrs
	dir     string
	args    []string
	command *exec.Cmd
	output  printed
	ended   chan struct{}
	err     error // why it ended; valid once ended is closed
}

// ReadyTimeout bounds how long a server may take to answer.
const ReadyTimeout = 30 * time.Second

// Start starts this program's serve on free ports, with its data in a new
// folder below dir.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	dir, err := os.MkdirTemp(cfg.Dir, "leat-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, args: []string{"serve", "--data", filepath.Join(dir, "data"), "--ready-file", filepath.Join(dir, "ready"), "--log", "warn",
		"--aws-addr", "127.0.0.1:0", "--sql-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"}}
	if cfg.MemoryBytes > 0 {
		s.args = append(s.args, "--memory", fmt.Sprint(cfg.MemoryBytes))
	}
	s.args = append(s.args, cfg.Args...)
	if err := s.Restart(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// Restart starts the server that has ended, and waits until it listens, on other
// ports than before.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Begin(); err != nil {
		return err
	}
	if err := s.AwaitReady(ctx); err != nil {
		return errors.Join(err, s.Terminate())
	}
	return nil
}

// Begin starts the server that has ended and does not wait.
func (s *Server) Begin() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.Remove(s.ready()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.output.reset()
	s.command = exec.Command(program, s.args...)
	s.command.Stdout, s.command.Stderr = &s.output, &s.output
	// A Ctrl-C in the terminal is for the parent, which stops its child itself.
	s.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.command.Start(); err != nil {
		return err
	}
	s.ended = make(chan struct{})
	go func() {
		s.err = s.command.Wait()
		close(s.ended)
	}()
	return nil
}

// ready is the file that the server writes its addresses to.
func (s *Server) ready() string { return filepath.Join(s.dir, "ready") }

// AwaitReady waits until the server that Begin started listens.
func (s *Server) AwaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, ReadyTimeout)
	defer cancel()
	for {
		text, err := os.ReadFile(s.ready())
		if err == nil {
			return json.Unmarshal(text, &s.Addrs)
		}
		select {
		case <-s.ended:
			return fmt.Errorf("the server ended (%v): %s", s.err, head(s.output.text()))
		case <-ctx.Done():
			return fmt.Errorf("the server is not ready: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Memory is what the child takes.
func (s *Server) Memory() (measure.Memory, error) { return measure.MemoryOf(s.PID()) }

// PID is the process.
func (s *Server) PID() int { return s.command.Process.Pid }

// Ended is closed when the process that runs now has ended.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// Printed is what the process has printed since it was started: its log.
func (s *Server) Printed() []byte { return s.output.text() }

// Kill ends the child at once, as a power cut would.
func (s *Server) Kill() {
	s.command.Process.Kill() // fails only when it has ended
	<-s.ended
}

// Terminate asks the child to end, and waits until it has.
func (s *Server) Terminate() error {
	select {
	case <-s.ended:
		return fmt.Errorf("the server had ended (%v): %s", s.err, head(s.output.text()))
	default:
	}
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.ended:
		if s.err != nil {
			return fmt.Errorf("the server's end: %w: %s", s.err, head(s.output.text()))
		}
		return nil
	case <-time.After(ReadyTimeout):
		s.Kill()
		return errors.New("the server did not stop when asked")
	}
}

// Stop ends the child and removes its folder.
func (s *Server) Stop() error { return errors.Join(s.Terminate(), os.RemoveAll(s.dir)) }

// Data is the server's data folder.
func (s *Server) Data() string { return filepath.Join(s.dir, "data") }

func head(text []byte) []byte { return text[:min(len(text), 300)] }
