#include "function.h"

#include <stdio.h>
#include <string.h>

// Where bytes become text, and where text is cut. DuckDB's own functions trust a
// VARCHAR to be UTF-8 and read and write beyond it when it is not, so nothing
// here returns text that is none.

// leat_is_text tells UTF-8 as DuckDB and RFC 3629 have it: no surrogates, no
// overlong forms, nothing above U+10FFFF, no character that is cut off.
bool leat_is_text(const char *data, size_t length) {
	const unsigned char *at = (const unsigned char *)data, *end = at + length;
	while (at < end) {
		uint64_t eight; // most text is ASCII
		while (end - at >= 8 && (memcpy(&eight, at, 8), (eight & 0x8080808080808080) == 0)) {
			at += 8;
		}
		if (at == end) {
			break;
		}
		unsigned char c = *at;
		size_t more;
		unsigned char low = 0x80, high = 0xBF; // of the second byte
		if (c < 0x80) {
			at++;
			continue;
		} else if (c >= 0xC2 && c <= 0xDF) {
			more = 1;
		} else if (c >= 0xE0 && c <= 0xEF) {
			more = 2;
			low = c == 0xE0 ? 0xA0 : low;
			high = c == 0xED ? 0x9F : high;
		} else if (c >= 0xF0 && c <= 0xF4) {
			more = 3;
			low = c == 0xF0 ? 0x90 : low;
			high = c == 0xF4 ? 0x8F : high;
		} else {
			return false;
		}
		if ((size_t)(end - at) <= more || at[1] < low || at[1] > high) {
			return false;
		}
		for (size_t i = 2; i <= more; i++) {
			if ((at[i] & 0xC0) != 0x80) {
				return false;
			}
		}
		at += more + 1;
	}
	return true;
}

// leat_cut(text, n) is the longest beginning of text that has at most n bytes
// and ends at a character's end.
static void cut(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	int64_t limit = leat_bigint(call, 1, row);
	size_t length = text->length;
	if (limit < (int64_t)length) {
		length = limit < 0 ? 0 : (size_t)limit;
		while (length > 0 && ((unsigned char)data[length] & 0xC0) == 0x80) {
			length--; // the character that begins before goes on after
		}
	}
	leat_return_string(call, row, data, length);
}

static void too_long(leat_call *call, const char *type, int64_t n) {
	char message[100];
	snprintf(message, sizeof message, "{{22001:value too long for type %s(%lld)}}", type, (long long)n);
	leat_fail(call, message);
}

static size_t without_blanks(const char *data, size_t length) {
	while (length > 0 && data[length - 1] == ' ') {
		length--;
	}
	return length;
}

// leat_fit(text, n) is a text on its way into VARCHAR(n): blanks at its end that
// do not fit are dropped, more is an error.
static void fit(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	int64_t n = leat_bigint(call, 1, row);
	size_t length = text->length;
	if ((int64_t)length > n) {
		if ((int64_t)without_blanks(data, length) > n) {
			too_long(call, "character varying", n);
			return;
		}
		length = (size_t)n; // cuts among blanks only
	}
	leat_return_string(call, row, data, length);
}

// leat_fit_char(text, n) is a text on its way into CHAR(n), kept without the
// blanks at its end.
static void fit_char(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	size_t length = without_blanks(data, text->length);
	if ((int64_t)length > leat_bigint(call, 1, row)) {
		too_long(call, "character", leat_bigint(call, 1, row));
		return;
	}
	leat_return_string(call, row, data, length);
}

// leat_fit_bytes(bytes, n) is bytes on their way into VARBYTE(n).
static void fit_bytes(leat_call *call, idx_t row) {
	const string_entry *bytes = leat_string(call, 0, row);
	if ((int64_t)bytes->length > leat_bigint(call, 1, row)) {
		too_long(call, "binary varying", leat_bigint(call, 1, row));
		return;
	}
	leat_return_string(call, row, string_data(bytes), bytes->length);
}

// leat_is_utf8(bytes) tells whether decode(bytes) is a text. (DuckDB's
// decode(bytes, 'ignore') is no test: it keeps surrogates and the beginning of a
// character that is cut off.)
static void is_utf8(leat_call *call, idx_t row) {
	const string_entry *bytes = leat_string(call, 0, row);
	((bool *)call->result)[row] = leat_is_text(string_data(bytes), bytes->length);
}

// leat_pattern(pattern) is the pattern, unless it can match half a character.
static void pattern(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	for (size_t i = 0; i + 1 < text->length; i++) {
		if (data[i] != '\\') {
			continue;
		}
		i++;
		if (data[i] == 'C') {
			leat_fail(call, "{{2201B:invalid regular expression: \\C, a single byte, is not supported}}");
			return;
		}
	}
	leat_return_string(call, row, data, text->length);
}

const leat_function leat_text_functions[] = {
    {.name = "leat_cut", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_BIGINT}, .row = cut},
    {.name = "leat_fit", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_BIGINT}, .row = fit},
    {.name = "leat_fit_char", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_BIGINT}, .row = fit_char},
    {.name = "leat_fit_bytes", .result = TYPE_BLOB, .arguments = {TYPE_BLOB, TYPE_BIGINT}, .row = fit_bytes},
    {.name = "leat_is_utf8", .result = TYPE_BOOLEAN, .arguments = {TYPE_BLOB}, .row = is_utf8},
    {.name = "leat_pattern", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR}, .row = pattern},
    {0},
};
