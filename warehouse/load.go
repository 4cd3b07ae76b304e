package warehouse

import (
	"context"
	"strings"

	"leat/duck"
	"leat/redshift"
)

// A load is the way from one batch of records into one view's table: the
// statements for it, over one batch and one connection.
type load struct {
	view   *view
	batch  *duck.Batch
	insert *duck.Stmt // every row of the batch that WHERE lets in
	// probe and reasons are prepared when the first batch fails.
	probe   *duck.Stmt
	reasons map[int]*duck.Stmt
	// oneByOne inserts each row by itself, see commitRowByRow.
	oneByOne bool
}

// newLoad prepares the statements of the fast path.
func newLoad(v *view, batch *duck.Batch) (*load, error) {
	l := &load{view: v, batch: batch, reasons: map[int]*duck.Stmt{}}
	var err error
	if l.insert, err = v.conn.Prepare(context.Background(), insertSQL(v.def, v.query, batch.From())); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *load) close() {
	for _, stmt := range []*duck.Stmt{l.insert, l.probe} {
		if stmt != nil {
			stmt.Close()
		}
	}
	for _, stmt := range l.reasons {
		stmt.Close()
	}
}

// markSQL moves a view's position and adds to its ledger. It finds no row when
// the view has been dropped or renamed: its table's name may be another
// table's by now.
const markSQL = `UPDATE leat.view_state SET identity = $2, position = $3,
	read = read + $4, rows = rows + $5, filtered = filtered + $6, quarantined = quarantined + $7, lost = lost + $8, refreshed = $9
	WHERE view_id = $1 AND view_id IN (SELECT id FROM leat.views WHERE schema_name = $10 AND name = $11)`

func tableName(def definition) string {
	return duck.Identifier(def.Schema) + "." + duck.Identifier(def.Name)
}

// insertSQL is the fast path: the view's query over a batch.
func insertSQL(def definition, query *redshift.StreamQuery, from string) string {
	var columns, values []string
	for _, column := range query.Columns {
		columns = append(columns, duck.Identifier(column.Name))
		values = append(values, "("+column.Expr+")")
	}
	sql := "INSERT INTO " + tableName(def) + " (" + strings.Join(columns, ", ") + ") SELECT " + strings.Join(values, ", ") + " FROM " + from
	if query.Where != "" {
		sql += " WHERE (" + query.Where + ")"
	}
	return sql
}

// What probe says about a row, besides the number of the column that fails.
const (
	badWhere = -1 // WHERE fails
	noColumn = -2 // nothing fails
)

// probeSQL finds the rows that the query fails for, by TRY around each
// expression. A struct around the expression tells an error, which makes TRY's
// result NULL, from an expression that is NULL.
func probeSQL(query *redshift.StreamQuery, from string) string {
	var cases strings.Builder
	for i, column := range query.Columns {
		cases.WriteString(" WHEN TRY({'v': (" + column.Expr + ")}) IS NULL THEN ")
		cases.WriteString(itoa(i))
	}
	columns := "CASE" + cases.String() + " ELSE " + itoa(noColumn) + " END"
	if query.Where == "" {
		return "SELECT row, failed FROM (SELECT batch_row AS row, " + columns + " AS failed FROM " + from + ") WHERE failed <> " + itoa(noColumn)
	}
	where := "TRY({'v': (" + query.Where + ")})"
	return "SELECT row, failed FROM (SELECT batch_row AS row, CASE WHEN " + where + " IS NULL THEN " + itoa(badWhere) +
		" WHEN (" + where + ").v THEN " + columns + " ELSE " + itoa(noColumn) + " END AS failed FROM " + from + ") WHERE failed <> " + itoa(noColumn)
}

// reasonSQL makes DuckDB say what is wrong with the rows shown: it evaluates
// one column, or WHERE.
func reasonSQL(query *redshift.StreamQuery, from string, column int) string {
	expr := query.Where
	if column >= 0 {
		expr = query.Columns[column].Expr
	}
	return "SELECT hash({'v': (" + expr + ")}) FROM " + from
}

// bisectSQL fails for the rows shown if the view's query does: the fallback
// where probeSQL does not bind, because an expression is volatile.
func bisectSQL(query *redshift.StreamQuery, from string) string {
	var fields []string
	for i, column := range query.Columns {
		fields = append(fields, "'c"+itoa(i)+"': ("+column.Expr+")")
	}
	sql := "SELECT count(hash({" + strings.Join(fields, ", ") + "})) FROM " + from
	if query.Where != "" {
		sql += " WHERE (" + query.Where + ")"
	}
	return sql
}
