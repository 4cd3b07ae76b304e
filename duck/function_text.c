#include "function.h"

// leat_cut(text, n) is the longest beginning of text that has at most n bytes
// and ends at a character's end.
static void cut(leat_call *call, idx_t row) {
	const string_entry *text = leat_string(call, 0, row);
	const char *data = string_data(text);
	int64_t limit = leat_bigint(call, 1, row);
	size_t length = text->length;
	if (limit < (int64_t)length) {
		length = limit < 0 ? 0 : (size_t)limit;
		while (length > 0 && ((unsigned char)data[length] & 0xC0) == 0x80) {
			length--; // the character that begins before goes on after
		}
	}
	leat_return_string(call, row, data, length);
}

const leat_function leat_text_functions[] = {
    {.name = "leat_cut", .result = TYPE_VARCHAR, .arguments = {TYPE_VARCHAR, TYPE_BIGINT}, .row = cut},
    {0},
};
