#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 38 };

typedef unsigned __int128 u128;

static const char overflow[] = "22003:numeric overflow: the result has more than 38 digits";

#define E19 ((u128)10000000000000000000ULL)

static const u128 power10[MAX_DIGITS + 1] = {
	(u128)1ULL,
	(u128)10ULL,
	(u128)100ULL,
	(u128)1000ULL,
	(u128)10000ULL,
	(u128)100000ULL,
	(u128)1000000ULL,
	(u128)10000000ULL,
	(u128)100000000ULL,
	(u128)1000000000ULL,
	(u128)10000000000ULL,
	(u128)100000000000ULL,
	(u128)1000000000000ULL,
	(u128)10000000000000ULL,
	(u128)100000000000000ULL,
	(u128)1000000000000000ULL,
	(u128)10000000000000000ULL,
	(u128)100000000000000000ULL,
	(u128)1000000000000000000ULL,
	(u128)10000000000000000000ULL,
	E19 * 10ULL,
	E19 * 100ULL,
	E19 * 1000ULL,
	E19 * 10000ULL,
	E19 * 100000ULL,
	E19 * 1000000ULL,
	E19 * 10000000ULL,
	E19 * 100000000ULL,
	E19 * 1000000000ULL,
	E19 * 10000000000ULL,
	E19 * 100000000000ULL,
	E19 * 1000000000000ULL,
	E19 * 10000000000000ULL,
	E19 * 100000000000000ULL,
	E19 * 1000000000000000ULL,
	E19 * 10000000000000000ULL,
	E19 * 100000000000000000ULL,
	E19 * 1000000000000000000ULL,
	E19 * 10000000000000000000ULL,
};

// times_power10 multiplies by 10^n unless that makes more than 38 digits.
static bool times_power10(u128 *value, int n) {
	if (*value == 0) {
		return true;
	}
	if (n > MAX_DIGITS || *value >= power10[MAX_DIGITS - n]) {
		return false;
	}
	*value *= power10[n];
	return true;
}

static int count_digits(u128 value) {
	int n = 0;
	for (; value != 0; value /= 10) {
		n++;
	}
	return n == 0 ? 1 : n;
}

bool leat_decimal_read(json_decimal *out, const char *at, const char *end) {
	*out = (json_decimal){0};
	if (at >= end) {
		return false;
	}
	if (*at == '-') {
		out->negative = true;
		at++;
	}
	const char *point = memchr(at, '.', (size_t)(end - at));
	if (point != NULL) { // zeros at the end that 38 digits have no room for say nothing
		while (end > point + 1 && end[-1] == '0' && end - at > MAX_DIGITS) {
			end--;
		}
	}
	for (; at < end; at++) {
		if (*at == '.') {
			continue;
		}
		if (*at < '0' || *at > '9') {
			return false; // an exponent
		}
		if (out->magnitude >= power10[MAX_DIGITS - 1]) {
			return false;
		}
		out->magnitude = out->magnitude * 10 + (u128)(*at - '0');
		if (point != NULL && at > point && ++out->scale > MAX_DIGITS) {
			return false;
		}
	}
	return true;
}

void leat_decimal_write(leat_buffer *out, const json_decimal *d) {
	char text[MAX_DIGITS + 2];
	int digits = count_digits(d->magnitude);
	if (digits <= d->scale) {
		digits = d->scale + 1;
	}
	size_t at = sizeof text;
	u128 left = d->magnitude;
	for (int i = 0; i < digits; i++) {
		if (i == d->scale && i > 0) {
			text[--at] = '.';
		}
		text[--at] = (char)('0' + (int)(left % 10));
		left /= 10;
	}
	if (d->negative && d->magnitude != 0) {
		leat_buffer_byte(out, '-');
	}
	leat_buffer_add(out, text + at, sizeof text - at);
}

double leat_decimal_double(const json_decimal *d) {
	leat_buffer text = {0};
	leat_decimal_write(&text, d);
	leat_buffer_byte(&text, 0);
	double value = text.failed ? 0 : strtod(text.data, NULL);
	free(text.data);
	return value;
}

const char *leat_decimal_add(json_decimal *out, const json_decimal *a, const json_decimal *b) {
	json_decimal x = *a, y = *b;
	int scale = x.scale > y.scale ? x.scale : y.scale;
	if (!times_power10(&x.magnitude, scale - x.scale) || !times_power10(&y.magnitude, scale - y.scale)) {
		return overflow;
	}
	out->scale = scale;
	if (x.negative == y.negative) {
		out->negative = x.negative;
		out->magnitude = x.magnitude + y.magnitude;
	} else if (x.magnitude >= y.magnitude) {
		out->negative = x.negative;
		out->magnitude = x.magnitude - y.magnitude;
	} else {
		out->negative = y.negative;
		out->magnitude = y.magnitude - x.magnitude;
	}
	return out->magnitude >= power10[MAX_DIGITS] ? overflow : NULL;
}

// A wide number has 256 bits, in four words, the lowest first.
typedef struct {
	uint64_t words[4];
} wide;

static wide multiply_wide(u128 a, u128 b) {
	uint64_t x[2] = {(uint64_t)a, (uint64_t)(a >> 64)}, y[2] = {(uint64_t)b, (uint64_t)(b >> 64)};
	wide out = {{0}};
	for (int i = 0; i < 2; i++) {
		u128 carry = 0;
		for (int j = 0; j < 2; j++) {
			u128 sum = (u128)x[i] * y[j] + out.words[i + j] + carry;
			out.words[i + j] = (uint64_t)sum;
			carry = sum >> 64;
		}
		out.words[i + 2] = (uint64_t)carry;
	}
	return out;
}

static unsigned divide_by_10(wide *value) {
	u128 rest = 0;
	for (int i = 3; i >= 0; i--) {
		u128 part = rest << 64 | value->words[i];
		value->words[i] = (uint64_t)(part / 10);
		rest = part % 10;
	}
	return (unsigned)rest;
}

static bool fits_38(const wide *value) {
	return value->words[2] == 0 && value->words[3] == 0 && ((u128)value->words[1] << 64 | value->words[0]) < power10[MAX_DIGITS];
}

// narrow brings a product to 38 digits: zeros at its end go first; then
// digits behind the point, but not beyond least, the last one rounded.
static const char *narrow(json_decimal *out, wide value, int scale, int least) {
	unsigned last = 0;
	while (!fits_38(&value) || scale > MAX_DIGITS) {
		if (scale == 0) {
			return overflow;
		}
		unsigned digit = divide_by_10(&value);
		if (digit != 0 && scale <= least) {
			return overflow;
		}
		last = digit;
		scale--;
	}
	out->magnitude = ((u128)value.words[1] << 64 | value.words[0]) + (last >= 5);
	out->scale = scale;
	return out->magnitude >= power10[MAX_DIGITS] ? overflow : NULL;
}

const char *leat_decimal_multiply(json_decimal *out, const json_decimal *a, const json_decimal *b) {
	bool negative = a->negative != b->negative;
	int scale = a->scale + b->scale;
	const char *wrong = narrow(out, multiply_wide(a->magnitude, b->magnitude), scale, scale < 4 ? scale : 4);
	out->negative = negative;
	return wrong;
}

const char *leat_decimal_divide(json_decimal *out, const json_decimal *a, const json_decimal *b) {
	if (b->magnitude == 0) {
		return "22012:division by zero";
	}
	int scale = a->scale + count_digits(b->magnitude) - b->scale + 1;
	scale = scale < 4 ? 4 : scale > MAX_DIGITS ? MAX_DIGITS : scale;
	bool negative = a->negative != b->negative;
	u128 quotient = a->magnitude / b->magnitude, rest = a->magnitude % b->magnitude;
	// Long division: the quotient so far has the scale of a less that of b.
	int have = a->scale - b->scale;
	for (; have < scale; have++) {
		if (quotient >= power10[MAX_DIGITS - 1]) {
			if (have >= 4) {
				break;
			}
			return overflow;
		}
		unsigned digit = 0;
		// rest * 10 may be too long for 128 bits: add it up instead.
		u128 sum = 0;
		for (int i = 0; i < 10; i++) {
			if (sum >= b->magnitude - rest) {
				sum -= b->magnitude - rest;
				digit++;
			} else {
				sum += rest;
			}
		}
		quotient = quotient * 10 + digit;
		rest = sum;
	}
	if (rest != 0 && rest >= b->magnitude - rest) {
		quotient++;
	}
	*out = (json_decimal){negative, have, quotient};
	return quotient >= power10[MAX_DIGITS] ? overflow : NULL;
}

const char *leat_decimal_modulo(json_decimal *out, const json_decimal *a, const json_decimal *b) {
	if (b->magnitude == 0) {
		return "22012:division by zero";
	}
	json_decimal x = *a, y = *b;
	int scale = x.scale > y.scale ? x.scale : y.scale;
	if (!times_power10(&x.magnitude, scale - x.scale) || !times_power10(&y.magnitude, scale - y.scale)) {
		return overflow;
	}
	*out = (json_decimal){x.negative, scale, x.magnitude % y.magnitude};
	return NULL;
}

const char *leat_decimal_round(json_decimal *d, int64_t digits, char how) {
	int64_t drop = d->scale - digits;
	if (drop <= 0) {
		return NULL;
	}
	bool rest = false;
	unsigned last = 0;
	for (int64_t i = 0; i < drop && (d->magnitude != 0 || last != 0); i++) {
		rest = rest || last != 0;
		last = (unsigned)(d->magnitude % 10);
		d->magnitude /= 10;
	}
	rest = rest || last != 0;
	bool up = how == 'r' ? last >= 5 : how == 'f' ? rest && d->negative : how == 'c' ? rest && !d->negative : false;
	d->magnitude += up;
	d->scale = digits > 0 ? (int)digits : 0;
	return digits >= 0 || times_power10(&d->magnitude, -digits > MAX_DIGITS ? MAX_DIGITS + 1 : (int)-digits) ? NULL : overflow;
}

bool leat_double_write(leat_buffer *out, double value) {
	if (!isfinite(value)) {
		return false;
	}
	char text[40];
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(text, sizeof text, "%.*g", precision, value);
		if (strtod(text, NULL) == value) {
			break;
		}
	}
	leat_buffer_add(out, text, strlen(text));
	if (strpbrk(text, ".e") == NULL) {
		leat_buffer_add(out, ".0", 2);
	}
	return true;
}
