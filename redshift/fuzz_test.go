package redshift_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"leat/redshift"
)

// seeds are the statements of the scripts.
func seeds(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, block := range strings.Split(string(text), "\n\n") {
			sql, _, _ := strings.Cut(block, "\n----")
			f.Add(sql)
		}
	}
	f.Add("SELECT " + strings.Repeat("(", 200))
	f.Add("SELECT 1 FROM t WHERE " + strings.Repeat("(1/", 25) + "id" + strings.Repeat(")", 25) + " = 1")
	f.Add("SELECT flag " + strings.Repeat("IS TRUE ", 40) + "FROM t")
	f.Add("SELECT $$a$b$$, $tag$x$tag$, E'\\u00e9\\x41', \"a\"\"b\", /* /* */ */ 1e, .5, 1..2")
}

// FuzzTranslate feeds any text: nothing panics, errors are *Error with a position
// inside the text, and what is translated again translates the same.
func FuzzTranslate(f *testing.F) {
	seeds(f)
	cat := fixedCatalog{}
	set := redshift.Settings{CastSuperNullOnError: true, NavigateSuperNullOnError: true, SearchPath: []string{"public"}, User: "u", Database: "d"}
	f.Fuzz(func(t *testing.T, sql string) {
		list, err := redshift.Parse(sql)
		if err != nil {
			checkError(t, sql, err)
			return
		}
		for _, stmt := range list {
			if !strings.Contains(sql, stmt.Text()) {
				t.Fatalf("text of a statement %q is not in %q", stmt.Text(), sql)
			}
			start := time.Now()
			tr, err := redshift.Translate(stmt, cat, set)
			if err == nil && len(tr.SQL) > bound(len(sql)) {
				t.Fatalf("%q: %d bytes become %d", sql, len(sql), len(tr.SQL))
			}
			if took := time.Since(start); took > time.Duration(len(sql))*100*time.Microsecond+2*time.Second {
				t.Fatalf("%q takes %v", sql, took)
			}
			if err != nil {
				checkError(t, sql, err)
			} else if again, err := redshift.Translate(stmt, cat, set); err != nil || again.SQL != tr.SQL {
				t.Fatalf("%q translates to %q, then to %+v, %v", sql, tr.SQL, again, err)
			}
			if q, ok := stmt.(*redshift.Query); ok {
				if _, err := redshift.TranslateStream(q, cat, set); err != nil {
					checkError(t, sql, err)
				}
			}
		}
	})
}

func checkError(t *testing.T, sql string, err error) {
	var e *redshift.Error
	if !errors.As(err, &e) {
		t.Fatalf("%q: error %v is not an *Error", sql, err)
	}
	if e.SQLSTATE == "" || e.Message == "" || e.Position < 0 || e.Position > utf8.RuneCountInString(sql)+1 {
		t.Fatalf("%q: %+v", sql, e)
	}
}

// A fixedCatalog has a table t, a table v with a SUPER column, and a stream.
type fixedCatalog struct{}

func (fixedCatalog) Relation(schema, name string) (*redshift.Relation, bool) {
	column := func(name, typ string) redshift.Column {
		return redshift.Column{Name: name, Type: redshift.Type{Name: typ}}
	}
	switch name {
	case "t", "p", "q":
		return &redshift.Relation{Schema: "public", Name: name, Kind: "table", DuckName: `"public"."` + name + `"`, Columns: []redshift.Column{
			column("id", "integer"), {Name: "name", Type: redshift.Type{Name: "varchar", Length: 20}}, column("ts", "timestamp"), column("big", "bigint"),
			{Name: "amount", Type: redshift.Type{Name: "numeric", Precision: 10, Scale: 2}}, column("f", "double precision"), column("d", "date"), column("flag", "boolean"),
		}}, true
	case "v":
		return &redshift.Relation{Schema: "public", Name: "v", Kind: "table", DuckName: `"public"."v"`, Columns: []redshift.Column{column("id", "integer"), column("payload", "super")}}, true
	case "my-stream":
		return &redshift.Relation{Schema: "kds", Name: name, Kind: "stream"}, true
	}
	return nil, false
}

var statements = map[string]string{
	"dashboard": `SELECT floor(extract(epoch from ts)/60)*60 AS "time", sum(CASE WHEN name = 'HIGH' THEN 1 ELSE 0 END) AS high, sum(amount) AS "revenue", avg(f) FROM t WHERE ts BETWEEN '2024-01-01T00:00:00Z' AND '2024-01-02T00:00:00Z' GROUP BY 1 ORDER BY 1`,
	"super":     `SELECT a.id, a.payload.customer.name::varchar AS name, i.sku::varchar(20), i.price::decimal(10,2) * i.quantity::int AS total FROM v a, a.payload.items i WHERE a.payload.state = 'VIC' ORDER BY total DESC LIMIT 100`,
	"insert":    `INSERT INTO t (id, name, ts, amount) VALUES (1, 'first', '2024-01-01 00:00:00', 10.5), (2, 'second', '2024-01-01 00:00:01', 11.5)`,
	"point":     `SELECT id, name FROM t WHERE id = $1`,
}

// BenchmarkTranslate parses and translates typical statements.
func BenchmarkTranslate(b *testing.B) {
	cat := fixedCatalog{}
	set := redshift.Settings{CastSuperNullOnError: true, SearchPath: []string{"public"}}
	for name, sql := range statements {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				list, err := redshift.Parse(sql)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := redshift.Translate(list[0], cat, set); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
