package redshift_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"leat/duck"
	"leat/redshift"
)

// An expressions writes expressions that a string of bytes chooses.
type expressions struct{ choices []byte }

func (e *expressions) choose(n int) int {
	if len(e.choices) == 0 {
		return 0
	}
	c := int(e.choices[0])
	e.choices = e.choices[1:]
	return c % n
}

func (e *expressions) pick(list ...string) string { return list[e.choose(len(list))] }

func (e *expressions) number() string {
	return e.pick("3", "1", "0", "-1", "2", "5", "7", "n", "length(t)", "65535", "2000000000")
}

// text is an expression of a text; deep is how far it may nest.
func (e *expressions) text(deep int) string {
	if deep == 0 {
		return e.pick("t", "j.t::varchar", "'ééé'", "'日本'", "''", "'a'", "from_varbyte(b, 'utf-8')", `json_extract_path_text($${"a":"\u00e9\ud83d\ude00"}$$, 'a')`, "chr(233)", "$$\\C$$")
	}
	x := func() string { return e.text(deep - 1) }
	n := e.number
	switch e.choose(40) {
	case 0:
		return x() + "::varchar(" + e.pick("3", "1", "2", "4", "5", "7") + ")"
	case 1:
		return x() + "::char(" + e.pick("1", "2", "3", "5", "6") + ")"
	case 2:
		return "reverse(" + x() + ")"
	case 3:
		return e.pick("upper(", "lower(", "initcap(") + x() + ")"
	case 4:
		return e.pick("lpad(", "rpad(") + x() + ", " + n() + ", " + x() + ")"
	case 5:
		return e.pick("left(", "right(") + x() + ", " + n() + ")"
	case 6:
		return "substring(" + x() + ", " + n() + ", " + n() + ")"
	case 7:
		return e.pick("btrim(", "ltrim(", "rtrim(") + x() + ", " + x() + ")"
	case 8:
		return "replace(" + x() + ", " + x() + ", " + x() + ")"
	case 9:
		return "translate(" + x() + ", " + x() + ", " + x() + ")"
	case 10:
		return "split_part(" + x() + ", " + x() + ", " + e.pick("1", "2", "3") + ")"
	case 11:
		return "repeat(" + x() + ", " + n() + ")"
	case 12:
		return "(" + x() + " || " + x() + ")"
	case 13:
		return "from_varbyte(" + e.bytes(deep-1) + ", " + e.pick("'utf-8'", "'hex'", "'binary'", "'base64'") + ")"
	case 14:
		return e.bytes(deep-1) + "::varchar(" + e.pick("3", "2", "1", "9") + ")"
	case 15:
		return "regexp_replace(" + x() + ", " + e.pattern(deep) + ", " + x() + ")"
	case 16:
		return "regexp_substr(" + x() + ", " + e.pattern(deep) + ")"
	case 17:
		return "regexp_substr(" + x() + ", " + e.pattern(deep) + ", 1, 2, 'e')"
	case 18:
		return "json_serialize(json_parse(" + e.bytes(deep-1) + "))"
	case 19:
		return "json_extract_path_text(" + x() + ", 'a')"
	case 20:
		return "chr(" + e.pick("233", "0", "55296", "1114111", "128512", "n") + ")"
	case 21:
		return "nullif(" + x() + ", " + x() + ")"
	case 22:
		return "CASE " + x() + " WHEN " + x() + " THEN " + x() + " WHEN '' THEN " + x() + " ELSE " + x() + " END"
	case 23:
		return "coalesce(" + x() + ", " + x() + ")"
	case 24:
		return e.pick("quote_ident(", "quote_literal(", "to_hex(", "md5(") + x() + ")"
	case 25:
		return "(" + x() + "::varchar(3))::super::varchar(2)"
	case 26:
		return "decode(" + x() + ", " + x() + ", " + x() + ", " + x() + ")"
	case 27:
		return "j.t::varchar(" + e.pick("1", "2", "3", "4") + ")"
	case 28:
		return "json_serialize(object(" + x() + ", " + x() + "))"
	case 29:
		return "array_to_string(current_schemas(true), 'é')"
	case 30:
		return "split_to_array(" + x() + ", " + x() + ")[0]::varchar(3)"
	}
	return x()
}

func (e *expressions) pattern(deep int) string {
	return e.pick("'.'", "'é'", "'(.)(.)'", "'[^a]'", "'x*'", "'$'", "'.?'", `$$\C$$`, `$$(\C)$$`, e.text(deep-1))
}

func (e *expressions) bytes(deep int) string {
	if deep == 0 {
		return e.pick("b", "from_hex('c3')", "from_hex('eda080')", "'é'::varbyte", "from_hex('22c3a922')")
	}
	switch e.choose(5) {
	case 0:
		return "(" + e.text(deep-1) + ")::varbyte"
	case 1:
		return "substring(" + e.bytes(deep-1) + ", " + e.pick("1", "2") + ", " + e.pick("1", "3", "5") + ")"
	case 2:
		return "(" + e.bytes(deep-1) + " || " + e.bytes(deep-1) + ")"
	case 3:
		return "to_varbyte(" + e.text(deep-1) + ", " + e.pick("'hex'", "'base64'", "'binary'", "'utf-8'") + ")"
	}
	return e.bytes(0)
}

// FuzzText computes expressions over hostile texts and bytes: whatever comes out
// is UTF-8, or an error that is no crash.
func FuzzText(f *testing.F) {
	db, err := duck.Open(duck.Config{Threads: 1, MemoryBytes: 256 << 20})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { db.Close() })
	conn, err := db.Connect()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { conn.Close() })
	if err := conn.ExecAll(context.Background(), "CREATE SCHEMA public", "CREATE TABLE public.h (t VARCHAR, b BLOB, n BIGINT, j JSON)",
		`INSERT INTO public.h VALUES ('ééé', '\xC3\xA9\xC3', 2, '{"t": "日本語テキスト"}'), ('a😀b' || chr(0) || 'ß', '\xED\xA0\x80', 5, '{"t": "\ud83d\ude00é"}'),
			('', '', 0, 'null'), (NULL, NULL, NULL, NULL), (repeat('é', 40), '"\xC3\xA9"', 2000000000, '[1]')`); err != nil {
		f.Fatal(err)
	}
	for i := range 40 {
		f.Add([]byte{byte(i), byte(i * 7), byte(i * 13), byte(i), 0, byte(i * 5), 1, 2, 3, 4, 5, 6, 7, 8})
		f.Add([]byte{2, byte(i), 0, byte(i * 3), 1, 1, byte(i * 11)})
	}
	set := redshift.Settings{CastSuperNullOnError: true, NavigateSuperNullOnError: true, SearchPath: []string{"public"}, User: "u", Database: "d"}
	f.Fuzz(func(t *testing.T, choices []byte) {
		e := &expressions{choices}
		sql := "SELECT " + e.text(3) + " FROM h"
		list, err := redshift.Parse(sql)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		tr, err := redshift.Translate(list[0], textCatalog{}, set)
		if err != nil {
			checkError(t, sql, err)
			return
		}
		for row := range 5 { // each row alone, so that one error hides nothing
			result, err := conn.Query(t.Context(), fmt.Sprintf("SELECT * FROM (%s) LIMIT 1 OFFSET %d", tr.SQL, row))
			if err != nil {
				checkDuck(t, sql, err)
				continue
			}
			for result.Next() {
				valid(t, sql, result.Values()[0])
			}
			checkDuck(t, sql, result.Err())
			result.Close()
		}
	})
}

func checkDuck(t *testing.T, sql string, err error) {
	var e *duck.Error
	switch {
	case err == nil:
	case !errors.As(err, &e):
		t.Fatalf("%s: %v", sql, err)
	case e.Type == duck.Internal, e.Type == duck.Fatal, e.Type == duck.OutOfMemory, e.Type == duck.Binder, e.Type == duck.Parser:
		t.Fatalf("%s: %v", sql, err)
	}
}

// A textCatalog has the table h of hostile texts.
type textCatalog struct{}

func (textCatalog) Relation(schema, name string) (*redshift.Relation, bool) {
	column := func(name, typ string) redshift.Column {
		return redshift.Column{Name: name, Type: redshift.Type{Name: typ}}
	}
	return &redshift.Relation{Schema: "public", Name: "h", Kind: "table", DuckName: `"public"."h"`,
		Columns: []redshift.Column{column("t", "varchar"), column("b", "varbyte"), column("n", "bigint"), column("j", "super")}}, strings.EqualFold(name, "h")
}
