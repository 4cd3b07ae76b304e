#include <stdio.h>
#include <string.h>

#include "function.h"

// TO_CHAR of timestamps, with the elements of Redshift's datetime formats.

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const romans[] = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"};

// moment is a timestamp taken apart, in the proleptic Gregorian calendar; year 0
// is 1 BC.
typedef struct {
	int64_t year, days; // days since 1970-01-01
	int month, day, hour, minute, second, micros;
	int weekday, yearday; // Sunday is 0; 1 January is 1
	int64_t iso_year;
	int iso_week;
} moment;

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

static int64_t days_from(int64_t year, int month, int day) {
	year -= month <= 2;
	int64_t era = floor_div(year, 400);
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static moment take_apart(int64_t micros) {
	moment m = {0};
	m.days = floor_div(micros, 86400000000LL);
	int64_t clock = micros - m.days * 86400000000LL;
	m.micros = (int)(clock % 1000000);
	clock /= 1000000;
	m.hour = (int)(clock / 3600);
	m.minute = (int)(clock / 60 % 60);
	m.second = (int)(clock % 60);
	int64_t shifted = m.days + 719468;
	int64_t era = floor_div(shifted, 146097);
	int64_t of_era = shifted - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t part = (5 * of_year + 2) / 153;
	m.day = (int)(of_year - (153 * part + 2) / 5 + 1);
	m.month = (int)(part < 10 ? part + 3 : part - 9);
	m.year = year_of_era + era * 400 + (m.month <= 2);
	m.weekday = (int)(((m.days + 4) % 7 + 7) % 7);
	m.yearday = (int)(m.days - days_from(m.year, 1, 1)) + 1;
	int64_t thursday = m.days - (m.weekday + 6) % 7 + 3; // of the same ISO week
	m.iso_year = m.year + (m.month == 12 && thursday >= days_from(m.year + 1, 1, 1)) - (m.month == 1 && thursday < days_from(m.year, 1, 1));
	m.iso_week = (int)((thursday - days_from(m.iso_year, 1, 1)) / 7) + 1;
	return m;
}

// The text that is being made. What does not fit ends the statement.
enum { MAX_TEXT = 4096 };

typedef struct {
	char text[MAX_TEXT];
	size_t length;
	bool full;
} output;

static void put(output *out, const char *text, size_t length) {
	if (out->length + length > MAX_TEXT) {
		out->full = true;
		return;
	}
	memcpy(out->text + out->length, text, length);
	out->length += length;
}

// A letter's case in an element: MONTH, Month, month.
static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }
static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

// put_name writes a name in the case of its element, padded with blanks to width.
static void put_name(output *out, const char *name, const char *element, size_t length, size_t width) {
	bool first = element[0] == upper(element[0]), rest = element[1] == upper(element[1]);
	size_t n = 0;
	for (; name[n] != '\0' && (length == 0 || n < length); n++) {
		char c = n == 0 ? (first ? upper(name[n]) : lower(name[n])) : (first && rest ? upper(name[n]) : lower(name[n]));
		put(out, &c, 1);
	}
	for (; n < width; n++) {
		put(out, " ", 1);
	}
}

// put_number writes a number with leading zeros, and its ordinal ending.
static void put_number(output *out, int64_t value, int width, bool fill, const char *ordinal) {
	char text[32], *end = text + sizeof text, *at = end;
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0 || (fill && end - at < width));
	if (value < 0) {
		*--at = '-';
	}
	put(out, at, (size_t)(end - at));
	if (ordinal != NULL) {
		int64_t rest = (value < 0 ? -value : value) % 100;
		const char *suffix = rest >= 11 && rest <= 13 ? "th" : rest % 10 == 1 ? "st" : rest % 10 == 2 ? "nd" : rest % 10 == 3 ? "rd" : "th";
		char both[2] = {suffix[0], suffix[1]};
		if (ordinal[0] == 'T') {
			both[0] = upper(both[0]);
			both[1] = upper(both[1]);
		}
		put(out, both, 2);
	}
}

// The elements, longest first among those that begin alike. Case matters for
// names only.
enum element { E_HH24, E_HH12, E_MI, E_SSSS, E_SS, E_MS, E_US, E_Y_YYY, E_YYYY, E_YYY, E_YY, E_Y, E_IYYY, E_IYY, E_IY, E_I, E_CC, E_Q, E_MONTH, E_MON, E_MM, E_RM,
	E_WW, E_W, E_IW, E_DAY, E_DY, E_DDD, E_IDDD, E_DD, E_D, E_ID, E_J, E_AM, E_A_M, E_BC, E_B_C, E_TZ, E_OF };

static const struct {
	const char *name;
	enum element element;
} elements[] = {
    {"HH24", E_HH24}, {"HH12", E_HH12}, {"HH", E_HH12}, {"MI", E_MI}, {"SSSS", E_SSSS}, {"SS", E_SS}, {"MS", E_MS}, {"US", E_US},
    {"Y,YYY", E_Y_YYY}, {"YYYY", E_YYYY}, {"YYY", E_YYY}, {"YY", E_YY}, {"Y", E_Y}, {"IYYY", E_IYYY}, {"IYY", E_IYY}, {"IY", E_IY}, {"IDDD", E_IDDD}, {"ID", E_ID},
    {"IW", E_IW}, {"I", E_I}, {"CC", E_CC}, {"Q", E_Q}, {"MONTH", E_MONTH}, {"MON", E_MON}, {"MM", E_MM}, {"RM", E_RM}, {"WW", E_WW}, {"W", E_W}, {"DAY", E_DAY},
    {"DY", E_DY}, {"DDD", E_DDD}, {"DD", E_DD}, {"D", E_D}, {"J", E_J}, {"AM", E_AM}, {"PM", E_AM}, {"A.M.", E_A_M}, {"P.M.", E_A_M}, {"BC", E_BC}, {"AD", E_BC},
    {"B.C.", E_B_C}, {"A.D.", E_B_C}, {"TZ", E_TZ}, {"OF", E_OF},
};

static int find_element(const char *format, size_t left, size_t *length) {
	if (left == 0) {
		return -1;
	}
	char first = upper(format[0]);
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
		if (elements[i].name[0] != first) {
			continue;
		}
		size_t n = strlen(elements[i].name), k = 1;
		while (k < n && k < left && upper(format[k]) == elements[i].name[k]) {
			k++;
		}
		if (k == n) {
			*length = n;
			return (int)elements[i].element;
		}
	}
	return -1;
}

static void put_cased(output *out, const char *text, const char *element) {
	for (const char *c = text; *c != '\0'; c++) {
		char one = element[0] == lower(element[0]) ? lower(*c) : *c;
		put(out, &one, 1);
	}
}

static void put_element(output *out, enum element e, const char *element, const moment *m, bool fill, const char *th, const string_entry *zone, int64_t offset) {
	int64_t year = m->year > 0 ? m->year : 1 - m->year, hour12 = m->hour % 12 == 0 ? 12 : m->hour % 12;
	int64_t iso = m->iso_year > 0 ? m->iso_year : 1 - m->iso_year;
	bool afternoon = m->hour >= 12, bc = m->year < 1;
	switch (e) {
	case E_HH24: put_number(out, m->hour, 2, fill, th); break;
	case E_HH12: put_number(out, hour12, 2, fill, th); break;
	case E_MI: put_number(out, m->minute, 2, fill, th); break;
	case E_SS: put_number(out, m->second, 2, fill, th); break;
	case E_SSSS: put_number(out, m->hour * 3600 + m->minute * 60 + m->second, 0, false, th); break;
	case E_MS: put_number(out, m->micros / 1000, 3, true, th); break;
	case E_US: put_number(out, m->micros, 6, true, th); break;
	case E_Y_YYY: {
		char text[32];
		put(out, text, (size_t)snprintf(text, sizeof text, "%lld,%03lld", (long long)(year / 1000), (long long)(year % 1000)));
		break;
	}
	case E_YYYY: put_number(out, year, 4, fill, th); break;
	case E_YYY: put_number(out, year % 1000, 3, fill, th); break;
	case E_YY: put_number(out, year % 100, 2, fill, th); break;
	case E_Y: put_number(out, year % 10, 1, fill, th); break;
	case E_IYYY: put_number(out, iso, 4, fill, th); break;
	case E_IYY: put_number(out, iso % 1000, 3, fill, th); break;
	case E_IY: put_number(out, iso % 100, 2, fill, th); break;
	case E_I: put_number(out, iso % 10, 1, fill, th); break;
	case E_CC: put_number(out, bc ? -((year + 99) / 100) : (year + 99) / 100, 2, fill, th); break;
	case E_Q: put_number(out, (m->month + 2) / 3, 1, fill, th); break;
	case E_MONTH: put_name(out, months[m->month - 1], element, 0, fill ? 9 : 0); break;
	case E_MON: put_name(out, months[m->month - 1], element, 3, 0); break;
	case E_MM: put_number(out, m->month, 2, fill, th); break;
	case E_RM: {
		char text[8];
		put_cased(out, (snprintf(text, sizeof text, fill ? "%-4s" : "%s", romans[m->month - 1]), text), element);
		break;
	}
	case E_WW: put_number(out, (m->yearday - 1) / 7 + 1, 2, fill, th); break;
	case E_W: put_number(out, (m->day - 1) / 7 + 1, 1, fill, th); break;
	case E_IW: put_number(out, m->iso_week, 2, fill, th); break;
	case E_DAY: put_name(out, days[m->weekday], element, 0, fill ? 9 : 0); break;
	case E_DY: put_name(out, days[m->weekday], element, 3, 0); break;
	case E_DDD: put_number(out, m->yearday, 3, fill, th); break;
	case E_IDDD: put_number(out, (m->iso_week - 1) * 7 + (m->weekday + 6) % 7 + 1, 3, fill, th); break;
	case E_DD: put_number(out, m->day, 2, fill, th); break;
	case E_D: put_number(out, m->weekday + 1, 1, fill, th); break;
	case E_ID: put_number(out, (m->weekday + 6) % 7 + 1, 1, fill, th); break;
	case E_J: put_number(out, m->days + 2440588, 0, false, th); break;
	case E_AM: put_cased(out, afternoon ? "PM" : "AM", element); break;
	case E_A_M: put_cased(out, afternoon ? "P.M." : "A.M.", element); break;
	case E_BC: put_cased(out, bc ? "BC" : "AD", element); break;
	case E_B_C: put_cased(out, bc ? "B.C." : "A.D.", element); break;
	case E_TZ:
		for (uint32_t i = 0; i < zone->length; i++) {
			char c = element[0] == 't' ? lower(string_data(zone)[i]) : string_data(zone)[i];
			put(out, &c, 1);
		}
		break;
	case E_OF: {
		char text[16];
		int64_t minutes = (offset < 0 ? -offset : offset) / 60;
		int n = snprintf(text, sizeof text, "%c%02d", offset < 0 ? '-' : '+', (int)(minutes / 60 % 100));
		if (minutes % 60 != 0) {
			n += snprintf(text + n, sizeof text - (size_t)n, ":%02d", (int)(minutes % 60));
		}
		put(out, text, (size_t)n);
		break;
	}
	}
}

// leat_to_char(timestamp, format, zone, offset) formats a timestamp; zone is what
// TZ gives, offset, in seconds, what OF gives.
static void to_char(leat_call *call, idx_t row) {
	int64_t micros = leat_bigint(call, 0, row);
	if (micros == INT64_MAX || micros == -INT64_MAX) { // infinity
		leat_return_null(call, row);
		return;
	}
	moment m = take_apart(micros);
	const string_entry *format = leat_string(call, 1, row);
	const char *text = string_data(format);
	output out; // its text is not made anew for each row
	out.length = 0;
	out.full = false;
	for (size_t i = 0; i < format->length;) {
		size_t left = format->length - i, n;
		if (text[i] == '"') { // stands for itself up to the next one
			const char *end = memchr(text + i + 1, '"', left - 1);
			n = end == NULL ? left : (size_t)(end - text) - i + 1;
			put(&out, text + i + 1, n - 1 - (end != NULL));
			i += n;
			continue;
		}
		bool fill = true;
		size_t at = i;
		if (left > 2 && upper(text[i]) == 'F' && upper(text[i + 1]) == 'M') {
			fill = false;
			at += 2;
		}
		int e = find_element(text + at, format->length - at, &n);
		if (e < 0) {
			size_t skip = at > i ? 2 : 1;
			if (skip == 1) {
				put(&out, text + i, 1);
			}
			i += skip;
			continue;
		}
		i = at + n;
		const char *th = NULL;
		if (format->length - i >= 2 && upper(text[i]) == 'T' && upper(text[i + 1]) == 'H') {
			th = text + i;
			i += 2;
		}
		put_element(&out, (enum element)e, text + at, &m, fill, th, leat_string(call, 2, row), leat_bigint(call, 3, row));
	}
	if (out.full) {
		leat_fail(call, "{{22023:the format of TO_CHAR makes more than 4096 bytes}}");
		return;
	}
	leat_return_string(call, row, out.text, out.length);
}

const leat_function leat_to_char_functions[] = {
    {.name = "leat_to_char", .result = TYPE_VARCHAR, .arguments = {TYPE_TIMESTAMP, TYPE_VARCHAR, TYPE_VARCHAR, TYPE_BIGINT}, .row = to_char},
    {0},
};
