#include "batch.h"

#include <stdlib.h>
#include <string.h>

// DuckDB's C interface, as far as it is used here. Handles are pointers.
extern duckdb_any duckdb_create_table_function(void);
extern void duckdb_destroy_table_function(duckdb_any *);
extern void duckdb_table_function_set_name(duckdb_any, const char *);
extern void duckdb_table_function_add_parameter(duckdb_any, duckdb_any);
extern void duckdb_table_function_set_extra_info(duckdb_any, void *, void (*)(void *));
extern void duckdb_table_function_set_bind(duckdb_any, void (*)(duckdb_any));
extern void duckdb_table_function_set_init(duckdb_any, void (*)(duckdb_any));
extern void duckdb_table_function_set_local_init(duckdb_any, void (*)(duckdb_any));
extern void duckdb_table_function_set_function(duckdb_any, void (*)(duckdb_any, duckdb_any));
extern void duckdb_table_function_supports_projection_pushdown(duckdb_any, bool);
extern int duckdb_register_table_function(duckdb_any, duckdb_any);
extern duckdb_any duckdb_create_logical_type(int);
extern void duckdb_destroy_logical_type(duckdb_any *);
extern void *duckdb_bind_get_extra_info(duckdb_any);
extern void duckdb_bind_add_result_column(duckdb_any, const char *, duckdb_any);
extern duckdb_any duckdb_bind_get_parameter(duckdb_any, idx_t);
extern void duckdb_bind_set_bind_data(duckdb_any, void *, void (*)(void *));
extern void duckdb_bind_set_error(duckdb_any, const char *);
extern int64_t duckdb_get_int64(duckdb_any);
extern void duckdb_destroy_value(duckdb_any *);
extern void *duckdb_init_get_bind_data(duckdb_any);
extern idx_t duckdb_init_get_column_count(duckdb_any);
extern idx_t duckdb_init_get_column_index(duckdb_any, idx_t);
extern void duckdb_init_set_init_data(duckdb_any, void *, void (*)(void *));
extern void duckdb_init_set_max_threads(duckdb_any, idx_t);
extern void duckdb_init_set_error(duckdb_any, const char *);
extern void *duckdb_function_get_bind_data(duckdb_any);
extern void *duckdb_function_get_local_init_data(duckdb_any);
extern duckdb_any duckdb_data_chunk_get_vector(duckdb_any, idx_t);
extern void duckdb_data_chunk_set_size(duckdb_any, idx_t);
extern void *duckdb_vector_get_data(duckdb_any);
extern void duckdb_unsafe_vector_assign_string_element_len(duckdb_any, idx_t, const char *, idx_t);

enum { VECTOR_ROWS = 2048 };
// A thread takes this many rows at a time: whole row groups of a table, be they
// of 20480 or of 122880 rows. So the groups that threads insert side by side are
// whole, and a checkpoint does not have to merge their remains, which takes
// longer than writing them.
enum { MORSEL_ROWS = 60 * VECTOR_ROWS };

enum { COL_ROW, COL_DATA, COL_KEY, COL_SHARD, COL_SEQUENCE, COL_SUBSEQUENCE, COL_ARRIVAL, COL_REFRESH, COLUMNS };

static const struct {
	const char *name;
	int type;
} columns[COLUMNS] = {
    {"batch_row", TYPE_BIGINT},
    {"kinesis_data", TYPE_BLOB},
    {"partition_key", TYPE_VARCHAR},
    {"shard_id", TYPE_VARCHAR},
    {"sequence_number", TYPE_VARCHAR},
    {"subsequence_number", TYPE_BIGINT},
    {"approximate_arrival_timestamp", TYPE_TIMESTAMP},
    {"refresh_time", TYPE_TIMESTAMP},
};

static inline void set_string(string_entry *entry, const char *text, uint32_t length) {
	entry->length = length;
	if (length <= 12) {
		memset(entry->prefix, 0, 12);
		memcpy(entry->prefix, text, length);
		return;
	}
	memcpy(entry->prefix, text, 4);
	entry->tail.pointer = text;
}

typedef struct {
	idx_t columns;
	idx_t column[COLUMNS];
	idx_t at, end; // rows of this thread's morsel not yet shown
} scan_state;

static void bind(duckdb_any info) {
	leat_slots *slots = duckdb_bind_get_extra_info(info);
	duckdb_any value = duckdb_bind_get_parameter(info, 0);
	int64_t slot = duckdb_get_int64(value);
	duckdb_destroy_value(&value);
	leat_batch *batch = NULL;
	if (slot >= 0 && (uint64_t)slot < slots->count) {
		batch = __atomic_load_n(&slots->slots[slot], __ATOMIC_ACQUIRE);
	}
	if (batch == NULL) {
		duckdb_bind_set_error(info, "no such batch of records");
		return;
	}
	for (int i = 0; i < COLUMNS; i++) {
		duckdb_any type = duckdb_create_logical_type(columns[i].type);
		duckdb_bind_add_result_column(info, columns[i].name, type);
		duckdb_destroy_logical_type(&type);
	}
	duckdb_bind_set_bind_data(info, batch, NULL);
}

static void init(duckdb_any info) {
	leat_batch *batch = duckdb_init_get_bind_data(info);
	__atomic_store_n(&batch->next, 0, __ATOMIC_RELAXED);
	duckdb_init_set_max_threads(info, (batch->count + MORSEL_ROWS - 1) / MORSEL_ROWS + 1);
}

static void local_init(duckdb_any info) {
	scan_state *state = calloc(1, sizeof(scan_state));
	if (state == NULL) {
		duckdb_init_set_error(info, "no memory to read a batch of records");
		return;
	}
	state->columns = duckdb_init_get_column_count(info);
	for (idx_t i = 0; i < state->columns && i < COLUMNS; i++) {
		state->column[i] = duckdb_init_get_column_index(info, i);
	}
	duckdb_init_set_init_data(info, state, free);
}

static void decimal(char *text, int digits, uint64_t n) {
	for (int i = digits - 1; i >= 0; i--) {
		text[i] = '0' + n % 10;
		n /= 10;
	}
}

static void fill(duckdb_any vector, idx_t column, const leat_batch *batch, idx_t from, idx_t rows) {
	void *out = duckdb_vector_get_data(vector);
	char text[56];
	for (idx_t i = 0; i < rows; i++) {
		idx_t row = batch->selection ? batch->selection[from + i] : batch->first + from + i;
		const leat_record *record = &batch->records[row];
		switch (column) {
		case COL_ROW:
			((int64_t *)out)[i] = (int64_t)row;
			break;
		case COL_DATA:
			set_string((string_entry *)out + i, record->data, record->data_len);
			break;
		case COL_KEY:
			set_string((string_entry *)out + i, record->key, record->key_len);
			break;
		case COL_SHARD:
			memcpy(text, "shardId-", 8);
			decimal(text + 8, 12, record->shard);
			duckdb_unsafe_vector_assign_string_element_len(vector, i, text, 20);
			break;
		case COL_SEQUENCE:
			text[0] = '4';
			text[1] = '9';
			decimal(text + 2, 11, record->created);
			decimal(text + 13, 20, record->ordinal);
			decimal(text + 33, 23, record->sequence_shard);
			duckdb_unsafe_vector_assign_string_element_len(vector, i, text, 56);
			break;
		case COL_SUBSEQUENCE:
			((int64_t *)out)[i] = record->subsequence;
			break;
		case COL_ARRIVAL:
			((int64_t *)out)[i] = record->arrival_micros;
			break;
		case COL_REFRESH:
			((int64_t *)out)[i] = batch->refresh_micros;
			break;
		}
	}
}

static void scan(duckdb_any info, duckdb_any output) {
	leat_batch *batch = duckdb_function_get_bind_data(info);
	scan_state *state = duckdb_function_get_local_init_data(info);
	if (state->at == state->end) {
		state->at = __atomic_fetch_add(&batch->next, MORSEL_ROWS, __ATOMIC_RELAXED);
		if (state->at > batch->count) {
			state->at = batch->count;
		}
		state->end = state->at + MORSEL_ROWS < batch->count ? state->at + MORSEL_ROWS : batch->count;
	}
	idx_t rows = state->end - state->at;
	if (rows > VECTOR_ROWS) {
		rows = VECTOR_ROWS;
	}
	for (idx_t i = 0; i < state->columns; i++) {
		if (state->column[i] < COLUMNS) { // a row number that nobody looks at is beyond
			fill(duckdb_data_chunk_get_vector(output, i), state->column[i], batch, state->at, rows);
		}
	}
	state->at += rows;
	duckdb_data_chunk_set_size(output, rows);
}

int leat_register(void *connection, const char *name, leat_slots *slots) {
	duckdb_any function = duckdb_create_table_function();
	duckdb_any type = duckdb_create_logical_type(TYPE_BIGINT);
	duckdb_table_function_set_name(function, name);
	duckdb_table_function_add_parameter(function, type);
	duckdb_destroy_logical_type(&type);
	duckdb_table_function_set_extra_info(function, slots, NULL);
	duckdb_table_function_set_bind(function, bind);
	duckdb_table_function_set_init(function, init);
	duckdb_table_function_set_local_init(function, local_init);
	duckdb_table_function_set_function(function, scan);
	duckdb_table_function_supports_projection_pushdown(function, true);
	int failed = duckdb_register_table_function(connection, function);
	duckdb_destroy_table_function(&function);
	return failed;
}
