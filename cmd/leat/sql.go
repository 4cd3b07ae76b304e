package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"leat/redshift"
)

// cancelPatience is how long a cancelled statement has to end before the
// connection is given up.
const cancelPatience = 5 * time.Second

type sqlCommand struct {
	Command string `short:"c" xor:"source" placeholder:"SQL" help:"Run these statements."`
	File    string `short:"f" xor:"source" placeholder:"FILE" help:"Run the statements of a file; - is standard input."`
	Format  string `enum:"table,csv,json" default:"table" placeholder:"FORMAT" help:"How to print rows: table, csv or json, one object a line (${default})."`

	Address  string `env:"LEAT_SQL_ADDR" default:"127.0.0.1:5439" placeholder:"HOST:PORT" help:"Where the server is (${default})."`
	User     string `env:"LEAT_USER,PGUSER" default:"admin" placeholder:"NAME" help:"User (${default})."`
	Password string `env:"LEAT_PASSWORD,PGPASSWORD" placeholder:"SECRET" help:"Password, if the server asks for one. Better given as environment variable than here."`
	Database string `env:"PGDATABASE" default:"dev" placeholder:"NAME" help:"Database (${default})."`
}

// Help is shown by leat sql --help.
func (sqlCommand) Help() string {
	return `Examples:

  leat sql -c "SELECT count(*) FROM orders"
  leat sql -f views.sql
  echo "SELECT * FROM sys_stream_scan_errors" | leat sql --format csv
  leat sql                      a prompt, with editing and history; \? there lists its commands

Statements run one after the other, each in its own transaction unless they open one;
the first that fails ends the run, though not at the prompt. Ctrl-C cancels what runs. Any
PostgreSQL client does as well: psql -h 127.0.0.1 -p 5439 -U admin dev`
}

// Run runs the statements and prints what they return.
func (c sqlCommand) Run(ctx context.Context, term terminal) error {
	if term.inTTY && term.outTTY && c.Command == "" && c.File == "" {
		return c.runShell(ctx, term)
	}
	text, err := c.text(term)
	if err != nil {
		return err
	}
	conn, err := c.connect(ctx, term)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, statement := range statements(text) {
		if err := c.runOne(ctx, conn, statement, term); err != nil {
			return err
		}
	}
	return nil
}

// text is what to run.
func (c sqlCommand) text(term terminal) (string, error) {
	switch {
	case c.Command != "":
		return c.Command, nil
	case c.File != "" && c.File != "-":
		text, err := os.ReadFile(c.File)
		return string(text), err
	}
	if term.inTTY {
		fmt.Fprintln(term.err, "Type SQL, then Ctrl-D to run it.")
	}
	text, err := io.ReadAll(term.in)
	if err != nil {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	return string(text), nil
}

// statements splits a text so that each statement runs by itself. A text that
// does not parse is left whole: the server says what is wrong with it.
func statements(text string) []string {
	parsed, err := redshift.Parse(text)
	if err != nil {
		return []string{text}
	}
	each := make([]string, len(parsed))
	for i, statement := range parsed {
		each[i] = statement.Text()
	}
	return each
}

func (c sqlCommand) connect(ctx context.Context, term terminal) (*pgconn.PgConn, error) {
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		return nil, fmt.Errorf("--address: %w", err)
	}
	target := url.URL{Scheme: "postgres", Host: c.Address, Path: "/" + c.Database, User: url.UserPassword(c.User, c.Password), RawQuery: "sslmode=prefer"}
	cfg, err := pgconn.ParseConfig(target.String())
	if err != nil {
		return nil, err
	}
	cfg.RuntimeParams["application_name"] = "leat sql"
	// Whoever ends the context wants the statement cancelled and the connection kept.
	cfg.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelPatience}
	}
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { fmt.Fprintf(term.err, "%s: %s\n", n.Severity, n.Message) }
	conn, err := pgconn.ConnectConfig(ctx, cfg)
	var refused *net.OpError
	var told *pgconn.PgError
	switch {
	case errors.As(err, &told):
		return nil, fmt.Errorf("%s (%s)", told.Message, told.Code)
	case errors.As(err, &refused) && refused.Op == "dial":
		return nil, fmt.Errorf("no server at %s (%v): start one with leat serve, or say where it is with --address", c.Address, refused.Err)
	case err != nil:
		return nil, err
	}
	return conn, nil
}

// runOne runs a statement and prints its results. An error of the server's is
// shown with the place in the statement it is about.
func (c sqlCommand) runOne(ctx context.Context, conn *pgconn.PgConn, statement string, term terminal) error {
	results := conn.Exec(ctx, statement)
	for results.NextResult() {
		if err := c.print(results.ResultReader(), term); err != nil {
			return errors.Join(err, results.Close())
		}
	}
	err := results.Close()
	var told *pgconn.PgError
	if errors.As(err, &told) {
		writeServerError(term.err, told, statement)
		return reported{told.Message}
	}
	return err
}

// print prints one result: rows if it has columns, and otherwise what was done.
func (c sqlCommand) print(result *pgconn.ResultReader, term terminal) error {
	columns := result.FieldDescriptions()
	if len(columns) == 0 {
		tag, err := result.Close()
		if err != nil {
			return nil // the results' Close reports it again
		}
		if c.Format == "table" && tag.String() != "" {
			fmt.Fprintln(term.out, tag.String())
		}
		return nil
	}
	var out rowWriter
	switch c.Format {
	case "csv":
		out = newCSVRows(term.out, columns)
	case "json":
		out = newJSONRows(term.out, columns)
	default:
		out = newTableRows(term.out, columns)
	}
	for result.NextRow() {
		if err := out.row(result.Values()); err != nil {
			return err
		}
	}
	return out.end()
}
