package fuzz

import (
	"maps"
	"slices"
	"strings"

	"leat/redshift"
)

// built are functions that the dialect's tables do not list with kinds of
// arguments: t text, i integer, f and n number, d moment, b boolean, v varbyte,
// s super, a anything, p date part, j text of JSON, m format of moments.
var built = map[string][]string{
	"coalesce": {"aa", "tt", "nnn"}, "nvl": {"tt", "ss"}, "greatest": {"nn", "tt", "dd"}, "least": {"nnn", "tn"}, "isnull": {"tt"}, "nvl2": {"att"},
	"nullif": {"nn", "tt", "ss"}, "decode": {"aaa", "ntntt", "ttt"}, "length": {"t", "v", "s"}, "len": {"t"}, "char_length": {"t"}, "octet_length": {"t", "v"},
	"substring": {"ti", "tii", "vii"}, "substr": {"tii"}, "round": {"n", "ni"}, "trunc": {"n", "ni", "d"}, "floor": {"n"}, "ceil": {"n"}, "mod": {"ii", "nn"},
	"sha2": {"ti"}, "strtol": {"ti"}, "to_hex": {"i", "v", "t"}, "regexp_replace": {"ttt", "tttt", "ttti"}, "regexp_substr": {"tt", "ttii"}, "current_user": {""},
	"current_schemas": {"b"}, "pg_typeof": {"a"}, "date_part": {"pd"}, "date_trunc": {"pd"}, "datediff": {"pdd"}, "dateadd": {"pid"}, "add_months": {"di"},
	"months_between": {"dd"}, "convert_timezone": {"td", "ttd"}, "timezone": {"td"}, "to_char": {"dm", "nm"}, "to_date": {"tm"}, "to_timestamp": {"tm"},
	"json_parse": {"j", "v", "t"}, "can_json_parse": {"j", "t", "v"}, "is_valid_json": {"j", "t"}, "is_valid_json_array": {"j"}, "json_extract_path_text": {"jt", "jtt", "jttb"},
	"json_extract_array_element_text": {"ji", "jib"}, "json_array_length": {"j", "jb"}, "json_serialize": {"s"}, "json_serialize_to_varbyte": {"s"}, "json_typeof": {"s"},
	"get_array_length": {"s"}, "json_size": {"s"}, "is_array": {"s"}, "is_integer": {"s"}, "is_varchar": {"s"}, "is_decimal": {"s"}, "array": {"aaa", "", "ns"}, "object": {"ta", "tsta"},
	"array_concat": {"ss"}, "split_to_array": {"tt", "t"}, "from_varbyte": {"vt"}, "to_varbyte": {"tt"}, "st_point": {"ff"}, "st_astext": {"a"}, "st_distancesphere": {"aa"},
}

// signatures are all functions that there are, and the kinds of arguments known.
var signatures = allSignatures()

var functionNames = slices.Sorted(maps.Keys(signatures))

func allSignatures() map[string][]string {
	all := redshift.Signatures()
	for name, forms := range built {
		all[name] = append(all[name], forms...)
	}
	for name := range all {
		if strings.HasPrefix(name, "pg_terminate") {
			delete(all, name)
		}
	}
	return all
}

// call is a call of any function, mostly with arguments of the kinds it takes.
func (g *grammar) call(depth int) string {
	name := pick(g.dice, functionNames)
	forms := signatures[name]
	var kinds string
	switch {
	case len(forms) > 0 && !g.oneIn(12):
		kinds = pick(g.dice, forms)
	default:
		kinds = strings.Repeat("a", g.IntN(4))
	}
	var args []string
	for _, kind := range []byte(kinds) {
		if g.oneIn(30) {
			kind = 'a'
		}
		args = append(args, g.of(kind, depth-1))
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}
