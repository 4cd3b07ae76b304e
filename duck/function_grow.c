#define _GNU_SOURCE // memmem
#include "function.h"

#include <stdlib.h>
#include <string.h>

// Functions that can make text or bytes longer than what they are given. Each
// knows the size of its result before it makes it and refuses one that is too
// long, so that no value takes more memory than a value may have.

bool leat_fits(leat_call *call, uint64_t size, size_t longest, size_t most) {
	if (size <= most || (longest > most && size <= LARGE_BYTES)) {
		return true;
	}
	if (longest > most) {
		leat_fail(call, "{{22001:value too long: the result would have more than 16777216 bytes}}");
	} else if (most == VARBYTE_BYTES) {
		leat_fail(call, "{{22001:value too long for type binary varying(1024000)}}");
	} else {
		leat_fail(call, "{{22001:value too long for type character varying(65535)}}");
	}
	return false;
}

static size_t longer(size_t a, size_t b) { return a > b ? a : b; }

void leat_return_allocated(leat_call *call, idx_t row, char *buffer, size_t length) {
	leat_return_string(call, row, buffer, length);
	free(buffer);
}

char *leat_allocate(size_t length) {
	char *buffer = malloc(length > 0 ? length : 1);
	if (buffer == NULL) {
		abort(); // as Go does without memory
	}
	return buffer;
}

// fill writes length bytes of a text again and again.
static void fill(char *out, size_t length, const char *text, size_t text_length) {
	for (size_t at = 0; at < length; at += text_length) {
		size_t n = length - at < text_length ? length - at : text_length;
		memcpy(out + at, text, n);
	}
}

// leat_repeat(text, n); nothing for n below 1.
static void repeat(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	int64_t n = leat_bigint(call, 1, row);
	if (n < 1 || text->length == 0) {
		leat_return_string(call, row, "", 0);
		return;
	}
	if (n > LARGE_BYTES) {
		n = LARGE_BYTES + 1; // too many of anything
	}
	uint64_t size = (uint64_t)n * text->length;
	if (!leat_fits(call, size, text->length, TEXT_BYTES)) {
		return;
	}
	char *out = leat_allocate(size);
	fill(out, size, string_data(text), text->length);
	leat_return_allocated(call, row, out, size);
}

// prefix_bytes is how many bytes the first n characters of a text have; *n
// becomes how many of the n are missing.
static size_t prefix_bytes(const char *data, size_t length, int64_t *n) {
	size_t at = 0;
	while (at < length && *n > 0) {
		do {
			at++;
		} while (at < length && ((unsigned char)data[at] & 0xC0) == 0x80);
		--*n;
	}
	return at;
}

// pad is LPAD and RPAD: n characters, cut on the right, or filled up with the
// characters of another text; without any, it stays short.
static void pad(leat_call *call, idx_t row, bool left) {
	const string_entry *text = leat_string(call, 0, row), *with = leat_string(call, 2, row);
	const char *data = string_data(text), *filling = string_data(with);
	int64_t missing = leat_bigint(call, 1, row);
	size_t kept = prefix_bytes(data, text->length, &missing);
	if (missing <= 0 || with->length == 0) {
		leat_return_string(call, row, data, kept);
		return;
	}
	if (missing > LARGE_BYTES) {
		leat_fits(call, (uint64_t)LARGE_BYTES + 1, longer(text->length, with->length), TEXT_BYTES);
		return;
	}
	int64_t rest = missing;
	size_t once = prefix_bytes(filling, with->length, &rest);
	uint64_t filled = once;
	if (rest > 0) {
		int64_t characters = missing - rest; // of the filling
		int64_t partial = missing % characters;
		filled = (uint64_t)(missing / characters) * with->length + prefix_bytes(filling, with->length, &partial);
	}
	if (!leat_fits(call, kept + filled, longer(text->length, with->length), TEXT_BYTES)) {
		return;
	}
	char *out = leat_allocate(kept + filled);
	memcpy(out + (left ? filled : 0), data, kept);
	fill(out + (left ? 0 : kept), filled, filling, with->length);
	leat_return_allocated(call, row, out, kept + filled);
}

static void lpad(leat_call *call, idx_t row) { pad(call, row, true); }
static void rpad(leat_call *call, idx_t row) { pad(call, row, false); }

// leat_replace(text, old, new). UTF-8 in UTF-8 is only found at a character's
// beginning.
static void replace(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row), *old = leat_string(call, 1, row), *new = leat_string(call, 2, row);
	const char *data = string_data(text), *end = data + text->length, *find = string_data(old), *hit;
	size_t found = 0;
	if (old->length > 0) {
		for (const char *at = data; (hit = memmem(at, end - at, find, old->length)) != NULL; at = hit + old->length) {
			found++;
		}
	}
	if (found == 0) {
		leat_return_string(call, row, data, text->length);
		return;
	}
	uint64_t size = text->length - (uint64_t)found * old->length + (uint64_t)found * new->length;
	if (!leat_fits(call, size, longer(text->length, new->length), TEXT_BYTES)) {
		return;
	}
	char *out = leat_allocate(size), *to = out;
	const char *at = data;
	while ((hit = memmem(at, end - at, find, old->length)) != NULL) {
		memcpy(to, at, hit - at);
		to += hit - at;
		memcpy(to, string_data(new), new->length);
		to += new->length;
		at = hit + old->length;
	}
	memcpy(to, at, end - at);
	leat_return_allocated(call, row, out, size);
}

static void concat(leat_call *call, idx_t row, size_t most) {
	const string_entry *a = leat_string(call, 0, row), *b = leat_string(call, 1, row);
	uint64_t size = (uint64_t)a->length + b->length;
	if (!leat_fits(call, size, longer(a->length, b->length), most)) {
		return;
	}
	char small[4096], *out = size <= sizeof small ? small : leat_allocate(size);
	memcpy(out, string_data(a), a->length);
	memcpy(out + a->length, string_data(b), b->length);
	leat_return_string(call, row, out, size);
	if (out != small) {
		free(out);
	}
}

// leat_concat(a, b) is a || b for text, leat_concat_bytes for bytes.
static void concat_text(leat_call *call, idx_t row) { concat(call, row, TEXT_BYTES); }
static void concat_bytes(leat_call *call, idx_t row) { concat(call, row, VARBYTE_BYTES); }

// leat_sized(result, from) is a result that is made already, of a text from: by
// functions that make little more than they are given.
static void sized(leat_call *call, idx_t row) {
	const string_entry *result = leat_string(call, 0, row), *from = leat_string(call, 1, row);
	if (leat_fits(call, result->length, from->length, TEXT_BYTES)) {
		leat_return_string(call, row, string_data(result), result->length);
	}
}

// leat_listed(text) is the result of LISTAGG, if it is not too long.
static void listed(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	if (text->length > TEXT_BYTES) {
		leat_fail(call, "{{22001:Result size exceeds LISTAGG limit: it would have more than 65535 bytes}}");
		return;
	}
	leat_return_string(call, row, string_data(text), text->length);
}

// leat_room(text, matches, replacement) is the text, when replacing its matches
// cannot make much more than a text may have, however often the replacement
// refers to what was found.
static void room(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row), *replacement = leat_string(call, 2, row);
	const char *data = string_data(replacement);
	uint64_t references = 0;
	for (size_t i = 0; i < replacement->length; i++) {
		references += data[i] == '\\';
	}
	uint64_t size = (uint64_t)text->length * (1 + references) + (uint64_t)leat_bigint(call, 1, row) * replacement->length;
	if (size > (text->length > TEXT_BYTES ? LARGE_BYTES : 16 * TEXT_BYTES)) {
		leat_fits(call, (uint64_t)LARGE_BYTES + 1, text->length, TEXT_BYTES);
		return;
	}
	leat_return_string(call, row, string_data(text), text->length);
}

const leat_function leat_grow_functions[] = {
    {.name = "leat_repeat", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_BIGINT}, .row = repeat},
    {.name = "leat_lpad", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_BIGINT, TYPE_VARCHAR}, .row = lpad},
    {.name = "leat_rpad", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_BIGINT, TYPE_VARCHAR}, .row = rpad},
    {.name = "leat_replace", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR, TYPE_VARCHAR}, .row = replace},
    {.name = "leat_concat", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .row = concat_text},
    {.name = "leat_concat_bytes", .result = TYPE_BLOB, .arguments = {TYPE_BLOB, TYPE_BLOB}, .row = concat_bytes},
    {.name = "leat_sized", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .row = sized},
    {.name = "leat_listed", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR}, .row = listed},
    {.name = "leat_room", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_BIGINT, TYPE_VARCHAR}, .row = room},
    {0},
};
