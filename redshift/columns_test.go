package redshift_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"leat/redshift"
)

// wideCatalog has one table, w, of so many columns.
type wideCatalog struct {
	fixedCatalog
	columns int
}

func (c wideCatalog) Relation(schema, name string) (*redshift.Relation, bool) {
	if name != "w" {
		return c.fixedCatalog.Relation(schema, name)
	}
	rel := &redshift.Relation{Schema: "public", Name: "w", Kind: "table", DuckName: `"public"."w"`}
	for i := range c.columns {
		rel.Columns = append(rel.Columns, redshift.Column{Name: fmt.Sprintf("c%d", i), Type: redshift.Type{Name: "integer"}})
	}
	return rel, true
}

func TestColumnsAreBounded(t *testing.T) {
	list := func(n int, item string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = fmt.Sprintf(item, i)
		}
		return strings.Join(items, ", ")
	}
	for _, c := range []struct {
		what, sql string
		state     string
	}{
		{"as many as there may be", "SELECT " + list(1664, "%d"), ""},
		{"one more", "SELECT " + list(1665, "%d"), "54011"},
		{"in a subquery", "SELECT 1 FROM (SELECT " + list(40_000, "%d AS c%[1]d") + ") q", "54011"},
		{"a star and others", "SELECT *, " + list(64, "%d") + " FROM w", ""},
		{"a star and one more", "SELECT *, " + list(65, "%d") + " FROM w", "54011"},
		{"one before a star", "SELECT " + list(65, "%d") + ", w.* FROM w", "54011"},
		{"two stars", "SELECT * FROM w a, w b", "54011"},
		{"a table", "CREATE TABLE x (" + list(1600, "c%d int") + ")", ""},
		{"a table of one more", "CREATE TABLE x (" + list(1601, "c%d int") + ")", "54011"},
		{"a table like another and one more", "CREATE TABLE x (LIKE w, d int)", "54011"},
		{"a table of a query", "CREATE TABLE x AS SELECT *, 1 AS d FROM w", "54011"},
		{"a view", "CREATE VIEW x AS SELECT *, 1 AS d FROM w", "54011"},
		{"a column more", "ALTER TABLE w ADD COLUMN d int", "54011"},
	} {
		stmts, err := redshift.Parse(c.sql)
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		_, err = redshift.Translate(stmts[0], wideCatalog{columns: 1600}, redshift.Settings{SearchPath: []string{"public"}, User: "u", Database: "d"})
		var told *redshift.Error
		errors.As(err, &told)
		if c.state == "" && err != nil || c.state != "" && (told == nil || told.SQLSTATE != c.state) {
			t.Errorf("%s: %v, want %q", c.what, err, c.state)
		}
	}
}
