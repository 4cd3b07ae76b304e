#include "function.h"

// leat_divisor(x) and leat_divisor_double(x) are x, and an error when x is 0: so
// that a division says its divisor once.
static const char by_zero[] = "{{22012:division by zero}}";

static void divisor(leat_call *call, idx_t row) {
	int64_t x = leat_bigint(call, 0, row);
	if (x == 0) {
		leat_fail(call, by_zero);
	}
	((int64_t *)call->result)[row] = x;
}

static void divisor_double(leat_call *call, idx_t row) {
	double x = ((const double *)call->argument[0])[row];
	if (x == 0) {
		leat_fail(call, by_zero);
	}
	((double *)call->result)[row] = x;
}

const leat_function leat_divide_functions[] = {
    {.name = "leat_divisor", .result = TYPE_BIGINT, .arguments = {TYPE_BIGINT}, .row = divisor},
    {.name = "leat_divisor_double", .result = TYPE_DOUBLE, .arguments = {TYPE_DOUBLE}, .row = divisor_double},
    {0},
};
