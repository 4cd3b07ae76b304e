package duck

/*
#include <stdlib.h>
#include "batch.h"
*/
import "C"

import (
	"bytes"
	"fmt"
	"time"
	"unicode/utf8"
	"unsafe"

	"leat"
)

// A Batch is a run of records that SQL reads as a table, without a step through
// Go per row. Its columns, of which a query pays only for those it names:
//
//	batch_row                     BIGINT     0, 1, 2 … in the order of Append
//	kinesis_data                  BLOB
//	partition_key                 VARCHAR
//	shard_id                      VARCHAR    shardId-000000000000
//	sequence_number               VARCHAR    56 digits
//	subsequence_number            BIGINT     place within an aggregate, or 0
//	approximate_arrival_timestamp TIMESTAMP
//	refresh_time                  TIMESTAMP  the same for all rows
//
// Records are copied into C memory once; DuckDB's vectors point there. So a
// batch must not change, and must not be closed, while a query that reads it
// runs or its result is open. Rows come in no particular order when several
// threads read them.
type Batch struct {
	registry *registry
	slot     int
	shown    *C.leat_batch
	records  []C.leat_record // in C memory
	bytes    int
	blocks   arena
}

// NewBatch makes an empty batch.
func (db *DB) NewBatch() (*Batch, error) {
	b := &Batch{registry: db.batches, shown: (*C.leat_batch)(C.calloc(1, C.sizeof_leat_batch))}
	slot, err := db.batches.take(b.shown)
	if err != nil {
		C.free(unsafe.Pointer(b.shown))
		return nil, err
	}
	b.slot = slot
	return b, nil
}

// From returns the batch as SQL names it after FROM. The text stays the same
// for the life of the batch, so a prepared statement can be used again for
// other records.
func (b *Batch) From() string { return fmt.Sprintf("%s(%d)", batchFunction, b.slot) }

// Close frees the batch; statements over it must be closed before.
func (b *Batch) Close() {
	b.registry.give(b.slot)
	C.free(unsafe.Pointer(b.shown.selection))
	C.free(unsafe.Pointer(b.shown))
	C.free(unsafe.Pointer(unsafe.SliceData(b.records)))
	b.records = nil
	b.blocks.trim(0)
}

// Len returns how many records the batch has; Bytes the sum of their data and
// keys.
func (b *Batch) Len() int   { return len(b.records) }
func (b *Batch) Bytes() int { return b.bytes }

// MemoryBytes returns the C memory that the records use.
func (b *Batch) MemoryBytes() int { return b.blocks.held() + len(b.records)*C.sizeof_leat_record }

// Append copies records to the end and shows all rows. A partition key that is
// not UTF-8 is shown with U+FFFD for what is wrong in it.
func (b *Batch) Append(records []leat.Record) {
	b.grow(len(records))
	for i := range records {
		record := &records[i]
		key := record.PartitionKey
		if !utf8.Valid(key) {
			key = bytes.ToValidUTF8(key, []byte("\uFFFD"))
		}
		b.records = append(b.records, C.leat_record{
			data:           b.blocks.copy(record.Data),
			key:            b.blocks.copy(key),
			data_len:       C.uint32_t(len(record.Data)),
			key_len:        C.uint32_t(len(key)),
			shard:          C.uint32_t(record.Shard),
			sequence_shard: C.uint32_t(record.Sequence.Shard),
			created:        C.uint64_t(record.Sequence.Created),
			ordinal:        C.uint64_t(record.Sequence.Ordinal),
			arrival_micros: C.int64_t(record.Arrival * 1000),
			subsequence:    C.uint32_t(record.Subsequence),
		})
		b.bytes += len(record.Data) + len(key)
	}
	b.shown.records = unsafe.SliceData(b.records)
	b.ShowAll()
}

// grow makes room for more records.
func (b *Batch) grow(more int) {
	need := len(b.records) + more
	if need <= cap(b.records) {
		return
	}
	capacity := max(need, 2*cap(b.records), 4096)
	memory := C.realloc(unsafe.Pointer(unsafe.SliceData(b.records)), C.size_t(capacity)*C.sizeof_leat_record)
	b.records = unsafe.Slice((*C.leat_record)(memory), capacity)[:len(b.records)]
}

// Record returns a record; its bytes are valid until Reset.
func (b *Batch) Record(row int) leat.Record {
	record := &b.records[row]
	return leat.Record{
		Shard: uint32(record.shard),
		Sequence: leat.Sequence{
			Created: uint64(record.created),
			Ordinal: uint64(record.ordinal),
			Shard:   uint32(record.sequence_shard),
		},
		Subsequence:  uint32(record.subsequence),
		Arrival:      int64(record.arrival_micros) / 1000,
		PartitionKey: unsafe.Slice((*byte)(unsafe.Pointer(record.key)), record.key_len),
		Data:         unsafe.Slice((*byte)(unsafe.Pointer(record.data)), record.data_len),
	}
}

// SetRefreshTime sets what column refresh_time says.
func (b *Batch) SetRefreshTime(t time.Time) { b.shown.refresh_micros = C.int64_t(t.UnixMicro()) }

// ShowAll makes all rows visible to queries that start from now on.
func (b *Batch) ShowAll() { b.Show(0, len(b.records)) }

// Show makes the rows first … first+count-1 visible.
func (b *Batch) Show(first, count int) {
	C.free(unsafe.Pointer(b.shown.selection))
	b.shown.selection = nil
	b.shown.first = C.uint64_t(first)
	b.shown.count = C.uint64_t(count)
}

// ShowRows makes the given rows visible, in their order.
func (b *Batch) ShowRows(rows []uint32) {
	b.Show(0, len(rows))
	if len(rows) == 0 {
		return
	}
	memory := (*C.uint32_t)(C.malloc(C.size_t(len(rows)) * 4))
	copy(unsafe.Slice((*uint32)(unsafe.Pointer(memory)), len(rows)), rows)
	b.shown.selection = memory
}

// Reset forgets the records and keeps their memory for the next ones.
func (b *Batch) Reset() {
	b.records = b.records[:0]
	b.bytes = 0
	b.blocks.reset()
	b.ShowAll()
}

// Trim gives memory beyond keepBytes back to the system; the batch must be
// empty.
func (b *Batch) Trim(keepBytes int) {
	b.blocks.trim(keepBytes)
	if keepRecords := keepBytes / C.sizeof_leat_record; cap(b.records) > max(keepRecords, 4096) {
		C.free(unsafe.Pointer(unsafe.SliceData(b.records)))
		b.records = nil
		b.shown.records = nil
	}
}
