package redshift_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leat/duck"
	"leat/redshift"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("rewrite", false, "write what the scripts give into testdata")

// TestScripts runs testdata/*.txt: SQL, a line of dashes, and what must come
// of it: the translation, the columns, and the rows that DuckDB gives for it.
// Cases are separated by empty lines and run in one session per file. SET
// changes Settings. A block of "hide translation" in the first line keeps the
// SQL out of a file whose point is the rows.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			after := newSession(t).script(string(before))
			if *rewrite {
				if err := os.WriteFile(file, []byte(after), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(before), "\n"), strings.Split(after, "\n")); diff != "" {
				t.Errorf("%s (-want +got; go test -rewrite accepts it):\n%s", file, diff)
			}
		})
	}
}

// A session translates and runs statements against a DuckDB of its own. It is
// the catalog too: CREATE TABLE adds to it.
type session struct {
	t         *testing.T
	conn      *duck.Conn
	set       redshift.Settings
	relations map[string]*redshift.Relation
	hide      bool // the translations
}

func newSession(t *testing.T) *session {
	db, err := duck.Open(duck.Config{Threads: 1, Changeable: []string{"TimeZone"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s := &session{t: t, conn: conn, relations: make(map[string]*redshift.Relation)}
	s.set = redshift.Settings{NavigateSuperNullOnError: true, CastSuperNullOnError: true, SearchPath: []string{"$user", "public"}, User: "admin", Database: "dev", Literals: redshift.EscapeLiterals}
	s.relations["kds.my-stream"] = &redshift.Relation{Schema: "kds", Name: "my-stream", Kind: "stream"}
	s.exec("SET TimeZone = 'UTC'")
	s.exec("CREATE SCHEMA public")
	s.exec("CREATE SCHEMA leat")
	s.exec("CREATE TABLE batch (kinesis_data BLOB, partition_key VARCHAR, shard_id VARCHAR, sequence_number VARCHAR, subsequence_number BIGINT, approximate_arrival_timestamp TIMESTAMP, refresh_time TIMESTAMP)")
	for i, data := range []string{`{"consignmentid":7,"timestamp":"2024-01-02T03:04:05.678901","revenue":"12.345","nested":{"Key":"v","key":"w"}}`, `{"consignmentid":"x"}`, `[1]`, `{"bad"`, "\\xff", ""} {
		s.exec(fmt.Sprintf("INSERT INTO batch VALUES (try_cast('%s' AS BLOB), 'key', 'shardId-000000000000', '%d', %d, '2024-01-02 03:04:05', '2024-01-02 03:04:06')", data, i+1, i%3))
	}
	return s
}

func (s *session) exec(sql string) {
	if _, err := s.conn.Exec(context.Background(), sql); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}

func (s *session) Relation(schema, name string) (*redshift.Relation, bool) {
	if schema == "" {
		schema = "public"
	}
	r, ok := s.relations[schema+"."+name]
	return r, ok
}

func (s *session) script(text string) string {
	var out strings.Builder
	s.hide = strings.HasPrefix(text, "# hide translation\n")
	for i, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			out.WriteString("\n")
		}
		if isComment(block) {
			out.WriteString(block + "\n")
			continue
		}
		sql, _, _ := strings.Cut(block, "\n----")
		out.WriteString(strings.TrimRight(sql, "\n") + "\n----\n")
		out.WriteString(s.run(sql))
	}
	return out.String()
}

// isComment tells a block all of whose lines begin with #.
func isComment(block string) bool {
	for _, line := range strings.Split(block, "\n") {
		if !strings.HasPrefix(line, "# ") {
			return false
		}
	}
	return true
}

// run gives what a script shows for one piece of SQL.
func (s *session) run(sql string) string {
	var b bytes.Buffer
	list, err := s.set.Literals.Parse(sql)
	if err != nil {
		return showError(err)
	}
	for _, stmt := range list {
		s.statement(&b, stmt)
	}
	return b.String()
}

func showError(err error) string {
	var e *redshift.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("not a redshift error: %v\n", err)
	}
	text := fmt.Sprintf("error %s at %d: %s\n", e.SQLSTATE, e.Position, e.Message)
	if e.Hint != "" {
		text += "hint: " + e.Hint + "\n"
	}
	return text
}

func (s *session) statement(b *bytes.Buffer, stmt redshift.Statement) {
	switch x := stmt.(type) {
	case *redshift.Set:
		on := x.Values[0] == "true" || x.Values[0] == "on"
		switch x.Name {
		case "enable_case_sensitive_identifier":
			s.set.CaseSensitiveIdentifier = on
		case "enable_case_sensitive_super_attribute":
			s.set.CaseSensitiveSuperAttribute = on
		case "cast_super_null_on_error":
			s.set.CastSuperNullOnError = on
		case "standard_conforming_strings":
			s.set.Literals = redshift.EscapeLiterals
			if on {
				s.set.Literals = redshift.StandardLiterals
			}
		}
		return
	case *redshift.CreateMaterializedView:
		s.stream(b, x.Query)
		return
	}
	tr, err := redshift.Translate(stmt, s, s.set)
	if err != nil {
		b.WriteString(showError(err))
		return
	}
	for _, sql := range append(tr.Before, tr.SQL) {
		if sql == "" {
			sql = "(nothing to run)"
		}
		if !s.hide {
			fmt.Fprintf(b, "%s\n", sql)
		}
	}
	for _, sql := range tr.Before {
		s.exec(sql)
	}
	s.remember(stmt, tr)
	if tr.SQL == "" {
		return
	}
	if len(tr.Params) > 0 {
		fmt.Fprintf(b, "parameters: %v\n", tr.Params)
		s.prepares(b, tr.SQL)
		return
	}
	s.rows(b, tr.SQL, tr.Columns)
}

// prepares checks that DuckDB understands a statement with parameters.
func (s *session) prepares(b *bytes.Buffer, sql string) {
	stmt, err := s.conn.Prepare(s.t.Context(), sql)
	if err != nil {
		fmt.Fprintf(b, "duckdb: %v\n", err)
		return
	}
	stmt.Close()
}

// rows runs a query and shows its rows; columns must have the types that the
// translation promises.
func (s *session) rows(b *bytes.Buffer, sql string, columns []redshift.ResultColumn) {
	result, err := s.conn.Query(context.Background(), sql)
	if err != nil {
		b.WriteString(showDuckError(err))
		return
	}
	defer result.Close()
	if !result.ReturnsRows() {
		return
	}
	if len(columns) > 0 {
		names := make([]string, len(columns))
		for i, c := range columns {
			names[i] = c.Name + " " + c.Type.String()
			if i < len(result.Columns()) {
				s.checkType(sql, c, result.Columns()[i])
			}
		}
		fmt.Fprintf(b, "(%s)\n", strings.Join(names, ", "))
	}
	for result.Next() {
		if len(columns) == 0 {
			continue
		}
		fields := make([]string, len(result.Columns()))
		for i, v := range result.Values() {
			fields[i] = show(v)
		}
		fmt.Fprintln(b, strings.Join(fields, " | "))
	}
	if err := result.Err(); err != nil {
		b.WriteString(showDuckError(err))
	}
}

func showDuckError(err error) string {
	if e := redshift.RaisedError(err.Error()); e != nil {
		return fmt.Sprintf("raised %s: %s\n", e.SQLSTATE, e.Message)
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return "duckdb: " + text + "\n"
}

func (s *session) checkType(sql string, want redshift.ResultColumn, got duck.Column) {
	duckType := string(got.Type.ID)
	switch {
	case got.Type.IsJSON():
		duckType = "JSON"
	case got.Type.ID == duck.TypeTimestampTZ:
		duckType = "TIMESTAMPTZ"
	case got.Type.ID == duck.TypeTimeTZ:
		duckType = "TIMETZ"
	case got.Type.ID == duck.TypeDecimal:
		duckType = fmt.Sprintf("DECIMAL(%d,%d)", got.Type.Width, got.Type.Scale)
	case got.Type.ID == duck.TypeList:
		return
	}
	if want.Type.Duck() != "" && want.Type.Duck() != duckType {
		s.t.Errorf("column %s is announced as %s but comes as %s: %s", want.Name, want.Type, duckType, sql)
	}
}

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return fmt.Sprintf("%x", v)
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04:05.999999")
	case string:
		return strings.ReplaceAll(v, "\n", `\n`)
	}
	return fmt.Sprint(v)
}

// remember adds what a statement made to the catalog.
func (s *session) remember(stmt redshift.Statement, tr *redshift.Translation) {
	add := func(name redshift.Name, kind string, temp bool, columns []redshift.Column) {
		schema, object := name.Fold(s.set)
		if schema == "" {
			schema = "public"
		}
		r := &redshift.Relation{Schema: schema, Name: object, Kind: kind, Columns: columns}
		r.DuckName = duck.Identifier(schema) + "." + duck.Identifier(object)
		if temp {
			r.DuckName = duck.Identifier(object)
		}
		s.relations[schema+"."+object] = r
	}
	var columns []redshift.Column
	for _, c := range tr.Columns {
		columns = append(columns, redshift.Column(c))
	}
	switch x := stmt.(type) {
	case *redshift.CreateTable:
		for _, c := range x.Columns {
			columns = append(columns, redshift.Column{Name: c.Name.Fold(s.set), Type: c.Type})
		}
		add(x.Name, "table", x.Temp, columns)
	case *redshift.CreateTableAs:
		add(x.Name, "table", x.Temp, columns)
	case *redshift.CreateView:
		add(x.Name, "view", false, columns)
	}
}

// stream shows the parts of a streaming view, and what each record of the
// table batch gives.
func (s *session) stream(b *bytes.Buffer, q *redshift.Query) {
	sq, err := redshift.TranslateStream(q, s, s.set)
	if err != nil {
		b.WriteString(showError(err))
		return
	}
	fmt.Fprintf(b, "stream %s.%s uses %s\n", sq.ExternalSchema, sq.Stream, strings.Join(sq.Uses, ", "))
	exprs := make([]string, len(sq.Columns))
	columns := make([]redshift.ResultColumn, len(sq.Columns))
	for i, c := range sq.Columns {
		fmt.Fprintf(b, "column %s %s: %s <- %s\n", c.Name, c.Type, c.Expr, strings.Join(strings.Fields(c.Text), " "))
		exprs[i] = c.Expr
		columns[i] = redshift.ResultColumn{Name: c.Name, Type: c.Type}
	}
	where := "true"
	if sq.Where != "" {
		where = sq.Where
		fmt.Fprintf(b, "where %s\n", sq.Where)
	}
	s.rows(b, "SELECT "+strings.Join(exprs, ", ")+" FROM batch WHERE "+where+" ORDER BY sequence_number", columns)
	// One record's failure must show as a difference of TRY, per column.
	for _, c := range sq.Columns {
		if _, err := s.conn.Exec(context.Background(), "SELECT TRY("+c.Expr+") FROM batch"); err != nil {
			fmt.Fprintf(b, "TRY of %s: %v\n", c.Name, err)
		}
	}
	if sq.Where != "" {
		if _, err := s.conn.Exec(context.Background(), "SELECT TRY("+sq.Where+") FROM batch"); err != nil {
			fmt.Fprintf(b, "TRY of the condition: %v\n", err)
		}
	}
}
