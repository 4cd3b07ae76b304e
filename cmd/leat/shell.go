package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"leat/redshift"
)

// errAborted is what a lineReader returns for Ctrl-C.
var errAborted = errors.New("aborted")

// A lineReader asks a person for a line. io.EOF is Ctrl-D.
type lineReader interface {
	line(prompt string) (string, error)
	// remember puts a statement into the history.
	remember(statement string)
}

// A shell runs the statements that a person types: each when its semicolon is
// there, however many lines it has.
type shell struct {
	sqlCommand
	term   terminal
	lines  lineReader
	conn   *pgconn.PgConn
	timing bool
	typed  string // what has been typed of a statement that goes on
	ended  bool
}

// runShell talks to a person until they are done.
func (c sqlCommand) runShell(ctx context.Context, term terminal) error {
	conn, err := c.connect(ctx, term)
	if err != nil {
		return err
	}
	editor, err := newLineEditor()
	if err != nil {
		conn.Close(ctx)
		return err
	}
	defer editor.close()
	fmt.Fprintf(term.out, "Connected to %s as %s. End statements with ; and type \\? for help.\n", c.Address, c.User)
	s := &shell{sqlCommand: c, term: term, lines: editor, conn: conn}
	defer func() { s.conn.Close(context.WithoutCancel(ctx)) }()
	defer ownSignals(editor)()
	return s.run(context.WithoutCancel(ctx))
}

// ownSignals keeps an interrupt from ending the program, as it ends only the
// statement that runs, and gives the terminal back before SIGTERM does.
func ownSignals(editor *lineEditor) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for s := range signals {
			if s == syscall.SIGTERM {
				editor.close()
				signal.Reset(syscall.SIGTERM)
				syscall.Kill(os.Getpid(), syscall.SIGTERM)
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

func (s *shell) run(ctx context.Context) error {
	for !s.ended {
		line, err := s.lines.line(s.prompt())
		switch {
		case errors.Is(err, errAborted):
			s.typed = ""
			continue
		case errors.Is(err, io.EOF):
			fmt.Fprintln(s.term.out)
			return nil
		case err != nil:
			return err
		}
		s.enter(ctx, line)
	}
	return nil
}

// prompt shows the database and, as psql does, whether a statement goes on, and
// whether a transaction is open (*) or has failed (!).
func (s *shell) prompt() string {
	state, more := "", "="
	if s.typed != "" {
		more = "-"
	}
	switch s.conn.TxStatus() {
	case 'T':
		state = "*"
	case 'E':
		state = "!"
	}
	return s.Database + more + state + "> "
}

// enter takes a line: a command, or a part of a statement.
func (s *shell) enter(ctx context.Context, line string) {
	trimmed := strings.TrimSpace(line)
	if strings.HasPrefix(trimmed, `\`) {
		s.lines.remember(trimmed)
		s.command(ctx, trimmed)
		return
	}
	if s.typed == "" {
		switch {
		case trimmed == "quit", trimmed == "exit":
			s.ended = true
			return
		case trimmed == "help":
			s.help()
			return
		}
	}
	statements, rest := redshift.Split(s.typed + line + "\n")
	s.typed = rest
	if strings.TrimSpace(rest) == "" {
		s.typed = ""
	}
	for _, statement := range statements {
		statement = strings.TrimSpace(statement)
		s.lines.remember(statement)
		if !s.runStatement(ctx, statement) {
			return
		}
	}
}

// runStatement runs one statement, which Ctrl-C cancels, and says whether it
// succeeded.
func (s *shell) runStatement(ctx context.Context, statement string) bool {
	if s.conn.IsClosed() && !s.reconnect(ctx) {
		return false
	}
	running, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	began := time.Now()
	err := s.runOne(running, s.conn, statement, s.term)
	var told reported
	switch {
	case err == nil, errors.As(err, &told):
	case running.Err() != nil: // before the server had it
		fmt.Fprintln(s.term.err, "leat: cancelled")
	default:
		fmt.Fprintf(s.term.err, "leat: %v\n", err)
	}
	if s.timing {
		fmt.Fprintf(s.term.out, "Time: %.3f ms\n", float64(time.Since(began).Microseconds())/1000)
	}
	return err == nil
}

// reconnect replaces a connection that the server or the network has ended.
func (s *shell) reconnect(ctx context.Context) bool {
	conn, err := s.connect(ctx, s.term)
	if err != nil {
		fmt.Fprintf(s.term.err, "leat: the connection is lost: %v\n", err)
		return false
	}
	fmt.Fprintln(s.term.err, "The connection was lost; this is a new one. Its transaction and temporary tables are gone.")
	s.conn = conn
	return true
}
