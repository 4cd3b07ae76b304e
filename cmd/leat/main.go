package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"

	"leat"
)

// commands is the command line.
type commands struct {
	Demo    demoCommand    `cmd:"" help:"Show everything at work: producers, streams, views and a lake."`
	Serve   serveCommand   `cmd:"" help:"Run the server."`
	Put     putCommand     `cmd:"" help:"Put a file's records into a stream."`
	SQL     sqlCommand     `cmd:"" name:"sql" help:"Run SQL."`
	Faults  faultsCommand  `cmd:"" help:"Make a server's requests go wrong on purpose."`
	Crash   crashCommand   `cmd:"" help:"Kill a server again and again, and see whether it loses anything."`
	Fuzz    fuzzCommand    `cmd:"" help:"Feed a server with hostile records and statements, and look at what it does."`
	Verify  verifyCommand  `cmd:"" help:"Check a data folder for damage."`
	Bench   benchCommand   `cmd:"" help:"Measure how fast this machine is."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// A terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	// inTTY and outTTY say whether a person types and reads.
	inTTY, outTTY bool
}

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks; the second one, no longer caught, ends the process.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], terminal{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		inTTY: isatty.IsTerminal(os.Stdin.Fd()), outTTY: isatty.IsTerminal(os.Stdout.Fd()),
	}))
}

// exited is how kong ends the program after --help: a panic that run catches.
type exited struct{ code int }

// run is the program: arguments in, exit code out.
func run(ctx context.Context, args []string, term terminal) (code int) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case exited:
			code = cause.code
		default:
			panic(cause)
		}
	}()
	var line commands
	parser := kong.Must(&line,
		kong.Name("leat"),
		kong.Description("Leat carries event streams into a warehouse and a data lake, seconds after they happen."),
		kong.Writers(term.out, term.err),
		kong.Exit(func(code int) { panic(exited{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.UsageOnError(),
	)
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return usageError(term.err, err)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(term)
	if err := parsed.Run(); err != nil {
		return failure(term.err, err)
	}
	return exitOK
}

// usageError says what is wrong with the command line and where help is.
func usageError(w io.Writer, err error) int {
	var wrong *kong.ParseError
	command := "leat"
	if errors.As(err, &wrong) && wrong.Context.Command() != "" {
		command = "leat " + firstWord(wrong.Context.Command())
	}
	fmt.Fprintf(w, "leat: %v\nSee: %s --help\n", err, command)
	return exitUsage
}

// failure prints an error, and what to do about it if anyone knows.
func failure(w io.Writer, err error) int {
	var told reported
	if errors.As(err, &told) {
		return exitFailed
	}
	fmt.Fprintf(w, "leat: %v\n", err)
	var hinted *leat.Error
	if errors.As(err, &hinted) && hinted.Hint != "" {
		fmt.Fprintln(w, hinted.Hint)
	}
	return exitFailed
}

// reported is a failure that its command has already shown in full.
type reported struct{ what string }

func (r reported) Error() string { return r.what }

func firstWord(text string) string {
	for i, c := range text {
		if c == ' ' {
			return text[:i]
		}
	}
	return text
}
