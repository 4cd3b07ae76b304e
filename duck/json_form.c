#include "json_tape.h"

#include <stdlib.h>
#include <string.h>

// A number as its digits: 0.d1d2d3… × 10^exponent, without zeros at either end.
typedef struct {
	bool negative;
	int64_t exponent;
	const char *at, *end; // from the first digit that is not 0 to the last; a point may be inside
	size_t count;         // of digits; 0 for zero
} number_digits;

enum { EXPONENT_BOUND = 1000000000 };

static number_digits read_digits(const char *at, const char *end) {
	number_digits n = {0};
	if (at < end && *at == '-') {
		n.negative = true;
		at++;
	}
	const char *mantissa = end;
	for (const char *p = at; p < end; p++) {
		if (*p == 'e' || *p == 'E') {
			mantissa = p;
			break;
		}
	}
	int64_t exponent = 0;
	if (mantissa < end) {
		const char *p = mantissa + 1;
		bool minus = p < end && *p == '-';
		for (p += p < end && (*p == '-' || *p == '+'); p < end && *p >= '0' && *p <= '9'; p++) {
			exponent = exponent < EXPONENT_BOUND ? exponent * 10 + (*p - '0') : exponent;
		}
		exponent = minus ? -exponent : exponent;
	}
	int64_t whole = 0;
	bool point = false, started = false;
	int64_t zeros = 0; // behind the point, before the first digit
	for (const char *p = at; p < mantissa; p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		if (!started && *p == '0') {
			zeros += point;
			continue;
		}
		if (!started) {
			started = true;
			n.at = p;
		}
		whole += !point;
		if (*p != '0') {
			n.end = p + 1;
		}
	}
	if (!started) {
		return (number_digits){0};
	}
	n.exponent = exponent + (whole > 0 ? whole : -zeros);
	for (const char *p = n.at; p < n.end; p++) {
		n.count += *p != '.';
	}
	return n;
}

static void add_digits(leat_buffer *out, const number_digits *n, size_t from, size_t to) {
	size_t i = 0;
	for (const char *p = n->at; p < n->end && i < to; p++) {
		if (*p != '.' && i++ >= from) {
			leat_buffer_byte(out, *p);
		}
	}
}

// normal_number writes a number by its value: 1.0, 1 and 10e-1 are 1.
static void normal_number(leat_buffer *out, const char *at, const char *end) {
	number_digits n = read_digits(at, end);
	if (n.count == 0) {
		leat_buffer_byte(out, '0');
		return;
	}
	if (n.negative) {
		leat_buffer_byte(out, '-');
	}
	int64_t count = (int64_t)n.count;
	if (n.exponent > 40 || n.exponent < -40) { // too many zeros to write
		char exponent[24];
		add_digits(out, &n, 0, 1);
		if (count > 1) {
			leat_buffer_byte(out, '.');
			add_digits(out, &n, 1, n.count);
		}
		int64_t e = n.exponent - 1;
		size_t length = 0;
		uint64_t left = (uint64_t)(e < 0 ? -e : e);
		do {
			exponent[length++] = (char)('0' + left % 10);
		} while (left /= 10);
		leat_buffer_byte(out, 'e');
		leat_buffer_byte(out, e < 0 ? '-' : '+');
		while (length > 0) {
			leat_buffer_byte(out, exponent[--length]);
		}
		return;
	}
	if (n.exponent <= 0) {
		leat_buffer_add(out, "0.", 2);
		for (int64_t i = n.exponent; i < 0; i++) {
			leat_buffer_byte(out, '0');
		}
		add_digits(out, &n, 0, n.count);
		return;
	}
	add_digits(out, &n, 0, (size_t)n.exponent);
	for (int64_t i = count; i < n.exponent; i++) {
		leat_buffer_byte(out, '0');
	}
	if (count > n.exponent) {
		leat_buffer_byte(out, '.');
		add_digits(out, &n, (size_t)n.exponent, n.count);
	}
}

// key_number writes a number so that memcmp orders it: sign, exponent, digits.
static void key_number(leat_buffer *out, const char *at, const char *end) {
	number_digits n = read_digits(at, end);
	if (n.count == 0) {
		leat_buffer_byte(out, (char)0x80);
		return;
	}
	leat_buffer_byte(out, n.negative ? 0x7F : (char)0x81);
	size_t from = out->length;
	uint64_t biased = (uint64_t)(n.exponent + ((int64_t)1 << 40));
	for (int shift = 40; shift >= 0; shift -= 8) {
		leat_buffer_byte(out, (char)(biased >> shift));
	}
	add_digits(out, &n, 0, n.count);
	leat_buffer_byte(out, 0);
	for (size_t i = from; n.negative && i < out->length; i++) {
		out->data[i] = (char)~out->data[i];
	}
}

// string_text is a string's text, without trailing blanks, which do not count.
static void string_text(leat_buffer *out, const char *at, const char *end) {
	size_t from = out->length;
	leat_json_unescape(out, at + 1, end - 1);
	while (out->length > from && out->data[out->length - 1] == ' ') {
		out->length--;
	}
}

static void key_text(leat_buffer *out, const char *text, size_t length) {
	for (size_t i = 0; i < length; i++) {
		leat_buffer_byte(out, text[i]);
		if (text[i] == 0) {
			leat_buffer_byte(out, (char)0xFF);
		}
	}
	leat_buffer_byte(out, 0);
	leat_buffer_byte(out, 1);
}

// A form is what write makes of a document.
typedef struct {
	leat_buffer *out;
	leat_buffer text; // of one string
	json_tape tape;
	enum { NORMAL, KEY, LAST_OF_EACH_KEY } form;
} writer;

enum { KEY_NULL = 0x10, KEY_BOOLEAN = 0x20, KEY_NUMBER = 0x30, KEY_STRING = 0x40, KEY_ARRAY = 0x50, KEY_OBJECT = 0x60, KEY_OTHER = 0x70 };

static void write_string(writer *w, const char *at, const char *end) {
	w->text.length = 0;
	if (w->form == LAST_OF_EACH_KEY) {
		leat_json_unescape(&w->text, at + 1, end - 1);
	} else {
		string_text(&w->text, at, end);
	}
	if (w->form == KEY) {
		leat_buffer_byte(w->out, KEY_STRING);
		key_text(w->out, w->text.data, w->text.length);
	} else {
		leat_json_quote(w->out, w->text.data, w->text.length);
	}
}

static void write_value(writer *w, size_t index);

static void write_array(writer *w, size_t index) {
	leat_buffer_byte(w->out, w->form == KEY ? KEY_ARRAY : '[');
	for (size_t i = index + 1; i < w->tape.values[index].next; i = w->tape.values[i].next) {
		if (w->form != KEY && i > index + 1) {
			leat_buffer_byte(w->out, ',');
		}
		write_value(w, i);
	}
	leat_buffer_byte(w->out, w->form == KEY ? 0 : ']');
}

static void write_object(writer *w, size_t index) {
	size_t first;
	size_t n = tape_members(&w->tape, index, w->form == LAST_OF_EACH_KEY, &first);
	leat_buffer_byte(w->out, w->form == KEY ? KEY_OBJECT : '{');
	for (size_t i = 0; i < n; i++) {
		const tape_value *value = &w->tape.values[w->tape.order[first + i]];
		if (w->form == KEY) {
			leat_buffer_byte(w->out, 1);
			key_text(w->out, value->key, value->key_length);
		} else {
			if (i > 0) {
				leat_buffer_byte(w->out, ',');
			}
			leat_json_quote(w->out, value->key, value->key_length);
			leat_buffer_byte(w->out, ':');
		}
		write_value(w, w->tape.order[first + i]);
	}
	leat_buffer_byte(w->out, w->form == KEY ? 0 : '}');
	tape_release(&w->tape, first);
}

// write_value calls itself for what is inside: checked text bounds the depth.
static void write_value(writer *w, size_t index) {
	if (w->tape.failed || w->out->failed) {
		return;
	}
	const tape_value *value = &w->tape.values[index];
	json_kind kind = leat_json_kind(value->at, value->end);
	switch (kind) {
	case JSON_OBJECT:
		write_object(w, index);
		return;
	case JSON_ARRAY:
		write_array(w, index);
		return;
	case JSON_STRING:
		write_string(w, value->at, value->end);
		return;
	case JSON_NUMBER:
		if (w->form == KEY) {
			leat_buffer_byte(w->out, KEY_NUMBER);
			key_number(w->out, value->at, value->end);
			return;
		}
		if (w->form == NORMAL) {
			normal_number(w->out, value->at, value->end);
			return;
		}
		break;
	case JSON_NULL:
	case JSON_BOOLEAN:
		if (w->form == KEY) {
			leat_buffer_byte(w->out, kind == JSON_NULL ? KEY_NULL : KEY_BOOLEAN);
			if (kind == JSON_BOOLEAN) {
				leat_buffer_byte(w->out, *value->at == 't');
			}
			return;
		}
		break;
	default:
		break;
	}
	leat_buffer_add(w->out, value->at, (size_t)(value->end - value->at));
}

static void write_form(leat_buffer *out, const char *text, size_t length, int form) {
	writer w = {.out = out, .form = form};
	tape_read(&w.tape, text, length);
	if (!w.tape.failed && w.tape.count > 0) {
		write_value(&w, 0);
	}
	out->failed = out->failed || w.tape.failed || w.text.failed;
	tape_free(&w.tape);
	free(w.text.data);
}

// is_scalar tells a document that needs no tape.
static bool is_scalar(const char *at, const char *end) {
	json_kind kind = leat_json_kind(at, end);
	return kind == JSON_NUMBER || kind == JSON_BOOLEAN || (kind == JSON_STRING && leat_json_string_end(at + 1, end) == end && end - at >= 2);
}

static void write_scalar(leat_buffer *out, const char *at, const char *end, int form) {
	tape_value value = {.at = at, .end = end, .next = 1};
	writer w = {.out = out, .form = form, .tape = {.values = &value, .count = 1}};
	write_value(&w, 0);
	out->failed = out->failed || w.text.failed;
	free(w.text.data);
}

void leat_json_normal(leat_buffer *out, const char *text, size_t length) {
	json_facts facts;
	const char *at = text, *end = text + length;
	leat_json_trim(&at, &end);
	if (is_scalar(at, end)) {
		write_scalar(out, at, end, NORMAL);
	} else if (leat_json_check(text, length, &facts)) {
		write_form(out, text, length, NORMAL);
	} else { // stored by an older version: as it is
		leat_buffer_add(out, text, length);
	}
}

bool leat_json_key(leat_buffer *out, const char *text, size_t length) {
	const char *at = text, *end = text + length;
	leat_json_trim(&at, &end);
	json_facts facts;
	json_kind kind = leat_json_kind(at, end);
	if (kind == JSON_NULL && end - at == 4) {
		return false;
	}
	if (is_scalar(at, end)) {
		write_scalar(out, at, end, KEY);
	} else if (leat_json_check(at, (size_t)(end - at), &facts)) {
		write_form(out, at, (size_t)(end - at), KEY);
	} else {
		leat_buffer_byte(out, KEY_OTHER);
		leat_buffer_add(out, at, (size_t)(end - at));
	}
	return true;
}

bool leat_json_compact(leat_buffer *out, const char **text, size_t *length, const json_facts *facts) {
	const char *at = *text, *end = *text + *length;
	leat_json_trim(&at, &end);
	if (facts->repeated) {
		write_form(out, at, (size_t)(end - at), LAST_OF_EACH_KEY);
		return true;
	}
	if (!facts->spaced && !facts->escaped) {
		*text = at;
		*length = (size_t)(end - at);
		return false;
	}
	leat_buffer string = {0};
	while ((at = leat_json_space(at, end)) < end) {
		if (*at != '"') {
			leat_buffer_byte(out, *at++);
			continue;
		}
		const char *close = leat_json_string_end(at + 1, end);
		if (memchr(at, '\\', (size_t)(close - at)) == NULL) {
			leat_buffer_add(out, at, (size_t)(close - at));
		} else {
			string.length = 0;
			leat_json_unescape(&string, at + 1, close - 1);
			leat_json_quote(out, string.data, string.length);
		}
		at = close;
	}
	out->failed = out->failed || string.failed;
	free(string.data);
	return true;
}
