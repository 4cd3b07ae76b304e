package warehouse

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"leat/duck"
)

// quarantineSQL keeps the shown rows of a batch whole. What is to be said of
// them comes as one JSON array, so that many bad records cost one statement.
func quarantineSQL(from string) string {
	return `INSERT INTO leat.quarantine
		SELECT $1, $2, $3, $4, $5, $6, b.kinesis_data, b.partition_key, b.shard_id, b.sequence_number,
			b.approximate_arrival_timestamp, f.column_name, f.expression, f.code, f.reason, b.subsequence_number
		FROM (SELECT unnest(from_json($7, '[{"row":"BIGINT","column_name":"VARCHAR","expression":"VARCHAR","code":"INTEGER","reason":"VARCHAR"}]'), max_depth := 2)) f
		JOIN ` + from + ` b ON b.batch_row = f.row`
}

// A note is what quarantine says about a record.
type note struct {
	Row        uint32  `json:"row"`
	ColumnName *string `json:"column_name"`
	Expression *string `json:"expression"`
	Code       int     `json:"code"`
	Reason     string  `json:"reason"`
}

// quarantine writes the bad rows, within the transaction that is open.
func (l *load) quarantine(ctx context.Context, bad []badRow, refresh time.Time) error {
	if len(bad) == 0 {
		return nil
	}
	stmt, err := l.view.conn.Prepare(ctx, quarantineSQL(l.batch.From()))
	if err != nil {
		return err
	}
	defer stmt.Close()
	for part := range slices.Chunk(bad, jsonRows) {
		if err := l.quarantinePart(ctx, stmt, part, refresh); err != nil {
			return err
		}
	}
	return nil
}

// jsonRows is how many rows go to DuckDB in one JSON array: unnesting takes
// time that grows with the square of its length.
const jsonRows = 1000

func (l *load) quarantinePart(ctx context.Context, stmt *duck.Stmt, bad []badRow, refresh time.Time) error {
	query, def := l.view.query, l.view.def
	notes := make([]note, len(bad))
	rows := make([]uint32, len(bad))
	for i, b := range bad {
		notes[i] = note{Row: b.row, Code: b.code, Reason: b.reason}
		rows[i] = b.row
		switch {
		case b.column >= 0:
			notes[i].ColumnName = &query.Columns[b.column].Name
			notes[i].Expression = &query.Columns[b.column].Text
		case b.column == badWhere:
			notes[i].Expression = &query.Where
		}
	}
	text, err := json.Marshal(notes)
	if err != nil {
		return err
	}
	l.batch.ShowRows(rows)
	written, err := stmt.Exec(ctx, def.ID, def.Schema, def.Name, def.ExternalSchema, def.Stream, refresh, string(text))
	if err == nil && written != int64(len(bad)) {
		return &duck.Error{Type: duck.Internal, Message: "not every record reached quarantine", Position: -1}
	}
	return err
}
