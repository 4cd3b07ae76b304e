package redshift

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func translateRecords(t *testing.T, sql string, open bool) (*RecordQuery, error) {
	t.Helper()
	statements, err := Parse(sql)
	if err != nil {
		return nil, err
	}
	records := Records{Open: open, Relation: Relation{Name: "records", Kind: "table", Columns: []Column{
		{"event_name", typeVarchar}, {"createdAt", typeBigint}, {"payload", typeSuper},
	}}}
	return TranslateRecords(statements[0].(*Query), records, Settings{NavigateSuperNullOnError: true, CastSuperNullOnError: true})
}

func TestQueriesOverRecordsAreTakenApart(t *testing.T) {
	for _, c := range []struct {
		sql   string
		names string
		where bool
	}{
		{"SELECT *, split_part(event_name, ':', 1) AS event_type FROM records", "event_name createdAt payload event_type", false},
		{"SELECT r.*, r.createdat + 1 AS next FROM records r WHERE r.createdat > 0", "event_name createdAt payload next", true},
		{"SELECT payload.a.b::int AS b, missing, records.gone.deep AS deep, missing || 'x' AS x FROM records", "b missing deep x", false},
		{"SELECT *, 1 AS payload FROM records", "event_name createdAt payload", false},
		{"SELECT split_part(event_name, ':', 1) AS kind, kind || '!' AS loud FROM records", "kind loud", false},
	} {
		q, err := translateRecords(t, c.sql, true)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		var names []string
		for _, column := range q.Columns {
			names = append(names, column.Name)
		}
		if diff := cmp.Diff(c.names, strings.Join(names, " ")); diff != "" || (q.Where != "") != c.where {
			t.Errorf("%s: %s, WHERE %q", c.sql, diff, q.Where)
		}
	}
}

func TestQueriesOverRecordsThatNeedMoreAreRefused(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"SELECT count(*) FROM records", "aggregate function count is not supported in the query of a delivery stream"},
		{"SELECT DISTINCT event_name FROM records", "DISTINCT"},
		{"SELECT event_name FROM records GROUP BY event_name", "GROUP BY"},
		{"SELECT a.event_name FROM records a JOIN records b ON true", "a join"},
		{"SELECT event_name FROM records ORDER BY 1", "ORDER BY"},
		{"SELECT event_name FROM records LIMIT 1", "LIMIT"},
		{"SELECT row_number() OVER (ORDER BY event_name) FROM records", "window function"},
		{"SELECT getdate() AS now FROM records", "mutable function getdate"},
		{"SELECT (SELECT 1) AS one FROM records", "a subquery"},
		{"SELECT event_name FROM other", `relation "other" does not exist`},
		{"SELECT 1 AS one", "FROM"},
		{"SELECT event_name, event_name FROM records", "more than once"},
		{"SELECT event_name FROM records WHERE createdat > $1", "parameters"},
		{"SELECT read_csv('/etc/passwd') AS x FROM records", "read_csv"},
	} {
		if _, err := translateRecords(t, c.sql, true); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.sql, err, c.want)
		}
	}
	if _, err := translateRecords(t, "SELECT missing FROM records", false); err == nil || !strings.Contains(fmt.Sprint(err), `"missing" does not exist`) {
		t.Errorf("with all columns known: got %v", err)
	}
}

// TestNamesMeanTheSameWhateverFieldsTheRecordsHave: a field that comes later,
// called as the records or as an item, changes nothing.
func TestNamesMeanTheSameWhateverFieldsTheRecordsHave(t *testing.T) {
	translated := func(sql string, fields ...Column) string {
		statements, err := Parse(sql)
		if err != nil {
			t.Fatal(err)
		}
		records := Records{Open: true, Relation: Relation{Name: "records", Kind: "table", Columns: append([]Column{{"event_name", typeVarchar}, {"city", typeVarchar}}, fields...)}}
		q, err := TranslateRecords(statements[0].(*Query), records, Settings{NavigateSuperNullOnError: true, CastSuperNullOnError: true})
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		var all strings.Builder
		for _, c := range q.Columns {
			fmt.Fprintln(&all, c.Name, c.Expr)
		}
		fmt.Fprintln(&all, "WHERE", q.Where)
		return all.String()
	}
	for _, sql := range []string{
		"SELECT split_part(event_name, ':', 1) AS kind, kind || '!' AS loud FROM records WHERE kind = 'a'",
		"SELECT event_name AS kind, kind AS again FROM records r",
		"SELECT records.gone AS a, records.gone.deep AS b FROM records",
		"SELECT r.gone AS a, r.gone.deep AS b FROM records AS r",
		`SELECT "records".gone AS a, RECORDS.gone AS b FROM records`,
		"SELECT lower(city) AS city, city AS original FROM records WHERE city = 'x'",
		"SELECT lower(records.city) AS city, city AS original FROM records",
		"SELECT payload.kind::varchar AS kind, kind || '!' AS loud FROM records WHERE kind > 'a'",
	} {
		few := translated(sql)
		more := translated(sql, Column{"kind", typeVarchar}, Column{"records", typeSuper}, Column{"r", typeSuper}, Column{"loud", typeBigint}, Column{"original", typeBoolean})
		if diff := cmp.Diff(few, more); diff != "" {
			t.Errorf("%s: with more fields (-few +more):\n%s", sql, diff)
		}
	}
	if got := translated("SELECT payload.town::varchar AS town, town || '!' AS loud FROM records", Column{"payload", typeSuper}); strings.Count(got, "payload") != 2 {
		t.Errorf("an item that reads a field inside another is not meant by its name:\n%s", got)
	}
	if got := translated("SELECT lower(city) AS city, city AS original FROM records"); strings.Count(got, "lower") != 1 {
		t.Errorf("the original is not the field:\n%s", got)
	}
}
