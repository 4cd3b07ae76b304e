package warehouse

import "math/bits"

const (
	// A commit that makes the write-ahead log longer than checkpointBytes
	// writes it into the database file, and the view's next rows wait for that:
	// for as long as it takes to write what is in the log, and the last row
	// group of the table once more. Short logs and small groups make that tens
	// of milliseconds, where DuckDB's defaults make it most of a second.
	checkpointBytes = 4 << 20
	// A row group of large documents holds far more than that. So that it is not
	// written over and over, the log may become a quarter as long as the largest
	// last row group of the views, up to maxCheckpointBytes.
	maxCheckpointBytes = 128 << 20
)

// fitCheckpoint sets how long the log may become by what the views' last row groups
// hold. The records' mean size stands for that of the rows.
func (w *Warehouse) fitCheckpoint() {
	largest := int64(0)
	for _, v := range w.openViews() {
		largest = max(largest, v.lastGroup.Load())
	}
	bytes := min(max(checkpointBytes, largest/4), maxCheckpointBytes)
	bytes = 1 << (bits.Len64(uint64(bytes)) - 1)
	if w.checkpoint.Swap(bytes) == bytes {
		return
	}
	if err := w.db.CheckpointAt(bytes); err != nil {
		w.cfg.Logger.Error("set the length of the log", "err", err)
		w.checkpoint.Store(0)
	}
}

// noteSize keeps how much the view's last row group holds, after a refresh of
// that many records and bytes.
func (v *view) noteSize(records, bytes int) {
	if records == 0 {
		return
	}
	v.lastGroup.Store(int64(v.state.rows%rowGroupRows) * int64(bytes/records))
	v.w.fitCheckpoint()
}
