#include "json.h"

#include <stdlib.h>
#include <string.h>

bool leat_buffer_reserve(leat_buffer *buffer, size_t more) {
	if (buffer->failed) {
		return false;
	}
	if (buffer->capacity - buffer->length >= more) {
		return true;
	}
	size_t capacity = buffer->capacity * 2 + more + 64;
	char *data = realloc(buffer->data, capacity);
	if (data == NULL) {
		buffer->failed = true;
		return false;
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

void leat_buffer_add(leat_buffer *buffer, const char *data, size_t length) {
	if (length > 0 && leat_buffer_reserve(buffer, length)) {
		memcpy(buffer->data + buffer->length, data, length);
		buffer->length += length;
	}
}

void leat_buffer_byte(leat_buffer *buffer, char byte) {
	if (leat_buffer_reserve(buffer, 1)) {
		buffer->data[buffer->length++] = byte;
	}
}

void leat_json_trim(const char **at, const char **end) {
	*at = leat_json_space(*at, *end);
	while (*end > *at && leat_is_space((*end)[-1])) {
		(*end)--;
	}
}

json_kind leat_json_kind(const char *at, const char *end) {
	if (at >= end) {
		return JSON_MISSING;
	}
	switch (*at) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
	case 'f':
		return JSON_BOOLEAN;
	case 'n':
		return end - at >= 4 && memcmp(at, "null", 4) == 0 ? JSON_NULL : JSON_OTHER;
	case '-':
		return end - at >= 2 && at[1] >= '0' && at[1] <= '9' ? JSON_NUMBER : JSON_OTHER;
	}
	return *at >= '0' && *at <= '9' ? JSON_NUMBER : JSON_OTHER;
}

const char *leat_json_string_end(const char *at, const char *end) {
	while (at < end) {
		at = leat_plain(at, end, false);
		while (at < end && *at != '"' && *at != '\\') {
			at++;
		}
		if (at >= end) {
			return end;
		}
		if (*at == '"') {
			return at + 1;
		}
		at += end - at >= 2 ? 2 : 1;
	}
	return end;
}

const char *leat_json_close(const char *at, const char *end) {
	for (size_t depth = 1; at < end;) {
		switch (*at++) {
		case '"':
			at = leat_json_string_end(at, end);
			break;
		case '[':
		case '{':
			depth++;
			break;
		case ']':
		case '}':
			if (--depth == 0) {
				return at;
			}
		}
	}
	return end;
}

const char *leat_json_value_end(const char *at, const char *end) {
	if (at >= end) {
		return end;
	}
	switch (*at) {
	case '"':
		return leat_json_string_end(at + 1, end);
	case '[':
	case '{':
		return leat_json_close(at + 1, end);
	}
	const char *start = at;
	while (at < end && *at != ',' && *at != ']' && *at != '}' && *at != ':' && !leat_is_space(*at)) {
		at++;
	}
	// What is no value must not hold a loop over values up.
	return at == start ? at + 1 : at;
}
