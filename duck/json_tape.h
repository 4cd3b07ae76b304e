// A document's values in a row, so that whoever must look at an object's keys
// in another order than they are written in goes through the text once.

#ifndef LEAT_DUCK_JSON_TAPE_H
#define LEAT_DUCK_JSON_TAPE_H

#include "json.h"

// A tape_value is one value. The values inside an array or object follow it.
typedef struct {
	const char *at, *end; // its text
	const char *key;      // of a member: its key, unescaped
	size_t key_length;
	size_t next; // the index behind it and all that is inside it
} tape_value;

typedef struct {
	tape_value *values;
	size_t count, capacity;
	leat_buffer keys; // where unescaped keys with escapes lie
	size_t *order;    // what tape_members returns lies here, as a stack
	size_t order_count, order_capacity;
	bool failed; // no memory
} json_tape;

// tape_read lists the values of checked text.
void tape_read(json_tape *tape, const char *text, size_t length);
void tape_free(json_tape *tape);

// tape_members gives the indexes of an object's members, each key once: with the last
// value it has, in the order they are written in; or with the first, as walks take
// it, in the keys' order. They are good until tape_release, called in reverse order.
size_t tape_members(json_tape *tape, size_t object, bool last, size_t *first);
void tape_release(json_tape *tape, size_t first);

#endif
