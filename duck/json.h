// JSON text as it lies in a column: where values begin and end, what is JSON
// and what is not, and its numbers by their exact value. Nothing here makes a
// tree of a document to read something from it, and no number goes through a
// double: a number is its digits.

#ifndef LEAT_DUCK_JSON_H
#define LEAT_DUCK_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

// MAX_JSON_DEPTH is how deep arrays and objects may be nested; what is nested
// deeper is not JSON for leat_json_check, so recursion over checked text is bounded.
enum { MAX_JSON_DEPTH = 1000 };

// leat_buffer is text that grows. After failed, nothing is appended any more.
typedef struct {
	char *data;
	size_t length, capacity;
	bool failed; // no memory
} leat_buffer;

bool leat_buffer_reserve(leat_buffer *buffer, size_t more);
void leat_buffer_add(leat_buffer *buffer, const char *data, size_t length);
void leat_buffer_byte(leat_buffer *buffer, char byte);

// leat_plain moves over bytes of a string that are neither quote nor backslash, and
// when strict neither control characters nor parts of others than ASCII. It takes many
// at a time, and may stop before it must.
static inline const char *leat_plain(const char *at, const char *end, bool strict) {
#ifdef __SSE2__
	const __m128i quotes = _mm_set1_epi8('"'), slashes = _mm_set1_epi8('\\'), blanks = _mm_set1_epi8(0x20);
	while (end - at >= 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, quotes), _mm_cmpeq_epi8(bytes, slashes));
		if (strict) { // as signed numbers, bytes from 0x80 on are below 0
			marks = _mm_or_si128(marks, _mm_cmplt_epi8(bytes, blanks));
		}
		int found = _mm_movemask_epi8(marks);
		if (found != 0) {
			return at + __builtin_ctz((unsigned)found);
		}
		at += 16;
	}
#endif
	const uint64_t ones = 0x0101010101010101U, highs = 0x8080808080808080U;
	while (end - at >= 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';
		uint64_t marks = ((quote - ones) & ~quote) | ((slash - ones) & ~slash);
		if (strict) {
			marks |= (word - ones * 0x20) | word;
		}
		if ((marks & highs) != 0) {
			return at;
		}
		at += 8;
	}
	return at;
}

typedef enum {
	JSON_MISSING, // no text at all
	JSON_NULL,
	JSON_BOOLEAN,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
	JSON_OTHER, // no JSON: NaN and the like, which older versions stored
} json_kind;

json_kind leat_json_kind(const char *at, const char *end);

// Where things end. They take text as it is stored, valid or not, and never
// read at or behind end.
static inline bool leat_is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

static inline const char *leat_json_space(const char *at, const char *end) {
	while (at < end && leat_is_space(*at)) {
		at++;
	}
	return at;
}

const char *leat_json_string_end(const char *at, const char *end); // at: behind the opening quote
const char *leat_json_value_end(const char *at, const char *end);  // at: the value's first byte
const char *leat_json_close(const char *at, const char *end);      // at: inside of an array or object

// leat_json_trim cuts white space off both ends.
void leat_json_trim(const char **at, const char **end);

// json_facts is what leat_json_check saw besides validity.
typedef struct {
	bool spaced;   // there is white space between tokens
	bool escaped;  // a string or a key has a backslash
	bool repeated; // an object may have one key twice
	const char *why; // why it is not JSON
	size_t where;    // and at which byte
} json_facts;

// leat_json_check tells whether text is JSON (RFC 8259), valid UTF-8, without lone
// surrogates, nested no deeper than MAX_JSON_DEPTH.
bool leat_json_check(const char *text, size_t length, json_facts *facts);

// leat_json_compact appends checked text without white space, with strings in
// their shortest form, and with the last of the values that a key has.
// It may change nothing, and then appends nothing and returns false.
bool leat_json_compact(leat_buffer *out, const char **text, size_t *length, const json_facts *facts);

// leat_json_unescape appends what a string stands for; at and end are its insides.
// It returns false for escapes that stand for no character.
bool leat_json_unescape(leat_buffer *out, const char *at, const char *end);

// leat_json_quote appends text as a JSON string.
void leat_json_quote(leat_buffer *out, const char *text, size_t length);

// leat_json_normal appends the one form that equal values share: keys sorted,
// numbers by value, strings without trailing blanks.
void leat_json_normal(leat_buffer *out, const char *text, size_t length);

// leat_json_key appends bytes that compare as the values do: boolean, number,
// string, array, object. It returns false for null.
bool leat_json_key(leat_buffer *out, const char *text, size_t length);

// json_decimal is an exact number: magnitude / 10^scale.
typedef struct {
	bool negative;
	int scale; // 0 to 38
	unsigned __int128 magnitude; // below 10^38
} json_decimal;

// leat_decimal_read reads a number without exponent and of at most 38 digits.
bool leat_decimal_read(json_decimal *out, const char *at, const char *end);
void leat_decimal_write(leat_buffer *out, const json_decimal *d);
double leat_decimal_double(const json_decimal *d);

// Arithmetic. They return NULL, or what is wrong ("22003:…" or "22012:…").
const char *leat_decimal_add(json_decimal *out, const json_decimal *a, const json_decimal *b);
const char *leat_decimal_multiply(json_decimal *out, const json_decimal *a, const json_decimal *b);
const char *leat_decimal_divide(json_decimal *out, const json_decimal *a, const json_decimal *b);
const char *leat_decimal_modulo(json_decimal *out, const json_decimal *a, const json_decimal *b);

// leat_decimal_round changes the scale; digits may be negative (tens, hundreds).
// how is 'r' to the nearest, half away from zero; 't' towards zero; 'f' down; 'c' up.
const char *leat_decimal_round(json_decimal *d, int64_t digits, char how);

// leat_double_write appends the shortest text that reads back as the same double,
// as JSON. It returns false when there is none: infinity, not a number.
bool leat_double_write(leat_buffer *out, double value);

#endif
