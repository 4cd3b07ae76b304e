#include "function.h"

#include <stdio.h>
#include <string.h>

// JSON text and SUPER values: tests, and what is made of text.

static json_kind kind_of(const string_entry *entry, const char **at, const char **end) {
	*at = string_data(entry);
	*end = *at + entry->length;
	leat_json_trim(at, end);
	return leat_json_kind(*at, *end);
}

// leat_json_is(text, kind): text is JSON, and an 'object', an 'array', or 'any'.
static void is(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row), *want = leat_string(call, 1, row);
	const char *at, *end;
	json_kind kind = kind_of(text, &at, &end);
	json_facts facts;
	char first = string_data(want)[1]; // of "any", "object", "array"
	((bool *)call->result)[row] = (first == 'n' || (first == 'b' && kind == JSON_OBJECT) || (first == 'r' && kind == JSON_ARRAY)) &&
	                              leat_json_check(string_data(text), text->length, &facts);
}

static void refuse(leat_call *call, const string_entry *text, const json_facts *facts) {
	char shown[80], message[320];
	size_t length = 0;
	for (size_t i = 0; i < text->length && length < 60; i++) {
		char c = string_data(text)[i];
		if (c == '}' && length > 0 && shown[length - 1] == c) { // two of them would end the message
			shown[length++] = ' ';
		}
		shown[length++] = c < 0x20 || c > 0x7E ? '?' : c; // a part of a character would not be text
	}
	if (length > 0 && shown[length - 1] == '}') {
		shown[length++] = ' '; // nor must one touch the message's end
	}
	shown[length] = 0;
	if (length == 0) {
		snprintf(message, sizeof message, "{{22032:invalid JSON: %s}}", facts->why);
	} else {
		snprintf(message, sizeof message, "{{22032:invalid JSON at byte %zu: %s; the text begins with %s}}", facts->where + 1, facts->why, shown);
	}
	leat_fail(call, message);
}

// parse returns text as SUPER keeps it: without white space, with the last of the
// values that a key has. What is not JSON fails, or is NULL.
static void parse(leat_call *call, idx_t row, bool lax) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	size_t length = text->length;
	json_facts facts;
	if (!leat_json_check(data, length, &facts)) {
		if (lax) {
			leat_return_null(call, row);
		} else {
			refuse(call, text, &facts);
		}
		return;
	}
	call->scratch.length = 0;
	if (leat_json_compact(&call->scratch, &data, &length, &facts)) {
		leat_return_scratch(call, row);
	} else {
		leat_return_string(call, row, data, length);
	}
}

static void parse_strictly(leat_call *call, idx_t row) { parse(call, row, false); }
static void parse_laxly(leat_call *call, idx_t row) { parse(call, row, true); }

// leat_json_quote(text) is text as a SUPER string.
static void quote(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	call->scratch.length = 0;
	leat_json_quote(&call->scratch, string_data(text), text->length);
	leat_return_scratch(call, row);
}

// leat_json_raw(text) is text that is known to be JSON.
static void raw(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	leat_return_string(call, row, string_data(text), text->length);
}

// leat_json_double(x) is a DOUBLE as SUPER.
static void of_double(leat_call *call, idx_t row) {
	double value = ((const double *)call->argument[0])[row];
	call->scratch.length = 0;
	if (leat_double_write(&call->scratch, value)) {
		leat_return_scratch(call, row);
	} else {
		leat_fail(call, "{{22003:a SUPER value cannot be infinite or not a number}}");
	}
}

// leat_json_typeof(x) is what JSON_TYPEOF tells.
static void type_of(leat_call *call, idx_t row) {
	static const char *names[] = {"null", "null", "boolean", "number", "string", "array", "object", "number"};
	const char *at, *end;
	const char *name = names[kind_of(leat_string(call, 0, row), &at, &end)];
	leat_return_string(call, row, name, strlen(name));
}

// leat_json_null(x): x is NULL or the JSON null.
static void null(leat_call *call, idx_t row) {
	const char *at, *end;
	((bool *)call->result)[row] = leat_is_null(call, 0, row) || kind_of(leat_string(call, 0, row), &at, &end) <= JSON_NULL;
}

// leat_json_present(x) is x, and NULL for the JSON null.
static void present(leat_call *call, idx_t row) {
	const char *at, *end;
	if (kind_of(leat_string(call, 0, row), &at, &end) <= JSON_NULL) {
		leat_return_null(call, row);
	} else {
		raw(call, row);
	}
}

// leat_json_length(x) is how many elements an array has.
static void length(leat_call *call, idx_t row) {
	const char *at, *end;
	if (kind_of(leat_string(call, 0, row), &at, &end) != JSON_ARRAY) {
		leat_return_null(call, row);
		return;
	}
	int64_t n = 0;
	for (at = leat_json_space(at + 1, end); at < end && *at != ']'; at = leat_json_space(at, end)) {
		at = leat_json_space(leat_json_value_end(at, end), end);
		at += at < end && *at == ',';
		n++;
	}
	((int64_t *)call->result)[row] = n;
}

// leat_json_serialize(x) is the text of x, compact also when it was stored otherwise.
static void serialize(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	size_t size = text->length;
	json_facts facts;
	call->scratch.length = 0;
	if (leat_json_check(data, size, &facts) && leat_json_compact(&call->scratch, &data, &size, &facts)) {
		leat_return_scratch(call, row);
	} else {
		leat_return_string(call, row, data, size);
	}
}

// inside finds what stands between an array's brackets.
static bool inside(const string_entry *entry, const char **at, const char **end) {
	if (kind_of(entry, at, end) != JSON_ARRAY || *end - *at < 2) {
		return false;
	}
	(*at)++, (*end)--;
	leat_json_trim(at, end);
	while (*end > *at && (*end)[-1] == ',') { // older versions took [1,] for JSON
		(*end)--;
		leat_json_trim(at, end);
	}
	return true;
}

// leat_json_concat(a, b) is the array of the elements of both; NULL for what is no array.
static void concat(leat_call *call, idx_t row) {
	const char *at, *end, *at2, *end2;
	if (!inside(leat_string(call, 0, row), &at, &end) || !inside(leat_string(call, 1, row), &at2, &end2)) {
		leat_return_null(call, row);
		return;
	}
	leat_buffer *out = &call->scratch;
	out->length = 0;
	leat_buffer_byte(out, '[');
	leat_buffer_add(out, at, (size_t)(end - at));
	if (at < end && at2 < end2) {
		leat_buffer_byte(out, ',');
	}
	leat_buffer_add(out, at2, (size_t)(end2 - at2));
	leat_buffer_byte(out, ']');
	leat_return_scratch(call, row);
}

// leat_truth(text) is the boolean that a SUPER scalar's text means: a whole
// number is true unless it is 0. NULL for what means none.
static void truth(leat_call *call, idx_t row) {
	static const char *words[] = {"false", "true", "f", "t", "no", "yes", "n", "y"};
	const string_entry *text = leat_string(call, 0, row);
	const char *at = string_data(text), *end = at + text->length;
	leat_json_trim(&at, &end);
	size_t size = (size_t)(end - at);
	bool *result = (bool *)call->result + row;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		bool same = strlen(words[i]) == size;
		for (size_t j = 0; same && j < size; j++) {
			same = (at[j] | 0x20) == words[i][j];
		}
		if (same) {
			*result = i & 1;
			return;
		}
	}
	json_decimal number;
	if (size == 0 || !leat_decimal_read(&number, at, end) || number.scale != 0 || at[size - 1] == '.' || at[size - 1] == '-') {
		leat_return_null(call, row);
		return;
	}
	*result = number.magnitude != 0;
}

const leat_function leat_json_functions[] = {
    {.name = "leat_json_is", .result = TYPE_BOOLEAN, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .row = is},
    {.name = "leat_json_is_bytes", .result = TYPE_BOOLEAN, .arguments = {TYPE_BLOB, TYPE_VARCHAR}, .row = is},
    {.name = "leat_json_parse", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR}, .row = parse_strictly},
    {.name = "leat_json_parse_bytes", .result = TYPE_JSON, .arguments = {TYPE_BLOB}, .row = parse_strictly},
    {.name = "leat_json_try_parse", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR}, .row = parse_laxly},
    {.name = "leat_json_try_parse_bytes", .result = TYPE_JSON, .arguments = {TYPE_BLOB}, .row = parse_laxly},
    {.name = "leat_json_quote", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR}, .row = quote},
    {.name = "leat_json_raw", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR}, .row = raw},
    {.name = "leat_json_double", .result = TYPE_JSON, .arguments = {TYPE_DOUBLE}, .row = of_double},
    {.name = "leat_json_typeof", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR}, .row = type_of},
    {.name = "leat_json_null", .result = TYPE_BOOLEAN, .arguments = {TYPE_VARCHAR}, .sees_nulls = true, .row = null},
    {.name = "leat_json_present", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR}, .row = present},
    {.name = "leat_json_length", .result = TYPE_BIGINT, .arguments = {TYPE_VARCHAR}, .row = length},
    {.name = "leat_json_serialize", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR}, .row = serialize},
    {.name = "leat_json_concat", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .row = concat},
    {.name = "leat_truth", .result = TYPE_BOOLEAN, .arguments = {TYPE_VARCHAR}, .row = truth},
    {0},
};
