#include <math.h>

#include "function.h"

// interval is DuckDB's.
typedef struct {
	int32_t months;
	int32_t days;
	int64_t micros;
} interval;

static const double micros_per_day = 86400e6;

// fits stores value when an integer of the given bounds holds it.
static bool fits32(double value, int32_t *out) {
	if (!(value >= INT32_MIN && value <= INT32_MAX)) {
		return false;
	}
	*out = (int32_t)value;
	return true;
}

static bool fits64(double value, int64_t *out) {
	if (!(value >= -9223372036854774784.0 && value <= 9223372036854774784.0)) {
		return false;
	}
	*out = (int64_t)value;
	return true;
}

static void overflow(leat_call *call) { leat_fail(call, "{{22008:interval out of range}}"); }

// leat_interval_times(interval, n) is n intervals, exactly.
static void times_integer(leat_call *call, idx_t row) {
	const interval *in = (const interval *)call->argument[0] + row;
	int64_t n = leat_bigint(call, 1, row), months, days;
	interval out;
	if (__builtin_mul_overflow((int64_t)in->months, n, &months) || __builtin_mul_overflow((int64_t)in->days, n, &days) ||
	    __builtin_mul_overflow(in->micros, n, &out.micros) || months != (int32_t)months || days != (int32_t)days) {
		overflow(call);
		return;
	}
	out.months = (int32_t)months;
	out.days = (int32_t)days;
	((interval *)call->result)[row] = out;
}

// leat_interval_scale(interval, factor) multiplies by a number with a fraction:
// part of a month becomes days of 30ths, part of a day time.
static void times_double(leat_call *call, idx_t row) {
	const interval *in = (const interval *)call->argument[0] + row;
	double factor = ((const double *)call->argument[1])[row];
	double months = in->months * factor;
	double days = in->days * factor + (months - trunc(months)) * 30;
	days = fabs(days - round(days)) < 1e-9 ? round(days) : days; // 0.1 is none
	double micros = in->micros * factor + (days - trunc(days)) * micros_per_day;
	interval out;
	if (!fits32(trunc(months), &out.months) || !fits32(trunc(days), &out.days) || !fits64(round(micros), &out.micros)) {
		overflow(call);
		return;
	}
	((interval *)call->result)[row] = out;
}

const leat_function leat_interval_functions[] = {
    {.name = "leat_interval_times", .result = TYPE_INTERVAL, .arguments = {TYPE_INTERVAL, TYPE_BIGINT}, .row = times_integer},
    {.name = "leat_interval_scale", .result = TYPE_INTERVAL, .arguments = {TYPE_INTERVAL, TYPE_DOUBLE}, .row = times_double},
    {0},
};
