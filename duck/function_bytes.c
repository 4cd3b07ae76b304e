#include "function.h"

// Bytes written as text, and quoted text. Each result has up to eight times the
// bytes of what it is made of.

// leat_hex(bytes), in lower case.
static void hex(leat_call *call, idx_t row) {
	static const char digits[] = "0123456789abcdef";
	const string_entry *bytes = leat_string(call, 0, row);
	const unsigned char *data = (const unsigned char *)string_data(bytes);
	size_t size = (size_t)bytes->length * 2;
	if (!leat_fits(call, size, bytes->length, TEXT_BYTES)) {
		return;
	}
	char *out = leat_allocate(size);
	for (size_t i = 0; i < bytes->length; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	leat_return_allocated(call, row, out, size);
}

// leat_bits(bytes): eight digits, 0 or 1, for each byte.
static void bits(leat_call *call, idx_t row) {
	const string_entry *bytes = leat_string(call, 0, row);
	const unsigned char *data = (const unsigned char *)string_data(bytes);
	size_t size = (size_t)bytes->length * 8;
	if (!leat_fits(call, size, bytes->length, TEXT_BYTES)) {
		return;
	}
	char *out = leat_allocate(size);
	for (size_t i = 0; i < size; i++) {
		out[i] = '0' + (data[i / 8] >> (7 - i % 8) & 1);
	}
	leat_return_allocated(call, row, out, size);
}

// leat_unbits(text) is the bytes that leat_bits wrote.
static void unbits(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	size_t size = text->length / 8;
	bool good = text->length % 8 == 0;
	for (size_t i = 0; good && i < text->length; i++) {
		good = data[i] == '0' || data[i] == '1';
	}
	if (!good) {
		leat_fail(call, "{{22P02:invalid input for format \"binary\": it takes eight digits, 0 or 1, for each byte}}");
		return;
	}
	char *out = leat_allocate(size);
	for (size_t i = 0; i < size; i++) {
		out[i] = 0;
		for (int bit = 0; bit < 8; bit++) {
			out[i] = (char)((unsigned char)out[i] << 1 | (data[8 * i + bit] - '0'));
		}
	}
	leat_return_allocated(call, row, out, size);
}

// leat_base64(bytes), padded with =.
static void base64(leat_call *call, idx_t row) {
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const string_entry *bytes = leat_string(call, 0, row);
	const unsigned char *data = (const unsigned char *)string_data(bytes);
	size_t size = ((size_t)bytes->length + 2) / 3 * 4;
	if (!leat_fits(call, size, bytes->length, TEXT_BYTES)) {
		return;
	}
	char *out = leat_allocate(size), *to = out;
	for (size_t i = 0; i < bytes->length; i += 3) {
		size_t left = bytes->length - i;
		unsigned word = (unsigned)data[i] << 16 | (left > 1 ? (unsigned)data[i + 1] << 8 : 0) | (left > 2 ? data[i + 2] : 0);
		*to++ = digits[word >> 18];
		*to++ = digits[word >> 12 & 63];
		*to++ = left > 1 ? digits[word >> 6 & 63] : '=';
		*to++ = left > 2 ? digits[word & 63] : '=';
	}
	leat_return_allocated(call, row, out, size);
}

// quote writes text between quotes and doubles those in it.
static void quote(leat_call *call, idx_t row, char mark) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	size_t size = (size_t)text->length + 2;
	for (size_t i = 0; i < text->length; i++) {
		size += data[i] == mark;
	}
	if (!leat_fits(call, size, text->length, TEXT_BYTES)) {
		return;
	}
	char *out = leat_allocate(size), *to = out;
	*to++ = mark;
	for (size_t i = 0; i < text->length; i++) {
		if (data[i] == mark) {
			*to++ = mark;
		}
		*to++ = data[i];
	}
	*to = mark;
	leat_return_allocated(call, row, out, size);
}

// leat_quote_literal(text) is the text as a constant of SQL.
static void quote_literal(leat_call *call, idx_t row) { quote(call, row, '\''); }

// leat_quote_ident(text) is the text as a name, quoted where it must be.
static void quote_ident(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	bool plain = text->length > 0;
	for (size_t i = 0; plain && i < text->length; i++) {
		char c = data[i];
		plain = (c >= 'a' && c <= 'z') || c == '_' || (i > 0 && ((c >= '0' && c <= '9') || c == '$'));
	}
	if (plain) {
		leat_return_string(call, row, data, text->length);
	} else {
		quote(call, row, '"');
	}
}

const leat_function leat_bytes_functions[] = {
    {.name = "leat_hex", .result = TYPE_VARCHAR, .arguments = {TYPE_BLOB}, .row = hex},
    {.name = "leat_bits", .result = TYPE_VARCHAR, .arguments = {TYPE_BLOB}, .row = bits},
    {.name = "leat_unbits", .result = TYPE_BLOB, .arguments = {TYPE_VARCHAR}, .row = unbits},
    {.name = "leat_base64", .result = TYPE_VARCHAR, .arguments = {TYPE_BLOB}, .row = base64},
    {.name = "leat_quote_literal", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR}, .row = quote_literal},
    {.name = "leat_quote_ident", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR}, .row = quote_ident},
    {0},
};
