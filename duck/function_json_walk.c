#include "function.h"

#include <stdlib.h>
#include <string.h>

// Walks into SUPER. All paths of a call are found in one pass over the document,
// which ends when the last one is found. A value comes out as the bytes it is
// written with. Of a key that an object has twice (only older versions stored
// such) the first counts.

enum { NONE = -1 };

// The paths of a call make a tree: one node a step.
typedef struct {
	const char *key; // NULL: an index
	size_t length;
	int64_t index;
	int32_t child, sibling; // NONE or indexes of nodes
	int32_t output;         // the path that ends here, or NONE
	bool wanted;            // no outputs of this row were found here yet
} node;

typedef struct {
	const char *at, *end; // NULL: not found
} found;

typedef struct {
	node *nodes; // nodes[0] is the document
	int32_t node_count, node_capacity;
	int32_t *same; // of an output: another path that says the same, or NONE
	found *found;
	int32_t outputs, output_capacity;
	leat_buffer keys; // unquoted
	const char *text; // of the paths
	size_t length;
	int32_t missing; // outputs that are not found yet
	leat_buffer key; // an unescaped key of the document
	bool failed;
} walker;

static void reset_paths(walker *w) {
	w->node_count = w->outputs = 0;
	w->keys.length = 0;
}

static int32_t add_node(walker *w) {
	if (w->node_count == w->node_capacity) {
		int32_t capacity = w->node_capacity * 2 + 16;
		node *nodes = realloc(w->nodes, (size_t)capacity * sizeof *nodes);
		if (nodes == NULL) {
			w->failed = true;
			return 0;
		}
		w->nodes = nodes;
		w->node_capacity = capacity;
	}
	w->nodes[w->node_count] = (node){.child = NONE, .sibling = NONE, .output = NONE};
	return w->node_count++;
}

// enter is the node of a step from another one.
static int32_t enter(walker *w, int32_t from, const char *key, size_t length, int64_t index) {
	for (int32_t i = w->nodes[from].child; i != NONE; i = w->nodes[i].sibling) {
		const node *n = &w->nodes[i];
		if (key == NULL ? n->key == NULL && n->index == index : n->key != NULL && n->length == length && memcmp(n->key, key, length) == 0) {
			return i;
		}
	}
	int32_t added = add_node(w);
	if (w->failed) {
		return from;
	}
	node *n = &w->nodes[added];
	n->key = key;
	n->length = length;
	n->index = index;
	n->sibling = w->nodes[from].child;
	w->nodes[from].child = added;
	return added;
}

static void add_output(walker *w, int32_t at) {
	if (w->outputs == w->output_capacity) {
		int32_t capacity = w->output_capacity * 2 + 16;
		found *found_ = realloc(w->found, (size_t)capacity * sizeof *found_);
		w->found = found_ != NULL ? found_ : w->found;
		int32_t *same = realloc(w->same, (size_t)capacity * sizeof *same);
		w->same = same != NULL ? same : w->same;
		if (found_ == NULL || same == NULL) {
			w->failed = true;
			return;
		}
		w->output_capacity = capacity;
	}
	w->same[w->outputs] = at == NONE ? NONE : w->nodes[at].output;
	if (at != NONE) {
		w->nodes[at].output = w->outputs;
	}
	w->outputs++;
}

// step reads .name, ."name" with quotes doubled, or [n].
static const char *step(walker *w, const char *at, const char *end, int32_t *to) {
	if (*at == '[') {
		int64_t index = 0;
		for (at++; at < end && *at != ']'; at++) {
			index = index < INT64_MAX / 20 ? index * 10 + (*at - '0') : index;
		}
		*to = enter(w, *to, NULL, 0, index);
		return at + 1;
	}
	at++;
	const char *key = w->keys.data + w->keys.length;
	if (at < end && *at == '"') {
		for (at++; at < end && (*at != '"' || (at + 1 < end && at[1] == '"')); at++) {
			at += *at == '"';
			leat_buffer_byte(&w->keys, *at);
		}
		at++;
	} else {
		for (; at < end && *at != '.' && *at != '[' && *at != ','; at++) {
			leat_buffer_byte(&w->keys, *at);
		}
	}
	*to = enter(w, *to, key, (size_t)(w->keys.data + w->keys.length - key), 0);
	return at;
}

// read_paths reads $.a[1], $."b c": the paths of a call, each from the document.
static void read_paths(walker *w, const char *text, size_t length) {
	reset_paths(w);
	w->text = text;
	w->length = length;
	if (!leat_buffer_reserve(&w->keys, length + 1)) { // keys do not move
		w->failed = true;
		return;
	}
	add_node(w);
	const char *end = text + length;
	for (const char *at = text; at < end && !w->failed;) {
		int32_t to = 0, steps = 0;
		for (at++; at < end && (*at == '.' || *at == '['); steps++) {
			int32_t from = to;
			at = step(w, at, end, &to);
			to = steps >= MAX_JSON_DEPTH ? from : to; // no document is so deep
		}
		add_output(w, steps > MAX_JSON_DEPTH ? NONE : to);
		while (at < end && (*at == ',' || *at == ' ')) {
			at++;
		}
	}
}

static const char *walk(walker *w, node *n, const char *at, const char *end);

// take notes the value at a node and goes on behind it; NULL when all is found.
static const char *take(walker *w, node *n, const char *at, const char *end) {
	n->wanted = false;
	if (n->output == NONE) {
		return walk(w, n, at, end);
	}
	const char *behind = leat_json_value_end(at, end);
	for (int32_t output = n->output; output != NONE; output = w->same[output]) {
		w->found[output] = (found){at, behind};
		w->missing--;
	}
	if (w->missing > 0 && n->child != NONE && walk(w, n, at, end) == NULL) {
		return NULL;
	}
	return w->missing > 0 ? behind : NULL;
}

// member is the node of a key, which ends before its quote.
static node *member(walker *w, const node *n, const char *key, const char *end) {
	size_t length = (size_t)(end - key);
	bool read = false;
	for (int32_t i = n->child; i != NONE; i = w->nodes[i].sibling) {
		node *next = &w->nodes[i];
		if (next->key == NULL) {
			continue;
		}
		if (!read && memchr(key, '\\', length) != NULL) {
			w->key.length = 0;
			leat_json_unescape(&w->key, key, end);
			w->failed = w->failed || w->key.failed;
			key = w->key.data;
			length = w->key.length;
		}
		read = true;
		if (next->length == length && (length == 0 || memcmp(next->key, key, length) == 0)) {
			return next;
		}
	}
	return NULL;
}

static node *element(walker *w, const node *n, int64_t index) {
	for (int32_t i = n->child; i != NONE; i = w->nodes[i].sibling) {
		if (w->nodes[i].key == NULL && w->nodes[i].index == index) {
			return &w->nodes[i];
		}
	}
	return NULL;
}

// walk looks into the value at a node. It calls itself once a step of a path.
static const char *walk(walker *w, node *n, const char *at, const char *end) {
	if (at >= end || (*at != '{' && *at != '[')) {
		return leat_json_value_end(at, end);
	}
	bool object = *at == '{';
	char close = object ? '}' : ']';
	at = leat_json_space(at + 1, end);
	for (int64_t index = 0; at < end && *at != close; index++) {
		node *next;
		if (object) {
			if (*at != '"') {
				return end;
			}
			const char *key = at + 1;
			at = leat_json_string_end(key, end);
			next = at - key < 1 ? NULL : member(w, n, key, at - 1);
			at = leat_json_space(at, end);
			at = leat_json_space(at < end && *at == ':' ? at + 1 : at, end);
		} else {
			next = element(w, n, index);
		}
		if (at >= end) {
			return end;
		}
		at = next != NULL && next->wanted ? take(w, next, at, end) : leat_json_value_end(at, end);
		if (at == NULL) {
			return NULL;
		}
		at = leat_json_space(at, end);
		if (at < end && *at == ',') {
			at = leat_json_space(at + 1, end);
		}
	}
	return at < end ? at + 1 : end;
}

static void search(walker *w, const char *at, const char *end) {
	for (int32_t i = 0; i < w->node_count; i++) {
		w->nodes[i].wanted = true;
	}
	w->missing = w->outputs;
	for (int32_t i = 0; i < w->outputs; i++) {
		w->found[i] = (found){0};
	}
	leat_json_trim(&at, &end);
	if (at < end && w->outputs > 0) {
		take(w, &w->nodes[0], at, end);
	}
}

static void free_walker(walker *w) {
	free(w->nodes);
	free(w->same);
	free(w->found);
	free(w->keys.data);
	free(w->key.data);
}

// What is made of a value: GET its JSON; SCALAR the text of a scalar, NULL for
// null, arrays and objects; TEXT as SCALAR, but the JSON of arrays and objects.
typedef enum { GET, SCALAR, TEXT } form;

// value_text finds the text to return; NULL for a NULL.
static const char *value_text(leat_call *call, found value, form form, size_t *length) {
	const char *at = value.at, *end = value.end;
	json_kind kind = at == NULL ? JSON_MISSING : leat_json_kind(at, end);
	*length = (size_t)(end - at);
	if (kind == JSON_MISSING || (form != GET && kind == JSON_NULL) || (form == SCALAR && kind >= JSON_ARRAY && kind <= JSON_OBJECT)) {
		return NULL;
	}
	if (form == GET || kind != JSON_STRING) {
		return at;
	}
	at++, end -= end > at;
	*length = (size_t)(end - at);
	if (memchr(at, '\\', *length) == NULL) {
		return at;
	}
	leat_buffer *out = &call->scratch;
	out->length = 0;
	leat_buffer_byte(out, 0); // so that there is text, also when it is empty
	bool text = leat_json_unescape(out, at, end);
	if (out->failed) {
		leat_fail(call, "{{53200:out of memory}}");
		return NULL;
	}
	*length = out->length - 1;
	if (!text || memchr(out->data + 1, 0, *length) != NULL) {
		if (form == TEXT) {
			leat_fail(call, "{{22P05:a string of the JSON text has the character \\u0000, which text cannot hold}}");
		}
		return NULL;
	}
	return out->data + 1;
}

static void run(leat_call *call, form form, bool list) {
	walker w = {0};
	for (idx_t row = 0; row < call->rows && !call->failed; row++) {
		if (list) {
			leat_list_begin(call, row);
		}
		if (leat_is_null(call, 0, row) || leat_is_null(call, 1, row)) {
			leat_return_null(call, row);
			continue;
		}
		const string_entry *paths = leat_string(call, 1, row);
		const char *text = string_data(paths);
		if (w.text == NULL || paths->length != w.length || (text != w.text && memcmp(text, w.text, w.length) != 0)) {
			read_paths(&w, text, paths->length);
		}
		const string_entry *document = leat_string(call, 0, row);
		if (!w.failed) {
			search(&w, string_data(document), string_data(document) + document->length);
		}
		if (w.failed) {
			leat_fail(call, "{{53200:out of memory}}");
			break;
		}
		for (int32_t i = 0; i < w.outputs && (list || i == 0); i++) {
			size_t length;
			const char *value = value_text(call, w.found[i], form, &length);
			if (list) {
				leat_list_add(call, row, value, length);
			} else if (value != NULL) {
				leat_return_string(call, row, value, length);
			} else {
				leat_return_null(call, row);
			}
		}
	}
	free_walker(&w);
}

static void get(leat_call *call) { run(call, GET, false); }
static void scalar(leat_call *call) { run(call, SCALAR, false); }
static void text(leat_call *call) { run(call, TEXT, false); }
static void gets(leat_call *call) { run(call, GET, true); }
static void scalars(leat_call *call) { run(call, SCALAR, true); }
static void texts(leat_call *call) { run(call, TEXT, true); }

const leat_function leat_json_walk_functions[] = {
    {.name = "leat_json_get", .result = TYPE_JSON, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .chunk = get},
    {.name = "leat_json_scalar", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .chunk = scalar},
    {.name = "leat_json_text", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .chunk = text},
    {.name = "leat_json_gets", .result = TYPE_JSONS, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .chunk = gets},
    {.name = "leat_json_scalars", .result = TYPE_VARCHARS, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .chunk = scalars},
    {.name = "leat_json_texts", .result = TYPE_VARCHARS, .arguments = {TYPE_VARCHAR, TYPE_VARCHAR}, .chunk = texts},
    {0},
};
