#include "function_json_number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// leat_json_sum(x) and leat_json_avg(x): SUM and AVG of SUPER values. What is no
// number is left out. Exact numbers are added up exactly; with one that is a
// double among them the result is a double.

extern duckdb_any duckdb_create_aggregate_function(void);
extern void duckdb_destroy_aggregate_function(duckdb_any *);
extern void duckdb_aggregate_function_set_name(duckdb_any, const char *);
extern void duckdb_aggregate_function_add_parameter(duckdb_any, duckdb_any);
extern void duckdb_aggregate_function_set_return_type(duckdb_any, duckdb_any);
extern void duckdb_aggregate_function_set_functions(duckdb_any, idx_t (*)(duckdb_any), void (*)(duckdb_any, void *),
                                                    void (*)(duckdb_any, duckdb_any, void **), void (*)(duckdb_any, void **, void **, idx_t),
                                                    void (*)(duckdb_any, void **, duckdb_any, idx_t, idx_t));
extern void duckdb_aggregate_function_set_error(duckdb_any, const char *);
extern int duckdb_register_aggregate_function(duckdb_any, duckdb_any);
extern void duckdb_destroy_logical_type(duckdb_any *);
extern idx_t duckdb_data_chunk_get_size(duckdb_any);
extern duckdb_any duckdb_data_chunk_get_vector(duckdb_any, idx_t);
extern void *duckdb_vector_get_data(duckdb_any);
extern uint64_t *duckdb_vector_get_validity(duckdb_any);
extern void duckdb_vector_ensure_validity_writable(duckdb_any);
extern void duckdb_vector_assign_string_element_len(duckdb_any, idx_t, const char *, idx_t);

// A sum is a state. DuckDB aligns states to eight bytes, so the magnitude is in halves.
typedef struct {
	int64_t count;
	uint64_t low, high;
	double doubles;
	int32_t scale;
	bool negative, inexact, overflow;
} sum;

static json_decimal exact_part(const sum *s) {
	return (json_decimal){s->negative, s->scale, (unsigned __int128)s->high << 64 | s->low};
}

static void add_exact(sum *s, const json_decimal *value) {
	json_decimal before = exact_part(s), after;
	if (leat_decimal_add(&after, &before, value) != NULL) {
		s->overflow = true;
		return;
	}
	s->low = (uint64_t)after.magnitude;
	s->high = (uint64_t)(after.magnitude >> 64);
	s->scale = after.scale;
	s->negative = after.negative;
}

static idx_t size(duckdb_any info) {
	(void)info;
	return sizeof(sum);
}

static void init(duckdb_any info, void *state) {
	(void)info;
	memset(state, 0, sizeof(sum));
}

static void update(duckdb_any info, duckdb_any input, void **states) {
	(void)info;
	duckdb_any vector = duckdb_data_chunk_get_vector(input, 0);
	const string_entry *values = duckdb_vector_get_data(vector);
	const uint64_t *valid = duckdb_vector_get_validity(vector);
	idx_t rows = duckdb_data_chunk_get_size(input);
	for (idx_t row = 0; row < rows; row++) {
		json_number value;
		if ((valid != NULL && (valid[row / 64] >> (row % 64) & 1) == 0) || !leat_number_read(&value, &values[row])) {
			continue;
		}
		sum *s = states[row];
		s->count++;
		if (value.exact) {
			add_exact(s, &value.decimal);
		} else {
			s->inexact = true;
			s->doubles += value.value;
		}
	}
}

static void combine(duckdb_any info, void **sources, void **targets, idx_t count) {
	(void)info;
	for (idx_t i = 0; i < count; i++) {
		const sum *from = sources[i];
		sum *to = targets[i];
		json_decimal part = exact_part(from);
		add_exact(to, &part);
		to->count += from->count;
		to->doubles += from->doubles;
		to->inexact = to->inexact || from->inexact;
		to->overflow = to->overflow || from->overflow;
	}
}

// write appends the result; it returns what is wrong, or NULL.
static const char *write(leat_buffer *out, const sum *s, bool average) {
	if (s->overflow) {
		return "22003:numeric overflow: the sum has more than 38 digits";
	}
	json_decimal total = exact_part(s), count = {false, 0, (unsigned __int128)s->count};
	if (s->inexact) {
		double value = leat_decimal_double(&total) + s->doubles;
		return leat_double_write(out, average ? value / (double)s->count : value) ? NULL
		                                                                           : "22003:numeric overflow: the sum is beyond the range of double precision";
	}
	const char *wrong = average ? leat_decimal_divide(&total, &total, &count) : NULL;
	if (wrong == NULL) {
		leat_decimal_write(out, &total);
	}
	return wrong;
}

static void finish(duckdb_any info, void **states, duckdb_any result, idx_t count, idx_t offset, bool average) {
	leat_buffer out = {0};
	for (idx_t i = 0; i < count; i++) {
		const sum *s = states[i];
		idx_t row = offset + i;
		if (s->count == 0) {
			duckdb_vector_ensure_validity_writable(result);
			duckdb_vector_get_validity(result)[row / 64] &= ~((uint64_t)1 << (row % 64));
			continue;
		}
		out.length = 0;
		const char *wrong = write(&out, s, average);
		if (out.failed) {
			wrong = "53200:out of memory";
		}
		if (wrong != NULL) {
			char message[160];
			snprintf(message, sizeof message, "{{%s}}", wrong);
			duckdb_aggregate_function_set_error(info, message);
			break;
		}
		duckdb_vector_assign_string_element_len(result, row, out.data, out.length);
	}
	free(out.data);
}

static void finish_sum(duckdb_any info, void **states, duckdb_any result, idx_t count, idx_t offset) {
	finish(info, states, result, count, offset, false);
}

static void finish_average(duckdb_any info, void **states, duckdb_any result, idx_t count, idx_t offset) {
	finish(info, states, result, count, offset, true);
}

static const char *register_one(void *connection, const char *name, void (*last)(duckdb_any, void **, duckdb_any, idx_t, idx_t)) {
	duckdb_any function = duckdb_create_aggregate_function();
	duckdb_any varchar = leat_logical_type(TYPE_VARCHAR), json = leat_logical_type(TYPE_JSON);
	duckdb_aggregate_function_set_name(function, name);
	duckdb_aggregate_function_add_parameter(function, varchar);
	duckdb_aggregate_function_set_return_type(function, json);
	duckdb_aggregate_function_set_functions(function, size, init, update, combine, last);
	int failed = duckdb_register_aggregate_function(connection, function);
	duckdb_destroy_logical_type(&varchar);
	duckdb_destroy_logical_type(&json);
	duckdb_destroy_aggregate_function(&function);
	return failed ? name : NULL;
}

const char *leat_register_json_aggregates(void *connection) {
	const char *failed = register_one(connection, "leat_json_sum", finish_sum);
	return failed != NULL ? failed : register_one(connection, "leat_json_avg", finish_average);
}
