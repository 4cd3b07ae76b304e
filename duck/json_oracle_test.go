package duck_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An oracle reads JSON with encoding/json, keeps numbers as their text, and
// compares them by math/big: what the functions in C must agree with.

// oracleParse is the value of a document, and whether it is one. It is
// stricter than encoding/json about UTF-8 and surrogates, which that replaces.
func oracleParse(text string) (any, bool) {
	if !utf8.ValidString(text) || !wholeSurrogates(text) {
		return nil, false
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, false
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, false
	}
	return value, depth(text) <= 1000
}

// wholeSurrogates tells whether every escaped surrogate is in a pair.
func wholeSurrogates(text string) bool {
	unit := func(at int) int64 {
		if at+6 > len(text) || text[at] != '\\' || text[at+1] != 'u' {
			return -1
		}
		n, err := strconv.ParseInt(text[at+2:at+6], 16, 32)
		if err != nil {
			return -1
		}
		return n
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		high := unit(i)
		switch {
		case high >= 0xD800 && high < 0xDC00 && unit(i+6) >= 0xDC00 && unit(i+6) < 0xE000:
			i += 11
		case high >= 0xD800 && high < 0xE000:
			return false
		default:
			i++
		}
	}
	return true
}

func depth(text string) int {
	deepest, now, inside := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// oracleWalk is the value at steps: strings for keys, ints for indexes.
func oracleWalk(value any, steps []any) (any, bool) {
	for _, step := range steps {
		switch s := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			var ok bool
			if value, ok = object[s]; !ok {
				return nil, false
			}
		case int:
			list, _ := value.([]any)
			if s >= len(list) {
				return nil, false
			}
			value = list[s]
		}
	}
	return value, true
}

// oracleEqual compares as SUPER does: numbers by value, blanks at a string's end
// do not count.
func oracleEqual(a, b any) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && oracleNumber(x).Cmp(oracleNumber(y)) == 0
	case string:
		y, ok := b.(string)
		return ok && strings.TrimRight(x, " ") == strings.TrimRight(y, " ")
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !oracleEqual(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for key := range x {
			if other, ok := y[key]; !ok || !oracleEqual(x[key], other) {
				return false
			}
		}
		return true
	}
	return a == b
}

// oracleNumber is the exact value; exponents are small in what the tests write.
func oracleNumber(n json.Number) *big.Rat {
	value, ok := new(big.Rat).SetString(string(n))
	if !ok {
		panic("no number: " + string(n))
	}
	return value
}

// smallExponents tells whether all exponents of a document are small enough to
// be computed with.
func smallExponents(value any) bool {
	switch x := value.(type) {
	case json.Number:
		at := strings.IndexAny(string(x), "eE")
		return len(x) < 400 && (at < 0 || len(x)-at < 6)
	case []any:
		for _, v := range x {
			if !smallExponents(v) {
				return false
			}
		}
	case map[string]any:
		for _, v := range x {
			if !smallExponents(v) {
				return false
			}
		}
	}
	return true
}

// oraclePaths lists all paths of a document, up to most.
func oraclePaths(value any, most int) [][]any {
	var paths [][]any
	var walk func(value any, steps []any)
	walk = func(value any, steps []any) {
		if len(paths) >= most {
			return
		}
		paths = append(paths, append([]any(nil), steps...))
		switch x := value.(type) {
		case []any:
			for i := range x {
				walk(x[i], append(steps, i))
			}
		case map[string]any:
			keys := make([]string, 0, len(x))
			for key := range x {
				keys = append(keys, key)
			}
			sort.Strings(keys)
			for _, key := range keys {
				walk(x[key], append(steps, key))
			}
		}
	}
	walk(value, nil)
	return paths
}

// pathText writes steps as the functions read them.
func pathText(steps []any) string {
	var b bytes.Buffer
	b.WriteByte('$')
	for _, step := range steps {
		switch s := step.(type) {
		case string:
			b.WriteString(`."` + strings.ReplaceAll(s, `"`, `""`) + `"`)
		case int:
			b.WriteString("[" + strconv.Itoa(s) + "]")
		}
	}
	return b.String()
}
