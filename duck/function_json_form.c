#include "function.h"

#include <stdlib.h>
#include <string.h>

// SUPER values as what compares, groups and sorts, and arrays and objects as lists.

// leat_json_normal(x) is the one form that all values equal to x share; NULL for
// the JSON null.
static void normal(leat_call *call, idx_t row) {
	const string_entry *x = leat_string(call, 0, row);
	const char *at = string_data(x), *end = at + x->length;
	leat_json_trim(&at, &end);
	if (leat_json_kind(at, end) <= JSON_NULL) {
		leat_return_null(call, row);
		return;
	}
	call->scratch.length = 0;
	leat_json_normal(&call->scratch, string_data(x), x->length);
	leat_return_scratch(call, row);
}

// leat_json_key(x) is bytes that are equal and ordered as SUPER values are; NULL
// for the JSON null.
static void key(leat_call *call, idx_t row) {
	const string_entry *x = leat_string(call, 0, row);
	call->scratch.length = 0;
	if (leat_json_key(&call->scratch, string_data(x), x->length)) {
		leat_return_scratch(call, row);
	} else {
		leat_return_null(call, row);
	}
}

// leat_json_keyed(x) is x behind its key, for MIN and MAX of values: leat_json_unkeyed
// gives x back. The last four bytes say how long it is.
static void keyed(leat_call *call, idx_t row) {
	const string_entry *x = leat_string(call, 0, row);
	leat_buffer *out = &call->scratch;
	out->length = 0;
	if (!leat_json_key(out, string_data(x), x->length)) {
		leat_return_null(call, row);
		return;
	}
	leat_buffer_add(out, string_data(x), x->length);
	leat_buffer_add(out, (const char *)&x->length, sizeof x->length);
	leat_return_scratch(call, row);
}

static void unkeyed(leat_call *call, idx_t row) {
	const string_entry *x = leat_string(call, 0, row);
	uint32_t length;
	if (x->length < sizeof length) {
		leat_return_null(call, row);
		return;
	}
	const char *end = string_data(x) + x->length - sizeof length;
	memcpy(&length, end, sizeof length);
	if (length > x->length - sizeof length) {
		leat_return_null(call, row);
		return;
	}
	leat_return_string(call, row, end - length, length);
}

// leat_json_compare(a, b) is below, at or above 0 as a is to b; NULL for values of
// different types, and for arrays and objects, which are in no order.
static void compare(leat_call *call, idx_t row) {
	const string_entry *a = leat_string(call, 0, row), *b = leat_string(call, 1, row);
	leat_buffer *out = &call->scratch;
	out->length = 0;
	if (!leat_json_key(out, string_data(a), a->length)) {
		leat_return_null(call, row);
		return;
	}
	size_t first = out->length;
	bool null = !leat_json_key(out, string_data(b), b->length);
	if (out->failed) {
		leat_fail(call, "{{53200:out of memory}}");
		return;
	}
	const char *left = out->data, *right = out->data + first;
	size_t second = out->length - first;
	if (null || *left != *right || *left >= 0x50) {
		leat_return_null(call, row);
		return;
	}
	int order = memcmp(left, right, first < second ? first : second);
	((int32_t *)call->result)[row] = order != 0 ? order : first < second ? -1 : first > second;
}

// list makes the list of a value's elements, or of its members' keys or values.
static void list(leat_call *call, char open, bool keys) {
	leat_buffer key = {0};
	for (idx_t row = 0; row < call->rows && !call->failed; row++) {
		leat_list_begin(call, row);
		if (leat_is_null(call, 0, row)) {
			leat_return_null(call, row);
			continue;
		}
		const string_entry *x = leat_string(call, 0, row);
		const char *at = string_data(x), *end = at + x->length;
		leat_json_trim(&at, &end);
		if (at >= end || *at != open) {
			continue;
		}
		char close = open == '{' ? '}' : ']';
		for (at = leat_json_space(at + 1, end); at < end && *at != close;) {
			if (open == '{') {
				const char *start = at + 1;
				at = leat_json_value_end(at, end);
				if (keys) {
					key.length = 0;
					leat_buffer_byte(&key, 0);
					leat_json_unescape(&key, start, at > start ? at - 1 : start);
					if (!key.failed) {
						leat_list_add(call, row, key.data + 1, key.length - 1);
					}
				}
				at = leat_json_space(at, end);
				at = leat_json_space(at < end && *at == ':' ? at + 1 : at, end);
			}
			const char *value = at;
			at = leat_json_value_end(at, end);
			if (!keys) {
				leat_list_add(call, row, value, (size_t)(at - value));
			}
			at = leat_json_space(at, end);
			at = leat_json_space(at < end && *at == ',' ? at + 1 : at, end);
		}
	}
	if (key.failed) {
		leat_fail(call, "{{53200:out of memory}}");
	}
	free(key.data);
}

// leat_json_elements(x): an array's elements; leat_json_keys(x) and leat_json_values(x):
// an object's members. What is none has none.
static void elements(leat_call *call) { list(call, '[', false); }
static void keys(leat_call *call) { list(call, '{', true); }
static void values(leat_call *call) { list(call, '{', false); }

// leat_json_element(x, n) is an array's element, counted from 0.
static void element(leat_call *call, idx_t row) {
	const string_entry *x = leat_string(call, 0, row);
	int64_t n = leat_bigint(call, 1, row);
	const char *at = string_data(x), *end = at + x->length;
	leat_json_trim(&at, &end);
	if (n >= 0 && at < end && *at == '[') {
		for (at = leat_json_space(at + 1, end); at < end && *at != ']';) {
			const char *value = at;
			at = leat_json_value_end(at, end);
			if (n-- == 0) {
				leat_return_string(call, row, value, (size_t)(at - value));
				return;
			}
			at = leat_json_space(at, end);
			at = leat_json_space(at < end && *at == ',' ? at + 1 : at, end);
		}
	}
	leat_return_null(call, row);
}

// leat_json_field(x, key) is the value that an object has for a key.
static void field(leat_call *call, idx_t row) {
	const string_entry *x = leat_string(call, 0, row), *want = leat_string(call, 1, row);
	const char *at = string_data(x), *end = at + x->length;
	leat_json_trim(&at, &end);
	bool object = at < end && *at == '{';
	for (at = object ? leat_json_space(at + 1, end) : end; at < end && *at != '}';) {
		const char *start = at + 1;
		at = leat_json_value_end(at, end);
		call->scratch.length = 0;
		leat_json_unescape(&call->scratch, start, at > start ? at - 1 : start);
		bool same = call->scratch.length == want->length && (want->length == 0 || memcmp(call->scratch.data, string_data(want), want->length) == 0);
		at = leat_json_space(at, end);
		at = leat_json_space(at < end && *at == ':' ? at + 1 : at, end);
		const char *value = at;
		at = leat_json_value_end(at, end);
		if (same) {
			leat_return_string(call, row, value, (size_t)(at - value));
			return;
		}
		at = leat_json_space(at, end);
		at = leat_json_space(at < end && *at == ',' ? at + 1 : at, end);
	}
	leat_return_null(call, row);
}

const leat_function leat_json_form_functions[] = {
    {.name = "leat_json_normal", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR}, .row = normal},
    {.name = "leat_json_key", .result = TYPE_BLOB, .arguments = {TYPE_VARCHAR}, .row = key},
    {.name = "leat_json_keyed", .result = TYPE_BLOB, .arguments = {TYPE_VARCHAR}, .row = keyed},
    {.name = "leat_json_unkeyed", .result = TYPE_JSON, .arguments = {TYPE_BLOB}, .row = unkeyed},
    {.name = "leat_json_compare", .result = TYPE_INTEGER, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .row = compare},
    {.name = "leat_json_elements", .result = TYPE_JSONS, .arguments = {TYPE_VARCHAR}, .chunk = elements},
    {.name = "leat_json_keys", .result = TYPE_VARCHARS, .arguments = {TYPE_VARCHAR}, .chunk = keys},
    {.name = "leat_json_values", .result = TYPE_JSONS, .arguments = {TYPE_VARCHAR}, .chunk = values},
    {.name = "leat_json_element", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR, TYPE_BIGINT}, .row = element},
    {.name = "leat_json_field", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .row = field},
    {0},
};
