package warehouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"leat/duck"
)

// What is kept of the past.
const (
	// historyRows is how many rows each history table keeps, the newest.
	historyRows = 20_000
	// pendingRows is how many rows wait in memory at most; when they cannot be
	// written, the oldest go.
	pendingRows = 10_000
	// flushInterval is how often what waits is written: a crash loses no more
	// history than that.
	flushInterval = 10 * time.Second
)

// A historyTable is one table of the past. It is written behind the back of
// what it tells of, in batches: refreshes come ten times a second and must not
// pay for it.
type historyTable struct {
	name    string
	columns []historyColumn
	pending []any // guarded by history.mu
}

type historyColumn struct{ name, kind string }

// A history keeps what refreshes and statements did. Its tables are complete
// after a flush, which comes before every query that looks at them.
type history struct {
	cfg Config

	mu      sync.Mutex
	conn    *duck.Conn // nil while the database is being opened anew
	next    int64      // number of the next row
	closed  bool
	refresh historyTable
	scans   historyTable
	queries historyTable
	scanOf  map[scanKey]*scanRow // the rows of scans that wait
	// flushing keeps flushes apart; taken before mu.
	flushing sync.Mutex
}

var (
	refreshColumns = []historyColumn{
		{"seq", "BIGINT"}, {"session_id", "INTEGER"}, {"transaction_id", "BIGINT"}, {"schema_name", "VARCHAR"}, {"mv_id", "BIGINT"}, {"mv_name", "VARCHAR"},
		{"refresh_type", "VARCHAR"}, {"status", "VARCHAR"}, {"start_time", "TIMESTAMP"}, {"end_time", "TIMESTAMP"}, {"duration", "BIGINT"},
		{"rows", "BIGINT"}, {"filtered", "BIGINT"}, {"quarantined", "BIGINT"}, {"lost", "BIGINT"},
	}
	scanColumns = []historyColumn{
		{"seq", "BIGINT"}, {"external_schema_name", "VARCHAR"}, {"stream_name", "VARCHAR"}, {"mv_name", "VARCHAR"}, {"transaction_id", "BIGINT"},
		{"record_time", "TIMESTAMP"}, {"partition_id", "VARCHAR"}, {"latest_position", "VARCHAR"}, {"scanned_rows", "BIGINT"}, {"skipped_rows", "BIGINT"},
		{"scanned_bytes", "BIGINT"}, {"stream_record_time_min", "TIMESTAMP"}, {"stream_record_time_max", "TIMESTAMP"},
	}
	queryColumns = []historyColumn{
		{"seq", "BIGINT"}, {"user_name", "VARCHAR"}, {"query_id", "BIGINT"}, {"transaction_id", "BIGINT"}, {"session_id", "INTEGER"}, {"query_type", "VARCHAR"}, {"status", "VARCHAR"},
		{"start_time", "TIMESTAMP"}, {"end_time", "TIMESTAMP"}, {"execution_time", "BIGINT"}, {"error_message", "VARCHAR"}, {"returned_rows", "BIGINT"}, {"query_text", "VARCHAR"},
	}
)

// historyTables are the statements that make the tables.
func historyTables() []string {
	var statements []string
	for _, table := range []historyTable{{name: "refresh_history", columns: refreshColumns}, {name: "scan_states", columns: scanColumns}, {name: "query_history", columns: queryColumns}} {
		sql := "CREATE TABLE IF NOT EXISTS leat." + table.name + " ("
		for i, column := range table.columns {
			if i > 0 {
				sql += ", "
			}
			sql += duck.Identifier(column.name) + " " + column.kind
		}
		statements = append(statements, sql+")")
	}
	return statements
}

func openHistory(db *duck.DB, cfg Config) (*history, error) {
	conn, err := db.Connect()
	if err != nil {
		return nil, err
	}
	h := &history{
		cfg: cfg, conn: conn, scanOf: map[scanKey]*scanRow{},
		refresh: historyTable{name: "refresh_history", columns: refreshColumns},
		scans:   historyTable{name: "scan_states", columns: scanColumns},
		queries: historyTable{name: "query_history", columns: queryColumns},
	}
	for _, table := range []string{h.refresh.name, h.scans.name, h.queries.name} {
		row, err := conn.Row(context.Background(), "SELECT coalesce(max(seq), 0) FROM leat."+table)
		if err != nil {
			conn.Close()
			return nil, err
		}
		h.next = max(h.next, row[0].(int64)+1)
	}
	return h, nil
}

// add lets a row wait for the next flush; make gets the row's number.
func (h *history) add(table *historyTable, makeRow func(seq int64) any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(table.pending) >= pendingRows {
		table.pending = append(table.pending[:0], table.pending[pendingRows/10:]...)
	}
	table.pending = append(table.pending, makeRow(h.next))
	h.next++
}

// flush writes what waits.
func (h *history) flush() error {
	h.flushing.Lock()
	defer h.flushing.Unlock()
	var errs []error
	for _, table := range []*historyTable{&h.refresh, &h.scans, &h.queries} {
		h.mu.Lock()
		if h.conn == nil {
			h.mu.Unlock()
			return nil
		}
		rows := table.pending
		table.pending = nil
		if table == &h.scans {
			h.scanOf = map[scanKey]*scanRow{}
		}
		closed := h.closed
		h.mu.Unlock()
		if len(rows) == 0 || closed {
			continue
		}
		for part := range slices.Chunk(rows, jsonRows) {
			if err := h.write(table, part); err != nil {
				errs = append(errs, fmt.Errorf("write leat.%s: %w", table.name, err))
				break
			}
		}
	}
	return errors.Join(errs...)
}

func (h *history) write(table *historyTable, rows []any) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	shape := map[string]string{}
	var names string
	for i, column := range table.columns {
		shape[column.name] = column.kind
		if i > 0 {
			names += ", "
		}
		names += "f." + duck.Identifier(column.name)
	}
	shapeText, err := json.Marshal([]any{shape})
	if err != nil {
		return err
	}
	insert := "INSERT INTO leat." + table.name + " SELECT " + names + " FROM (SELECT unnest(from_json($1, " + duck.Literal(string(shapeText)) + ")) AS f)"
	if _, err := h.conn.Exec(context.Background(), insert, string(text)); err != nil {
		return err
	}
	_, err = h.conn.Exec(context.Background(), `DELETE FROM leat.`+table.name+` WHERE seq < (SELECT min(seq) FROM (SELECT seq FROM leat.`+table.name+` ORDER BY seq DESC LIMIT `+itoa(historyRows)+`))
		AND (SELECT count(*) FROM leat.`+table.name+`) > `+itoa(historyRows+historyRows/4))
	return err
}

// close writes what waits for the last time.
func (h *history) close() error { return h.flush() }

func (h *history) closeConn() {
	h.disconnect()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
}

// disconnect takes the history away from the database, connect brings it back;
// what is to be written waits meanwhile.
func (h *history) disconnect() {
	h.flushing.Lock()
	defer h.flushing.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conn != nil {
		h.conn.Close()
		h.conn = nil
	}
}

func (h *history) connect(db *duck.DB) error {
	conn, err := db.Connect()
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conn = conn
	return nil
}
