#include "function.h"

#include <stdlib.h>

// DuckDB's C interface, as far as it is used here. Handles are pointers.
extern duckdb_any duckdb_create_scalar_function(void);
extern void duckdb_destroy_scalar_function(duckdb_any *);
extern void duckdb_scalar_function_set_name(duckdb_any, const char *);
extern void duckdb_scalar_function_set_special_handling(duckdb_any);
extern void duckdb_scalar_function_add_parameter(duckdb_any, duckdb_any);
extern void duckdb_scalar_function_set_return_type(duckdb_any, duckdb_any);
extern void duckdb_scalar_function_set_extra_info(duckdb_any, void *, void (*)(void *));
extern void duckdb_scalar_function_set_function(duckdb_any, void (*)(duckdb_any, duckdb_any, duckdb_any));
extern void *duckdb_scalar_function_get_extra_info(duckdb_any);
extern void duckdb_scalar_function_set_error(duckdb_any, const char *);
extern int duckdb_register_scalar_function(duckdb_any, duckdb_any);
extern duckdb_any duckdb_create_logical_type(int);
extern duckdb_any duckdb_create_list_type(duckdb_any);
extern void duckdb_logical_type_set_alias(duckdb_any, const char *);
extern void duckdb_destroy_logical_type(duckdb_any *);
extern duckdb_any duckdb_list_vector_get_child(duckdb_any);
extern idx_t duckdb_list_vector_get_size(duckdb_any);
extern int duckdb_list_vector_set_size(duckdb_any, idx_t);
extern int duckdb_list_vector_reserve(duckdb_any, idx_t);
extern idx_t duckdb_data_chunk_get_column_count(duckdb_any);
extern idx_t duckdb_data_chunk_get_size(duckdb_any);
extern duckdb_any duckdb_data_chunk_get_vector(duckdb_any, idx_t);
extern void *duckdb_vector_get_data(duckdb_any);
extern uint64_t *duckdb_vector_get_validity(duckdb_any);
extern void duckdb_vector_ensure_validity_writable(duckdb_any);
extern void duckdb_unsafe_vector_assign_string_element_len(duckdb_any, idx_t, const char *, idx_t);

void leat_return_string(leat_call *call, idx_t row, const char *text, size_t length) {
	duckdb_unsafe_vector_assign_string_element_len(call->output, row, text, length);
}

void leat_return_null(leat_call *call, idx_t row) {
	duckdb_vector_ensure_validity_writable(call->output);
	duckdb_vector_get_validity(call->output)[row / 64] &= ~((uint64_t)1 << (row % 64));
}

void leat_return_scratch(leat_call *call, idx_t row) {
	if (call->scratch.failed) {
		leat_fail(call, "{{53200:out of memory}}");
		return;
	}
	leat_return_string(call, row, call->scratch.data, call->scratch.length);
}

// A list is where its elements begin in the child vector, and how many there are.
typedef struct {
	uint64_t offset, length;
} list_entry;

void leat_list_begin(leat_call *call, idx_t row) {
	((list_entry *)call->result)[row] = (list_entry){duckdb_list_vector_get_size(call->output), 0};
}

void leat_list_add(leat_call *call, idx_t row, const char *text, size_t length) {
	idx_t at = duckdb_list_vector_get_size(call->output);
	duckdb_list_vector_reserve(call->output, at + 1);
	duckdb_list_vector_set_size(call->output, at + 1);
	((list_entry *)call->result)[row].length++;
	duckdb_any child = duckdb_list_vector_get_child(call->output);
	if (text != NULL) {
		duckdb_unsafe_vector_assign_string_element_len(child, at, text, length);
		return;
	}
	duckdb_vector_ensure_validity_writable(child);
	duckdb_vector_get_validity(child)[at / 64] &= ~((uint64_t)1 << (at % 64));
}

void leat_fail(leat_call *call, const char *message) {
	if (!call->failed) {
		call->failed = true;
		duckdb_scalar_function_set_error(call->info, message);
	}
}

// run is what DuckDB calls for every function of ours.
static void run(duckdb_any info, duckdb_any input, duckdb_any output) {
	const leat_function *function = duckdb_scalar_function_get_extra_info(info);
	leat_call call = {
	    .info = info,
	    .output = output,
	    .rows = duckdb_data_chunk_get_size(input),
	    .arguments = duckdb_data_chunk_get_column_count(input),
	    .result = duckdb_vector_get_data(output),
	};
	for (idx_t i = 0; i < call.arguments; i++) {
		duckdb_any vector = duckdb_data_chunk_get_vector(input, i);
		call.argument[i] = duckdb_vector_get_data(vector);
		call.valid[i] = duckdb_vector_get_validity(vector);
	}
	if (function->chunk != NULL) {
		function->chunk(&call);
	}
	for (idx_t row = 0; function->chunk == NULL && row < call.rows && !call.failed; row++) {
		bool null = false;
		for (idx_t i = 0; i < call.arguments && !function->sees_nulls; i++) {
			null = null || leat_is_null(&call, i, row);
		}
		if (null) {
			leat_return_null(&call, row);
		} else {
			function->row(&call, row);
		}
	}
	free(call.scratch.data);
}

duckdb_any leat_logical_type(int type) {
	if (type == TYPE_JSON) {
		duckdb_any json = duckdb_create_logical_type(TYPE_VARCHAR);
		duckdb_logical_type_set_alias(json, "JSON");
		return json;
	}
	if (type == TYPE_VARCHARS || type == TYPE_JSONS) {
		duckdb_any element = leat_logical_type(type == TYPE_JSONS ? TYPE_JSON : TYPE_VARCHAR);
		duckdb_any list = duckdb_create_list_type(element);
		duckdb_destroy_logical_type(&element);
		return list;
	}
	return duckdb_create_logical_type(type);
}

static int register_one(void *connection, const leat_function *function) {
	duckdb_any scalar = duckdb_create_scalar_function();
	duckdb_scalar_function_set_name(scalar, function->name);
	for (int i = 0; i < MAX_ARGUMENTS && function->arguments[i] != 0; i++) {
		duckdb_any type = leat_logical_type(function->arguments[i]);
		duckdb_scalar_function_add_parameter(scalar, type);
		duckdb_destroy_logical_type(&type);
	}
	duckdb_any type = leat_logical_type(function->result);
	duckdb_scalar_function_set_return_type(scalar, type);
	duckdb_destroy_logical_type(&type);
	if (function->sees_nulls) {
		duckdb_scalar_function_set_special_handling(scalar);
	}
	duckdb_scalar_function_set_extra_info(scalar, (void *)function, NULL);
	duckdb_scalar_function_set_function(scalar, run);
	int failed = duckdb_register_scalar_function(connection, scalar);
	duckdb_destroy_scalar_function(&scalar);
	return failed;
}

const char *leat_register_functions(void *connection) {
	const leat_function *tables[] = {
	    leat_bytes_functions, leat_divide_functions, leat_grow_functions, leat_interval_functions,
	    leat_json_functions, leat_json_walk_functions, leat_json_form_functions, leat_json_number_functions,
	    leat_number_functions, leat_text_functions, leat_to_char_functions,
	};
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		for (const leat_function *f = tables[t]; f->name != NULL; f++) {
			if (register_one(connection, f) != 0) {
				return f->name;
			}
		}
	}
	return leat_register_json_aggregates(connection);
}
