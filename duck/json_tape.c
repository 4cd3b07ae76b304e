#include "json_tape.h"

#include <stdlib.h>
#include <string.h>

static tape_value *add_value(json_tape *tape) {
	if (tape->count == tape->capacity) {
		size_t capacity = tape->capacity * 2 + 64;
		tape_value *values = realloc(tape->values, capacity * sizeof *values);
		if (values == NULL) {
			tape->failed = true;
			return NULL;
		}
		tape->values = values;
		tape->capacity = capacity;
	}
	tape_value *value = &tape->values[tape->count++];
	*value = (tape_value){0};
	return value;
}

void tape_read(json_tape *tape, const char *text, size_t length) {
	size_t open[MAX_JSON_DEPTH];
	size_t depth = 0;
	const char *at = text, *end = text + length;
	// Unescaped keys are never longer than they are written: reserved at once,
	// they do not move.
	leat_buffer_reserve(&tape->keys, length);
	const char *key = NULL;
	size_t key_length = 0;
	while ((at = leat_json_space(at, end)) < end) {
		char c = *at;
		if (c == ',') {
			at++;
			continue;
		}
		if (c == ']' || c == '}') {
			at++;
			if (depth > 0) {
				tape_value *done = &tape->values[open[--depth]];
				done->end = at;
				done->next = tape->count;
			}
			continue;
		}
		bool member = depth > 0 && *tape->values[open[depth - 1]].at == '{';
		if (member && key == NULL) {
			const char *start = at + 1;
			at = leat_json_string_end(start, end);
			key = start;
			key_length = (size_t)(at - start) - 1;
			if (memchr(start, '\\', key_length) != NULL) {
				size_t from = tape->keys.length;
				leat_json_unescape(&tape->keys, start, start + key_length);
				if (tape->keys.failed) {
					tape->failed = true;
					return;
				}
				key = tape->keys.data + from;
				key_length = tape->keys.length - from;
			}
			at = leat_json_space(at, end) + 1; // the colon
			continue;
		}
		tape_value *value = add_value(tape);
		if (value == NULL) {
			return;
		}
		value->at = at;
		value->key = key;
		value->key_length = key_length;
		key = NULL;
		if ((c == '[' || c == '{') && depth < MAX_JSON_DEPTH) {
			open[depth++] = tape->count - 1;
			at++;
			continue;
		}
		at = leat_json_value_end(at, end);
		value->end = at;
		value->next = tape->count;
	}
}

void tape_free(json_tape *tape) {
	free(tape->values);
	free(tape->keys.data);
	free(tape->order);
}

// A member is sorted with its key at hand: qsort's function has no other way to it.
typedef struct {
	const char *key;
	size_t length, index;
} member;

static int compare_keys(const void *left, const void *right) {
	const member *a = left, *b = right;
	size_t shorter = a->length < b->length ? a->length : b->length;
	int order = shorter == 0 ? 0 : memcmp(a->key, b->key, shorter);
	if (order == 0 && a->length != b->length) {
		order = a->length < b->length ? -1 : 1;
	}
	if (order == 0) {
		order = a->index < b->index ? -1 : 1;
	}
	return order;
}

static int compare_places(const void *left, const void *right) {
	const member *a = left, *b = right;
	return a->index < b->index ? -1 : 1;
}

size_t tape_members(json_tape *tape, size_t object, bool last, size_t *first) {
	*first = tape->order_count;
	size_t n = 0;
	for (size_t i = object + 1; i < tape->values[object].next; i = tape->values[i].next) {
		n++;
	}
	member *members = malloc((n + 1) * sizeof *members);
	if (members != NULL && tape->order_capacity - tape->order_count < n) {
		size_t capacity = tape->order_capacity * 2 + n;
		size_t *order = realloc(tape->order, capacity * sizeof *order);
		if (order == NULL) {
			free(members);
			members = NULL;
		} else {
			tape->order = order;
			tape->order_capacity = capacity;
		}
	}
	if (members == NULL) {
		tape->failed = true;
		return 0;
	}
	size_t at = 0;
	for (size_t i = object + 1; i < tape->values[object].next; i = tape->values[i].next) {
		members[at++] = (member){tape->values[i].key, tape->values[i].key_length, i};
	}
	qsort(members, n, sizeof *members, compare_keys);
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		bool again = kept > 0 && members[kept - 1].length == members[i].length &&
		             memcmp(members[kept - 1].key, members[i].key, members[i].length) == 0;
		if (!again) {
			kept++;
		}
		if (!again || last) {
			members[kept - 1] = members[i];
		}
	}
	if (last) {
		qsort(members, kept, sizeof *members, compare_places);
	}
	for (size_t i = 0; i < kept; i++) {
		tape->order[tape->order_count++] = members[i].index;
	}
	free(members);
	return kept;
}

void tape_release(json_tape *tape, size_t first) { tape->order_count = first; }
