#include "json.h"

#include <stdlib.h>
#include <string.h>

// A key of an object that is being checked.
typedef struct {
	const char *text;
	size_t length;
	uint32_t mix;
} seen_key;

// A checker's functions take the place they begin at and return the one behind
// what they found, or NULL once they refused.
typedef struct {
	const char *start, *end;
	json_facts *facts;
	size_t depth;
	// The keys of all objects that are open, and where each one's begin.
	seen_key *keys; // few, or more
	size_t key_count, key_capacity;
	seen_key few[32];
	struct {
		size_t first_key;
		uint64_t marks; // one bit for each key's mix: a key whose bit is unset is new
		bool object;
	} levels[MAX_JSON_DEPTH];
} checker;

static const char *refuse(checker *c, const char *at, const char *why) {
	c->facts->why = why;
	c->facts->where = (size_t)(at - c->start);
	return NULL;
}

// utf8 moves over one character that is not ASCII.
static const char *utf8(checker *c, const char *at) {
	const unsigned char *p = (const unsigned char *)at;
	size_t left = (size_t)(c->end - at);
	unsigned char low = 0x80, high = 0xBF;
	size_t more;
	if (p[0] >= 0xC2 && p[0] <= 0xDF) {
		more = 1;
	} else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
		more = 2;
		low = p[0] == 0xE0 ? 0xA0 : low;
		high = p[0] == 0xED ? 0x9F : high;
	} else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
		more = 3;
		low = p[0] == 0xF0 ? 0x90 : low;
		high = p[0] == 0xF4 ? 0x8F : high;
	} else {
		return refuse(c, at, "it is not valid UTF-8");
	}
	if (left <= more || p[1] < low || p[1] > high) {
		return refuse(c, at, "it is not valid UTF-8");
	}
	for (size_t i = 2; i <= more; i++) {
		if ((p[i] & 0xC0) != 0x80) {
			return refuse(c, at, "it is not valid UTF-8");
		}
	}
	return at + more + 1;
}

// hex4 reads the four digits of \u; -1 when they are none.
static int hex4(const char *at, const char *end) {
	if (end - at < 4) {
		return -1;
	}
	int value = 0;
	for (int i = 0; i < 4; i++) {
		char d = at[i];
		int n = d >= '0' && d <= '9' ? d - '0' : d >= 'a' && d <= 'f' ? d - 'a' + 10 : d >= 'A' && d <= 'F' ? d - 'A' + 10 : -1;
		if (n < 0) {
			return -1;
		}
		value = value * 16 + n;
	}
	return value;
}

static const char *escape(checker *c, const char *at) {
	c->facts->escaped = true;
	if (c->end - at < 2 || memchr("\"\\/bfnrtu", at[1], 9) == NULL) {
		return refuse(c, at, "an escape is wrong");
	}
	if (at[1] != 'u') {
		return at + 2;
	}
	int unit = hex4(at + 2, c->end);
	if (unit < 0) {
		return refuse(c, at, "an escape is wrong");
	}
	if (unit < 0xD800 || unit > 0xDFFF) {
		return at + 6;
	}
	int low = c->end - at >= 12 && at[6] == '\\' && at[7] == 'u' ? hex4(at + 8, c->end) : -1;
	if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
		return refuse(c, at, "an escape is half of a surrogate pair");
	}
	return at + 12;
}

// string moves behind a string; at is behind its opening quote.
static const char *string(checker *c, const char *at) {
	const char *end = c->end;
	for (;;) {
		at = leat_plain(at, end, true);
		unsigned char b = 0;
		while (at < end && (b = (unsigned char)*at) >= 0x20 && b < 0x80 && b != '"' && b != '\\') {
			at++;
		}
		if (at >= end) {
			return refuse(c, at, "a string does not end");
		}
		if (b == '"') {
			return at + 1;
		}
		if (b < 0x20) {
			return refuse(c, at, "a control character stands in a string");
		}
		at = b == '\\' ? escape(c, at) : utf8(c, at);
		if (at == NULL) {
			return NULL;
		}
	}
}

static inline bool is_digit(const char *at, const char *end) { return at < end && *at >= '0' && *at <= '9'; }

static const char *number(checker *c, const char *at) {
	const char *end = c->end;
	at += *at == '-';
	if (!is_digit(at, end)) {
		return refuse(c, at, "a number is wrong");
	}
	if (*at == '0') {
		at++;
	} else {
		while (is_digit(at, end)) {
			at++;
		}
	}
	if (at < end && *at == '.') {
		if (!is_digit(++at, end)) {
			return refuse(c, at, "a number is wrong");
		}
		while (is_digit(at, end)) {
			at++;
		}
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		at += at < end && (*at == '+' || *at == '-');
		if (!is_digit(at, end)) {
			return refuse(c, at, "a number is wrong");
		}
		while (is_digit(at, end)) {
			at++;
		}
	}
	return at;
}

static const char *word(checker *c, const char *at, const char *text, size_t length) {
	if ((size_t)(c->end - at) < length || memcmp(at, text, length) != 0) {
		return refuse(c, at, "a value is wrong");
	}
	return at + length;
}

static const char *scalar(checker *c, const char *at) {
	switch (*at) {
	case '"':
		return string(c, at + 1);
	case 't':
		return word(c, at, "true", 4);
	case 'f':
		return word(c, at, "false", 5);
	case 'n':
		return word(c, at, "null", 4);
	}
	if (*at == '-' || (*at >= '0' && *at <= '9')) {
		return number(c, at);
	}
	return refuse(c, at, "a value is wrong");
}

static inline const char *space(checker *c, const char *at) {
	if (at < c->end && !leat_is_space(*at)) {
		return at;
	}
	const char *behind = leat_json_space(at, c->end);
	c->facts->spaced = c->facts->spaced || behind > at;
	return behind;
}

static bool same_key(const seen_key *a, const seen_key *b) {
	return a->mix == b->mix && a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

// MANY keys of an object are compared sorted, when it ends; fewer one by one: so
// no object takes quadratic time.
enum { MANY = 64 };

static int compare_keys(const void *left, const void *right) {
	const seen_key *a = left, *b = right;
	if (a->length != b->length) {
		return a->length < b->length ? -1 : 1;
	}
	return memcmp(a->text, b->text, a->length);
}

static void close_object(checker *c, size_t first) {
	seen_key *keys = c->keys + first;
	size_t n = c->key_count - first;
	c->key_count = first;
	if (n <= MANY) {
		return;
	}
	qsort(keys, n, sizeof *keys, compare_keys);
	for (size_t i = 1; i < n; i++) {
		c->facts->repeated = c->facts->repeated || same_key(&keys[i - 1], &keys[i]);
	}
}

static bool more_keys(checker *c) {
	size_t capacity = c->key_capacity * 4;
	seen_key *keys = realloc(c->keys == c->few ? NULL : c->keys, capacity * sizeof *keys);
	if (keys == NULL) {
		return false;
	}
	if (c->keys == c->few) {
		memcpy(keys, c->few, sizeof c->few);
	}
	c->keys = keys;
	c->key_capacity = capacity;
	return true;
}

static uint32_t mix_of(const char *text, size_t length) {
	uint64_t head = 0, tail = 0;
	if (length >= 8) {
		memcpy(&head, text, 8);
		memcpy(&tail, text + length - 8, 8);
	} else {
		for (size_t i = 0; i < length; i++) {
			head = head << 8 | (unsigned char)text[i];
		}
	}
	return (uint32_t)((head * 0x9E3779B97F4A7C15U ^ tail * 0xC2B2AE3D27D4EB4FU) >> 32) + (uint32_t)length;
}

// note_key looks whether the object has had the key.
static bool note_key(checker *c, const char *text, size_t length) {
	if (c->key_count == c->key_capacity && !more_keys(c)) {
		return false;
	}
	seen_key *key = &c->keys[c->key_count];
	*key = (seen_key){text, length, mix_of(text, length)};
	size_t first = c->levels[c->depth - 1].first_key;
	uint64_t bit = (uint64_t)1 << (key->mix & 63), *marks = &c->levels[c->depth - 1].marks;
	if ((*marks & bit) != 0 && c->key_count - first < MANY) {
		for (size_t i = first; i < c->key_count; i++) {
			c->facts->repeated = c->facts->repeated || same_key(&c->keys[i], key);
		}
	}
	*marks |= bit;
	c->key_count++;
	return true;
}

// key reads a key and its colon. A key with an escape may be any other.
static const char *key(checker *c, const char *at) {
	if (at >= c->end || *at != '"') {
		return refuse(c, at, "a key is wrong");
	}
	const char *text = at + 1;
	at = string(c, text);
	if (at == NULL) {
		return NULL;
	}
	size_t length = (size_t)(at - text) - 1;
	c->facts->repeated = c->facts->repeated || (c->facts->escaped && memchr(text, '\\', length) != NULL);
	if (!note_key(c, text, length)) {
		return refuse(c, at, "there is no memory for its keys");
	}
	at = space(c, at);
	if (at >= c->end || *at != ':') {
		return refuse(c, at, "a colon is missing");
	}
	return space(c, at + 1);
}

// opening moves into an array or object, and behind it when it is empty.
static const char *opening(checker *c, const char *at, bool *empty) {
	bool object = *at == '{';
	if (c->depth == MAX_JSON_DEPTH) {
		return refuse(c, at, "it is nested too deeply");
	}
	c->levels[c->depth].first_key = c->key_count;
	c->levels[c->depth].marks = 0;
	c->levels[c->depth].object = object;
	c->depth++;
	at = space(c, at + 1);
	*empty = at < c->end && *at == (object ? '}' : ']');
	if (*empty) {
		c->depth--;
		return at + 1;
	}
	return object ? key(c, at) : at;
}

// after moves from behind a value to the next one; ended tells that the document is over.
static const char *after(checker *c, const char *at, bool *ended) {
	for (;;) {
		if (c->depth == 0) {
			at = leat_json_space(at, c->end);
			*ended = true;
			return at == c->end ? at : refuse(c, at, "something follows it");
		}
		bool object = c->levels[c->depth - 1].object;
		at = space(c, at);
		if (at >= c->end) {
			return refuse(c, at, "it ends too early");
		}
		if (*at == ',') {
			at = space(c, at + 1);
			return object ? key(c, at) : at;
		}
		if (*at != (object ? '}' : ']')) {
			return refuse(c, at, "a comma is missing");
		}
		at++;
		c->depth--;
		if (object) {
			close_object(c, c->levels[c->depth].first_key);
		}
	}
}

static bool document(checker *c) {
	const char *at = leat_json_space(c->start, c->end);
	if (at == c->end) {
		return refuse(c, at, "it is empty") != NULL;
	}
	for (bool ended = false; !ended;) {
		if (at >= c->end) {
			return refuse(c, at, "it ends too early") != NULL;
		}
		bool closed = true; // a value, or an empty array or object
		if (*at == '{' || *at == '[') {
			at = opening(c, at, &closed);
		} else {
			at = scalar(c, at);
		}
		if (at != NULL && closed) {
			at = after(c, at, &ended);
		}
		if (at == NULL) {
			return false;
		}
	}
	return true;
}

bool leat_json_check(const char *text, size_t length, json_facts *facts) {
	*facts = (json_facts){0};
	checker c;
	c.start = text;
	c.end = text + length;
	c.facts = facts;
	c.depth = 0;
	c.keys = c.few;
	c.key_count = 0;
	c.key_capacity = sizeof c.few / sizeof *c.few;
	bool valid = document(&c);
	if (c.keys != c.few) {
		free(c.keys);
	}
	return valid;
}
