#include "json.h"

#include <string.h>

static int hex_digit(char d) {
	return d >= '0' && d <= '9' ? d - '0' : d >= 'a' && d <= 'f' ? d - 'a' + 10 : d >= 'A' && d <= 'F' ? d - 'A' + 10 : -1;
}

static long hex4(const char *at, const char *end) {
	long value = 0;
	for (int i = 0; i < 4; i++) {
		int digit = at + i < end ? hex_digit(at[i]) : -1;
		if (digit < 0) {
			return -1;
		}
		value = value * 16 + digit;
	}
	return value;
}

static void add_character(leat_buffer *out, long code) {
	if (code < 0x80) {
		leat_buffer_byte(out, (char)code);
	} else if (code < 0x800) {
		leat_buffer_byte(out, (char)(0xC0 | code >> 6));
		leat_buffer_byte(out, (char)(0x80 | (code & 0x3F)));
	} else if (code < 0x10000) {
		leat_buffer_byte(out, (char)(0xE0 | code >> 12));
		leat_buffer_byte(out, (char)(0x80 | (code >> 6 & 0x3F)));
		leat_buffer_byte(out, (char)(0x80 | (code & 0x3F)));
	} else {
		leat_buffer_byte(out, (char)(0xF0 | code >> 18));
		leat_buffer_byte(out, (char)(0x80 | (code >> 12 & 0x3F)));
		leat_buffer_byte(out, (char)(0x80 | (code >> 6 & 0x3F)));
		leat_buffer_byte(out, (char)(0x80 | (code & 0x3F)));
	}
}

bool leat_json_unescape(leat_buffer *out, const char *at, const char *end) {
	while (at < end) {
		const char *slash = memchr(at, '\\', (size_t)(end - at));
		if (slash == NULL) {
			leat_buffer_add(out, at, (size_t)(end - at));
			return true;
		}
		leat_buffer_add(out, at, (size_t)(slash - at));
		if (end - slash < 2) {
			return false;
		}
		at = slash + 2;
		switch (slash[1]) {
		case 'b':
			leat_buffer_byte(out, '\b');
			continue;
		case 'f':
			leat_buffer_byte(out, '\f');
			continue;
		case 'n':
			leat_buffer_byte(out, '\n');
			continue;
		case 'r':
			leat_buffer_byte(out, '\r');
			continue;
		case 't':
			leat_buffer_byte(out, '\t');
			continue;
		case 'u':
			break;
		default:
			leat_buffer_byte(out, slash[1]);
			continue;
		}
		long code = hex4(at, end);
		at += 4;
		if (code >= 0xD800 && code <= 0xDBFF && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
			long low = hex4(at + 2, end);
			if (low < 0xDC00 || low > 0xDFFF) {
				return false;
			}
			code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
			at += 6;
		}
		if (code < 0 || (code >= 0xD800 && code <= 0xDFFF)) {
			return false;
		}
		add_character(out, code);
	}
	return true;
}

void leat_json_quote(leat_buffer *out, const char *text, size_t length) {
	static const char hex[] = "0123456789abcdef";
	leat_buffer_byte(out, '"');
	size_t from = 0;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c >= 0x20 && c != '"' && c != '\\') {
			continue;
		}
		leat_buffer_add(out, text + from, i - from);
		from = i + 1;
		leat_buffer_byte(out, '\\');
		switch (c) {
		case '"':
		case '\\':
			leat_buffer_byte(out, (char)c);
			break;
		case '\b':
			leat_buffer_byte(out, 'b');
			break;
		case '\f':
			leat_buffer_byte(out, 'f');
			break;
		case '\n':
			leat_buffer_byte(out, 'n');
			break;
		case '\r':
			leat_buffer_byte(out, 'r');
			break;
		case '\t':
			leat_buffer_byte(out, 't');
			break;
		default:
			leat_buffer_add(out, "u00", 3);
			leat_buffer_byte(out, hex[c >> 4]);
			leat_buffer_byte(out, hex[c & 15]);
		}
	}
	leat_buffer_add(out, text + from, length - from);
	leat_buffer_byte(out, '"');
}
