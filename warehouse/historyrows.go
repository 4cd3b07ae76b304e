package warehouse

import (
	"fmt"
	"time"
)

// stamp is a moment as DuckDB reads a TIMESTAMP from JSON.
type stamp time.Time

func (s stamp) MarshalJSON() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format(`"2006-01-02 15:04:05.000000"`)), nil
}

type refreshRow struct {
	Seq         int64  `json:"seq"`
	SessionID   int32  `json:"session_id"`
	Transaction int64  `json:"transaction_id"`
	Schema      string `json:"schema_name"`
	ViewID      int64  `json:"mv_id"`
	View        string `json:"mv_name"`
	Kind        string `json:"refresh_type"`
	Status      string `json:"status"`
	Start       stamp  `json:"start_time"`
	End         stamp  `json:"end_time"`
	Duration    int64  `json:"duration"`
	Rows        int    `json:"rows"`
	Filtered    int    `json:"filtered"`
	Quarantined int    `json:"quarantined"`
	Lost        uint64 `json:"lost"`
}

type scanRow struct {
	Seq            int64  `json:"seq"`
	ExternalSchema string `json:"external_schema_name"`
	Stream         string `json:"stream_name"`
	View           string `json:"mv_name"`
	Transaction    int64  `json:"transaction_id"`
	RecordTime     stamp  `json:"record_time"`
	Partition      string `json:"partition_id"`
	Position       string `json:"latest_position"`
	Scanned        int64  `json:"scanned_rows"`
	Skipped        int64  `json:"skipped_rows"`
	Bytes          int64  `json:"scanned_bytes"`
	Oldest         stamp  `json:"stream_record_time_min"`
	Newest         stamp  `json:"stream_record_time_max"`
}

type queryRow struct {
	Seq         int64  `json:"seq"`
	User        string `json:"user_name"`
	Query       int64  `json:"query_id"`
	Transaction int64  `json:"transaction_id"`
	SessionID   int32  `json:"session_id"`
	Kind        string `json:"query_type"`
	Status      string `json:"status"`
	Start       stamp  `json:"start_time"`
	End         stamp  `json:"end_time"`
	Execution   int64  `json:"execution_time"`
	Error       string `json:"error_message"`
	Returned    int64  `json:"returned_rows"`
	Text        string `json:"query_text"`
}

// Status texts of refreshes, as Redshift words them.
const (
	statusIncremental = "Refresh successfully updated MV incrementally"
	statusNoData      = "MV was already updated. Stream returned no new data."
	statusRecomputed  = "Refresh successfully recomputed MV from scratch"
	statusFailed      = "Refresh failed: "
)

// streamStatus words what a committed refresh of a streaming view did.
func streamStatus(out outcome) string {
	status := statusIncremental
	switch {
	case out.read > 0 && out.quarantined == out.read:
		status += ". All records from the stream were skipped."
	case out.quarantined > 0:
		status += ". Some stream records were skipped."
	}
	if out.pending > 0 {
		status += " The stream may contain more data."
	}
	return status
}

// refreshed tells of a committed refresh and of what it read of each shard.
func (h *history) refreshed(v *view, kind string, start, end time.Time, c collection, out outcome) {
	transaction := int64(v.state.read)
	h.add(&h.refresh, func(seq int64) any {
		return refreshRow{
			Seq: seq, Transaction: transaction, Schema: v.def.Schema, ViewID: v.def.ID, View: v.def.Name, Kind: kind, Status: streamStatus(out),
			Start: stamp(start), End: stamp(end), Duration: end.Sub(start).Microseconds(),
			Rows: out.rows, Filtered: out.filtered, Quarantined: out.quarantined, Lost: c.lost,
		}
	})
	for _, span := range c.shards.list {
		h.scanned(v.def, transaction, end, span)
	}
}

// scanned tells of what a refresh read of a shard. Refreshes between two
// flushes become one row: there may be ten a second, of hundreds of shards.
func (h *history) scanned(def definition, transaction int64, end time.Time, span shardSpan) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := scanKey{def.ID, span.shard}
	row := h.scanOf[key]
	if row == nil {
		row = &scanRow{
			Seq: h.next, ExternalSchema: def.ExternalSchema, Stream: def.Stream, View: def.Name,
			Partition: fmt.Sprintf("shardId-%012d", span.shard), Oldest: stamp(time.UnixMilli(span.oldest)),
		}
		h.next++
		h.scanOf[key] = row
		h.scans.pending = append(h.scans.pending, row)
	}
	row.Transaction, row.RecordTime, row.Position = transaction, stamp(end), span.last.String()
	row.Scanned += span.records
	row.Skipped += span.skipped
	row.Bytes += span.bytes
	row.Newest = stamp(time.UnixMilli(span.newest))
}

// A scanKey is a view and a shard.
type scanKey struct {
	view  int64
	shard uint32
}

// tell adds a refresh that read nothing, failed, or was of another kind.
func (h *history) tell(def definition, session int32, kind, status string, start, end time.Time, rows int64) {
	h.add(&h.refresh, func(seq int64) any {
		return refreshRow{
			Seq: seq, SessionID: session, Schema: def.Schema, ViewID: def.ID, View: def.Name, Kind: kind, Status: status,
			Start: stamp(start), End: stamp(end), Duration: end.Sub(start).Microseconds(), Rows: int(rows),
		}
	})
}
