// How a function written in C becomes a scalar function of DuckDB: one
// leat_function a function, one table of them a file (function_text.c …), all
// registered by leat_register_functions.

#ifndef LEAT_DUCK_FUNCTION_H
#define LEAT_DUCK_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"

typedef uint64_t idx_t;
typedef void *duckdb_any;

// DuckDB's numbers of types.
enum {
	TYPE_BOOLEAN = 1,
	TYPE_INTEGER = 4,
	TYPE_BIGINT = 5,
	TYPE_DOUBLE = 11,
	TYPE_TIMESTAMP = 12,
	TYPE_INTERVAL = 15,
	TYPE_HUGEINT = 16,
	TYPE_VARCHAR = 17,
	TYPE_BLOB = 18,
	// Types that DuckDB has no number for.
	TYPE_JSON = 1000,
	TYPE_VARCHARS, // a list
	TYPE_JSONS,    // a list
};

enum { MAX_ARGUMENTS = 8 };

// string_entry is DuckDB's string or blob: up to 12 bytes lie inside, longer
// ones are pointed at and repeat their first four.
typedef struct {
	uint32_t length;
	char prefix[4];
	union {
		const char *pointer;
		char rest[8];
	} tail;
} string_entry;

static inline const char *string_data(const string_entry *entry) {
	return entry->length <= 12 ? entry->prefix : entry->tail.pointer;
}

// leat_call is one chunk of rows of a running function. Arguments are flat
// vectors of rows values.
typedef struct {
	duckdb_any info;   // for leat_fail
	duckdb_any output; // for leat_return_string
	idx_t rows;
	idx_t arguments;
	const void *argument[MAX_ARGUMENTS];
	const uint64_t *valid[MAX_ARGUMENTS]; // NULL: no value is NULL
	void *result;
	bool failed;
	leat_buffer scratch; // for rows to use; freed after the chunk
} leat_call;

// leat_function is a function. Unless it sees NULLs, a row with a NULL argument is
// NULL without its being asked.
typedef struct {
	const char *name;
	int result;
	int arguments[MAX_ARGUMENTS]; // ended by 0
	bool sees_nulls;
	// row computes one row; it is not called again after leat_fail.
	void (*row)(leat_call *call, idx_t row);
	// chunk, if there is one, computes all rows instead, and tests for NULLs itself.
	void (*chunk)(leat_call *call);
} leat_function;

static inline bool leat_is_null(const leat_call *call, int argument, idx_t row) {
	const uint64_t *valid = call->valid[argument];
	return valid != NULL && (valid[row / 64] >> (row % 64) & 1) == 0;
}

static inline const string_entry *leat_string(const leat_call *call, int argument, idx_t row) {
	return (const string_entry *)call->argument[argument] + row;
}

static inline int64_t leat_bigint(const leat_call *call, int argument, idx_t row) {
	return ((const int64_t *)call->argument[argument])[row];
}

// leat_return_string copies text, which must be valid UTF-8 when the result is a
// VARCHAR.
void leat_return_string(leat_call *call, idx_t row, const char *text, size_t length);

void leat_return_null(leat_call *call, idx_t row);

// leat_return_scratch returns the text in the scratch buffer, or fails when
// there was no memory for it.
void leat_return_scratch(leat_call *call, idx_t row);

// leat_list_begin begins the list of a row, which must not come before that of an
// earlier row; its elements follow by leat_list_add. A NULL text adds a NULL.
void leat_list_begin(leat_call *call, idx_t row);
void leat_list_add(leat_call *call, idx_t row, const char *text, size_t length);

// leat_fail fails the statement (TRY catches it). DuckDB's type of error is
// InvalidInput; message is copied.
void leat_fail(leat_call *call, const char *message);

// leat_is_text tells whether bytes are UTF-8.
bool leat_is_text(const char *data, size_t length);

// Text ends at 65,535 bytes and bytes at 1,024,000. What is longer already, as
// the text of a large record is, may be worked on up to 16 MiB.
enum {
	TEXT_BYTES = 65535,
	VARBYTE_BYTES = 1024000,
	LARGE_BYTES = 16 << 20,
};

// leat_fits tells whether a result may have size bytes, when it is made of values
// the longest of which has longest bytes, and most (TEXT_BYTES or VARBYTE_BYTES)
// are what its type holds. If not, the call fails.
bool leat_fits(leat_call *call, uint64_t size, size_t longest, size_t most);

// leat_allocate is memory for a result; leat_return_allocated returns and frees it.
char *leat_allocate(size_t length);
void leat_return_allocated(leat_call *call, idx_t row, char *buffer, size_t length);

// leat_register_functions registers the functions of all tables. It returns
// NULL, or the name of the one that failed.
const char *leat_register_functions(void *connection);

// The tables of functions, one a file, each ended by a function without a name.
extern const leat_function leat_bytes_functions[];
extern const leat_function leat_divide_functions[];
extern const leat_function leat_grow_functions[];
extern const leat_function leat_text_functions[];
extern const leat_function leat_interval_functions[];
extern const leat_function leat_to_char_functions[];
extern const leat_function leat_number_functions[];
extern const leat_function leat_json_functions[];
extern const leat_function leat_json_walk_functions[];
extern const leat_function leat_json_form_functions[];
extern const leat_function leat_json_number_functions[];

// leat_register_json_aggregates registers leat_json_sum and leat_json_avg; it returns
// what leat_register_functions does.
const char *leat_register_json_aggregates(void *connection);

// leat_logical_type makes a type of DuckDB's, to be destroyed by the caller.
duckdb_any leat_logical_type(int type);

#endif
