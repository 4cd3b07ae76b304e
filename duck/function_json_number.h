#ifndef LEAT_DUCK_FUNCTION_JSON_NUMBER_H
#define LEAT_DUCK_FUNCTION_JSON_NUMBER_H

#include "function.h"

// A json_number is a SUPER number: exact, or a double when it is written with
// an exponent or has more than 38 digits.
typedef struct {
	bool exact;
	json_decimal decimal; // when exact
	double value;         // when not
} json_number;

// leat_number_read returns false for what is no number.
bool leat_number_read(json_number *out, const string_entry *entry);
double leat_number_double(const json_number *n);

#endif
