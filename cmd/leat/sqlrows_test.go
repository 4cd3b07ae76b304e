package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

func TestRowsArePrinted(t *testing.T) {
	columns := []pgconn.FieldDescription{
		{Name: "id", DataTypeOID: pgtype.Int8OID}, {Name: "name", DataTypeOID: pgtype.VarcharOID},
		{Name: "ok", DataTypeOID: pgtype.BoolOID}, {Name: "payload", DataTypeOID: superOID},
	}
	rows := [][][]byte{
		{[]byte("7"), []byte("Zoë, \"a\"\nb"), []byte("t"), []byte(`{"x":[1]}`)},
		{[]byte("123"), nil, []byte("f"), nil},
	}
	for name, want := range map[string]string{
		"table": `  id | name        | ok | payload
-----+-------------+----+-----------
   7 | Zoë, "a"\nb | t  | {"x":[1]}
 123 |             | f  | 
(2 rows)
`,
		"csv":  "id,name,ok,payload\n7,\"Zoë, \"\"a\"\"\nb\",t,\"{\"\"x\"\":[1]}\"\n123,,f,\n",
		"json": `{"id":7,"name":"Zoë, \"a\"\nb","ok":true,"payload":{"x":[1]}}` + "\n" + `{"id":123,"name":null,"ok":false,"payload":null}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			var page strings.Builder
			out := map[string]rowWriter{"table": newTableRows(&page, columns), "csv": newCSVRows(&page, columns), "json": newJSONRows(&page, columns)}[name]
			if name != "csv" {
				page.Reset() // the other writers were made with the same page
			}
			for _, row := range rows {
				if err := out.row(row); err != nil {
					t.Fatal(err)
				}
			}
			if err := out.end(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, page.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLongResultsArePrintedAsTheyCome(t *testing.T) {
	var page strings.Builder
	out := newTableRows(&page, []pgconn.FieldDescription{{Name: "n", DataTypeOID: pgtype.Int4OID}})
	for range widthRows*3 + 1 {
		if err := out.row([][]byte{[]byte("1")}); err != nil {
			t.Fatal(err)
		}
	}
	if out.waiting != nil {
		t.Errorf("%d rows are kept", len(out.waiting))
	}
	if err := out.end(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(page.String(), "\n 1"); got != widthRows*3+1 || !strings.Contains(page.String(), "(3001 rows)") {
		t.Errorf("%d rows printed", got)
	}
}

func TestErrorsPointAtTheirPlace(t *testing.T) {
	var page strings.Builder
	writeServerError(&page, &pgconn.PgError{Severity: "ERROR", Code: "42703", Message: `column "x" does not exist`, Position: 17, Hint: "Look."},
		"SELECT 'é',\n\ta, x\nFROM t")
	want := "ERROR: column \"x\" does not exist (42703)\nLINE 2:  a, x\n" + strings.Repeat(" ", 12) + "^\nHINT: Look.\n"
	if diff := cmp.Diff(want, page.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
