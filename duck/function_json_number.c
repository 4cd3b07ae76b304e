#include "function_json_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Arithmetic on SUPER values. Numbers without exponent and of at most 38 digits
// are computed by their exact value; with any other number the result is a double.

bool leat_number_read(json_number *out, const string_entry *entry) {
	const char *at = string_data(entry), *end = at + entry->length;
	leat_json_trim(&at, &end);
	if (leat_json_kind(at, end) != JSON_NUMBER) {
		return false;
	}
	out->exact = leat_decimal_read(&out->decimal, at, end);
	if (out->exact) {
		return true;
	}
	char text[400]; // enough for every digit that decides which double it is
	size_t length = (size_t)(end - at);
	char *copy = length < sizeof text ? text : malloc(length + 1);
	if (copy == NULL) {
		return false;
	}
	memcpy(copy, at, length);
	copy[length] = 0;
	out->value = strtod(copy, NULL);
	if (copy != text) {
		free(copy);
	}
	return true;
}

double leat_number_double(const json_number *n) { return n->exact ? leat_decimal_double(&n->decimal) : n->value; }

// fail_with takes "22003:what is wrong".
static void fail_with(leat_call *call, const char *wrong) {
	char message[160];
	snprintf(message, sizeof message, "{{%s}}", wrong);
	leat_fail(call, message);
}

static void return_double(leat_call *call, idx_t row, double value) {
	call->scratch.length = 0;
	if (leat_double_write(&call->scratch, value)) {
		leat_return_scratch(call, row);
	} else {
		fail_with(call, "22003:numeric overflow: the result is beyond the range of double precision");
	}
}

static void return_decimal(leat_call *call, idx_t row, const json_decimal *d) {
	call->scratch.length = 0;
	leat_decimal_write(&call->scratch, d);
	leat_return_scratch(call, row);
}

static void compute_doubles(leat_call *call, idx_t row, char op, double a, double b) {
	if ((op == '/' || op == '%') && b == 0) {
		fail_with(call, "22012:division by zero");
		return;
	}
	double value = op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : op == '/' ? a / b : fmod(a, b);
	return_double(call, row, value);
}

static void compute(leat_call *call, idx_t row, char op, const json_number *a, const json_number *b) {
	json_decimal out, y = b->decimal;
	const char *wrong;
	switch (op) {
	case '-':
		y.negative = !y.negative;
		// fallthrough
	case '+':
		wrong = leat_decimal_add(&out, &a->decimal, &y);
		break;
	case '*':
		wrong = leat_decimal_multiply(&out, &a->decimal, &y);
		break;
	case '/':
		wrong = leat_decimal_divide(&out, &a->decimal, &y);
		break;
	default:
		wrong = leat_decimal_modulo(&out, &a->decimal, &y);
	}
	if (wrong != NULL) {
		fail_with(call, wrong);
	} else {
		return_decimal(call, row, &out);
	}
}

// strings is a + b for two strings: one after the other.
static bool strings(leat_call *call, idx_t row) {
	leat_buffer *out = &call->scratch;
	out->length = 0;
	for (int i = 0; i < 2; i++) {
		const string_entry *x = leat_string(call, 1 + i, row);
		const char *at = string_data(x), *end = at + x->length;
		leat_json_trim(&at, &end);
		if (leat_json_kind(at, end) != JSON_STRING || end - at < 2) {
			return false;
		}
		if (i == 0) {
			leat_buffer_add(out, at, (size_t)(end - at) - 1);
		} else {
			leat_buffer_add(out, at + 1, (size_t)(end - at) - 1);
		}
	}
	leat_return_scratch(call, row);
	return true;
}

// leat_json_arithmetic(op, a, b): + - * / % and the same with f before, which
// computes in double. What is no number gives NULL; + joins strings.
static void arithmetic(leat_call *call, idx_t row) {
	const string_entry *op = leat_string(call, 0, row);
	char sign = string_data(op)[op->length - 1];
	json_number a, b;
	if (!leat_number_read(&a, leat_string(call, 1, row)) || !leat_number_read(&b, leat_string(call, 2, row))) {
		if (sign != '+' || !strings(call, row)) {
			leat_return_null(call, row);
		}
	} else if (a.exact && b.exact && op->length == 1) {
		compute(call, row, sign, &a, &b);
	} else {
		compute_doubles(call, row, sign, leat_number_double(&a), leat_number_double(&b));
	}
}

// leat_json_abs(x) keeps the digits as they are.
static void absolute(leat_call *call, idx_t row) {
	const string_entry *x = leat_string(call, 0, row);
	const char *at = string_data(x), *end = at + x->length;
	leat_json_trim(&at, &end);
	if (leat_json_kind(at, end) != JSON_NUMBER) {
		leat_return_null(call, row);
		return;
	}
	at += *at == '-';
	leat_return_string(call, row, at, (size_t)(end - at));
}

// leat_json_round(how, x, digits): how is round, trunc, floor or ceil.
static void round_to(leat_call *call, idx_t row) {
	char how = string_data(leat_string(call, 0, row))[0];
	int64_t digits = leat_bigint(call, 2, row);
	json_number x;
	if (!leat_number_read(&x, leat_string(call, 1, row))) {
		leat_return_null(call, row);
		return;
	}
	if (x.exact) {
		const char *wrong = leat_decimal_round(&x.decimal, digits, how);
		if (wrong != NULL) {
			fail_with(call, wrong);
		} else {
			return_decimal(call, row, &x.decimal);
		}
		return;
	}
	double scale = pow(10, (double)(digits > 400 ? 400 : digits < -400 ? -400 : digits)), scaled = x.value * scale;
	scaled = how == 'r' ? round(scaled) : how == 't' ? trunc(scaled) : how == 'f' ? floor(scaled) : ceil(scaled);
	double value = scaled / scale;
	return_double(call, row, isfinite(value) ? value : x.value);
}

// leat_json_number(x) is the text of a number, as it is written.
static void number(leat_call *call, idx_t row) {
	const string_entry *x = leat_string(call, 0, row);
	const char *at = string_data(x), *end = at + x->length;
	leat_json_trim(&at, &end);
	json_kind kind = leat_json_kind(at, end);
	if (kind == JSON_NUMBER || (kind == JSON_OTHER && at < end)) {
		leat_return_string(call, row, at, (size_t)(end - at));
	} else {
		leat_return_null(call, row);
	}
}

// leat_json_number_kind(x): integer (exact, without a point), decimal (exact,
// with one), or double.
static void number_kind(leat_call *call, idx_t row) {
	json_number x;
	const string_entry *text = leat_string(call, 0, row);
	if (!leat_number_read(&x, text)) {
		leat_return_null(call, row);
		return;
	}
	bool point = memchr(string_data(text), '.', text->length) != NULL;
	const char *kind = !x.exact ? "double" : point ? "decimal" : "integer";
	leat_return_string(call, row, kind, strlen(kind));
}

const leat_function leat_json_number_functions[] = {
    {.name = "leat_json_arithmetic", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR, TYPE_VARCHAR}, .row = arithmetic},
    {.name = "leat_json_abs", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR}, .row = absolute},
    {.name = "leat_json_round", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR, TYPE_BIGINT}, .row = round_to},
    {.name = "leat_json_number", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR}, .row = number},
    {.name = "leat_json_number_kind", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR}, .row = number_kind},
    {0},
};
