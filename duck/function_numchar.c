#include <string.h>

#include "function.h"

// TO_CHAR of numbers, with the elements of Redshift's numeric formats. A number
// comes as text, so that no digit is lost.

enum { MAX_FORMAT = 256 };

// layout is what a format says before any digit is written.
typedef struct {
	int before, after; // digits around the point
	int zero_at;       // the first digit before the point that is always written; -1: none
	int last_zero;     // the last one after the point; 0: none
	bool fill, pr, roman, lower_roman, mi, pl, sg, sign_first, sign_last, point;
	int shift; // V: times ten to the power of
	const char *error;
} layout;

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

static bool at(const char *format, size_t left, const char *word) {
	for (size_t i = 0; word[i] != '\0'; i++) {
		if (i >= left || upper(format[i]) != word[i]) {
			return false;
		}
	}
	return true;
}

static layout look(const char *format, size_t length) {
	layout l = {.zero_at = -1, .fill = true};
	bool v = false;
	for (size_t i = 0; i < length;) {
		size_t left = length - i;
		const char *f = format + i;
		if (*f == '"') {
			const char *end = memchr(f + 1, '"', left - 1);
			i += end == NULL ? left : (size_t)(end - f) + 1;
			continue;
		}
		if (at(f, left, "FM")) { l.fill = false; i += 2; continue; }
		if (at(f, left, "PR")) { l.pr = true; i += 2; continue; }
		if (at(f, left, "RN")) { l.roman = true; l.lower_roman = *f == 'r'; i += 2; continue; }
		if (at(f, left, "MI")) { l.mi = true; i += 2; continue; }
		if (at(f, left, "PL")) { l.pl = true; i += 2; continue; }
		if (at(f, left, "SG")) { l.sg = true; i += 2; continue; }
		if (at(f, left, "TH")) { i += 2; continue; }
		if (at(f, left, "EEEE")) { l.error = "{{0A000:EEEE in a format of TO_CHAR is not supported}}"; return l; }
		switch (upper(*f)) {
		case '0':
		case '9':
			if (v) {
				l.shift++;
			}
			if (l.point) {
				l.after++;
				if (*f == '0') {
					l.last_zero = l.after;
				}
			} else {
				if (*f == '0' && l.zero_at < 0) {
					l.zero_at = l.before;
				}
				l.before++;
			}
			break;
		case '.':
		case 'D':
			l.point = true;
			break;
		case 'V':
			v = true;
			break;
		case 'S':
			if (l.before + l.after == 0) {
				l.sign_first = true;
			} else {
				l.sign_last = true;
			}
			break;
		}
		i++;
	}
	return l;
}

// digits is a number without sign: whole and fraction, rounded half up.
typedef struct {
	char whole[512], fraction[512];
	int before, after;
	bool negative, zero;
} digits;

static bool read_number(const string_entry *number, const layout *l, digits *d) {
	const char *text = string_data(number);
	int n = (int)number->length, i = 0, exponent = 0;
	char all[512];
	int count = 0, point = -1;
	*d = (digits){0};
	if (n > 0 && (text[0] == '-' || text[0] == '+')) {
		d->negative = text[0] == '-';
		i++;
	}
	for (; i < n && text[i] != 'e' && text[i] != 'E'; i++) {
		if (text[i] == '.') {
			point = count;
		} else if (text[i] >= '0' && text[i] <= '9' && count < 400) {
			all[count++] = text[i];
		} else {
			return false; // NaN, infinity
		}
	}
	if (i < n) {
		bool minus = i + 1 < n && text[i + 1] == '-';
		for (i += 1 + (i + 1 < n && (text[i + 1] == '-' || text[i + 1] == '+')); i < n && exponent < 1000; i++) {
			exponent = exponent * 10 + text[i] - '0';
		}
		exponent = minus ? -exponent : exponent;
	}
	point = (point < 0 ? count : point) + exponent + l->shift;
	if (point > 400 || point < -400) {
		return false;
	}
	for (int k = 0; k < point; k++) {
		d->whole[d->before++] = k < count ? all[k] : '0';
	}
	bool up = false;
	for (int k = point; k <= point + l->after; k++) {
		char c = k >= 0 && k < count ? all[k] : '0';
		if (k == point + l->after) {
			up = c >= '5';
		} else {
			d->fraction[d->after++] = c;
		}
	}
	for (int k = d->after - 1; up && k >= 0; k--) {
		up = d->fraction[k] == '9';
		d->fraction[k] = up ? '0' : (char)(d->fraction[k] + 1);
	}
	for (int k = d->before - 1; up && k >= 0; k--) {
		up = d->whole[k] == '9';
		d->whole[k] = up ? '0' : (char)(d->whole[k] + 1);
	}
	if (up) {
		memmove(d->whole + 1, d->whole, (size_t)d->before);
		d->whole[0] = '1';
		d->before++;
	}
	int zeros = 0;
	while (zeros < d->before && d->whole[zeros] == '0') {
		zeros++;
	}
	memmove(d->whole, d->whole + zeros, (size_t)(d->before - zeros));
	d->before -= zeros;
	d->zero = d->before == 0;
	for (int k = 0; k < d->after; k++) {
		d->zero = d->zero && d->fraction[k] == '0';
	}
	d->negative = d->negative && !d->zero;
	return true;
}

static size_t roman(const digits *d, const layout *l, char *out) {
	static const struct { int value; const char *text; } parts[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}};
	char text[32];
	size_t n = 0;
	int value = 0;
	for (int i = 0; i < d->before && value < 10000; i++) {
		value = value * 10 + d->whole[i] - '0';
	}
	if (d->negative || value < 1 || value > 3999) {
		memset(out, '#', 15);
		return 15;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		for (; value >= parts[i].value; value -= parts[i].value) {
			for (const char *c = parts[i].text; *c != '\0'; c++) {
				text[n++] = l->lower_roman ? (char)(*c + 32) : *c;
			}
		}
	}
	size_t pad = l->fill && n < 15 ? 15 - n : 0;
	memset(out, ' ', pad);
	memcpy(out + pad, text, n);
	return pad + n;
}

// leat_number_to_char(number, format) formats a number. What does not fit is
// written as #.
static void to_char(leat_call *call, idx_t row) {
	const string_entry *format = leat_string(call, 1, row);
	const char *text = string_data(format);
	if (format->length > MAX_FORMAT) {
		leat_fail(call, "{{22023:the format of TO_CHAR is longer than 256 bytes}}");
		return;
	}
	layout l = look(text, format->length);
	if (l.error != NULL) {
		leat_fail(call, l.error);
		return;
	}
	digits d;
	bool known = read_number(leat_string(call, 0, row), &l, &d);
	char out[1024];
	size_t n = 0;
	if (l.roman && known) {
		n = roman(&d, &l, out);
		leat_return_string(call, row, out, n);
		return;
	}
	bool overflow = !known || d.before > l.before;
	bool own_sign = l.sign_first || l.sign_last || l.mi || l.pl || l.sg || l.pr;
	int place = 0, decimal = 0, last = l.last_zero;
	for (int k = d.after; known && k > last; k--) { // FM leaves out zeros at the end
		if (d.fraction[k - 1] != '0') {
			last = k;
		}
	}
	// Where the number begins: at the first digit that is written.
	int first = l.before - (d.before > 0 ? d.before : 0);
	if (l.zero_at >= 0 && l.zero_at < first) {
		first = l.zero_at;
	}
	if (overflow) {
		first = 0;
	}
	if (first == l.before && l.before > 0 && l.after == 0) {
		first = l.before - 1; // a zero is written all the same
	}
	bool begun = false, after_point = false;
	char sign = d.negative ? '-' : own_sign && l.sign_first ? '+' : ' ';
	if (l.pr) {
		sign = d.negative ? '<' : ' ';
	} else if (own_sign && !l.sign_first) {
		sign = '\0';
	}
	for (size_t i = 0; i < format->length && n < sizeof out - 8;) {
		size_t left = format->length - i;
		const char *f = text + i;
		if (*f == '"') {
			const char *end = memchr(f + 1, '"', left - 1);
			size_t inner = (end == NULL ? left : (size_t)(end - f)) - 1;
			memcpy(out + n, f + 1, inner);
			n += inner;
			i += inner + 1 + (end != NULL);
			continue;
		}
		if (at(f, left, "FM") || at(f, left, "PR")) { i += 2; continue; }
		if (at(f, left, "TH")) { i += 2; continue; }
		if (at(f, left, "MI")) {
			if (d.negative || l.fill) { out[n++] = d.negative ? '-' : ' '; }
			i += 2;
			continue;
		}
		if (at(f, left, "PL")) {
			if (!d.negative || l.fill) { out[n++] = d.negative ? ' ' : '+'; }
			i += 2;
			continue;
		}
		if (at(f, left, "SG")) { out[n++] = d.negative ? '-' : '+'; i += 2; continue; }
		char c = upper(*f);
		i++;
		if (c == 'S') {
			if (l.sign_last) { out[n++] = d.negative ? '-' : '+'; }
			continue;
		}
		if (c == 'L') { out[n++] = '$'; continue; }
		if (c == 'V') { continue; }
		bool digit = c == '9' || c == '0', point = c == '.' || c == 'D', group = c == ',' || c == 'G';
		if (!digit && !point && !group) { out[n++] = *f; continue; }
		if (!begun && (point || (digit && place >= first))) { // the sign stands before the first digit
			begun = true;
			if (sign != '\0' && (l.fill || sign != ' ')) { out[n++] = sign; }
		}
		if (point) {
			after_point = true;
			if (l.fill || last > 0 || overflow) { out[n++] = '.'; }
		} else if (group) {
			if (begun) { out[n++] = ','; } else if (l.fill) { out[n++] = ' '; }
		} else if (after_point) {
			decimal++;
			if (overflow) { out[n++] = '#'; } else if (l.fill || decimal <= last) { out[n++] = d.fraction[decimal - 1]; }
		} else {
			if (overflow) {
				out[n++] = '#';
			} else if (place >= l.before - d.before) {
				out[n++] = d.whole[place - (l.before - d.before)];
			} else if (place >= first) {
				out[n++] = '0';
			} else if (l.fill) {
				out[n++] = ' ';
			}
			place++;
		}
	}
	if (l.pr && (d.negative || l.fill)) {
		out[n++] = d.negative ? '>' : ' ';
	}
	leat_return_string(call, row, out, n);
}

const leat_function leat_number_functions[] = {
    {.name = "leat_number_to_char", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .row = to_char},
    {0},
};
