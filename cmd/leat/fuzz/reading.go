package fuzz

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"strings"
	"unicode/utf8"
)

// A reading is what Go makes of a document.
type reading struct {
	// valid says that it is JSON in UTF-8; object, that it is a JSON object.
	valid, object bool
	// depth is how many levels it has.
	depth int
	// whole says that its strings have no half of a surrogate pair, which is no
	// character: such a document may be refused.
	whole bool
	// nul says that a string has the character NUL.
	nul bool
	// members are those of the object by their names in lower case, and how often
	// each is there.
	members map[string]any
	times   map[string]int
}

func read(document []byte) reading {
	r := reading{valid: utf8.Valid(document) && json.Valid(document), whole: true, members: map[string]any{}, times: map[string]int{}}
	if !r.valid {
		return r
	}
	depth, deepest := 0, 0
	for token := range tokens(document) {
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				depth++
				deepest = max(deepest, depth)
			} else {
				depth--
			}
		case string:
			if strings.Contains(token, "\ufffd") {
				r.whole = false
			}
			r.nul = r.nul || strings.Contains(token, "\x00")
		}
	}
	r.depth = deepest
	r.readMembers(document)
	return r
}

func (r *reading) readMembers(document []byte) {
	in := json.NewDecoder(bytes.NewReader(document))
	in.UseNumber()
	if first, err := in.Token(); err != nil || first != json.Delim('{') {
		return
	}
	r.object = true
	for in.More() {
		name, _ := in.Token()
		var value any
		if in.Decode(&value) != nil {
			return // too deep: what follows is not compared
		}
		key := strings.ToLower(name.(string))
		r.members[key] = value
		r.times[key]++
		if name != key {
			r.times[key] += 2 // written otherwise: not compared
		}
	}
}

// number is a member that is a number and there once.
func (r *reading) number(name string) (json.Number, bool) {
	n, ok := r.members[name].(json.Number)
	return n, ok && r.times[name] == 1
}

// text is a member that is a string, there once, of whole characters without
// NUL, which a VARCHAR cannot hold.
func (r *reading) text(name string) (string, bool) {
	t, ok := r.members[name].(string)
	return t, ok && r.times[name] == 1 && !strings.ContainsAny(t, "\x00\ufffd")
}

// tokens are those of a document, to its end or the first mistake.
func tokens(document []byte) func(yield func(json.Token) bool) {
	in := json.NewDecoder(bytes.NewReader(document))
	in.UseNumber()
	return func(yield func(json.Token) bool) {
		for {
			token, err := in.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(err)
				return
			}
			if !yield(token) {
				return
			}
		}
	}
}

// difference is where two documents differ: in order, in a text, or in a number.
// Of a key that an object has twice, the last counts, as with Redshift's
// json_parse_dedup_attributes.
func difference(got, want []byte) string {
	a, b := lastOfEach(got), lastOfEach(want)
	for i := range min(len(a), len(b)) {
		x, isNumber := a[i].(json.Number)
		y, isToo := b[i].(json.Number)
		if isNumber && isToo && sameNumber(string(x), string(y)) || a[i] == b[i] {
			continue
		}
		if s, ok := b[i].(string); ok && strings.Contains(s, "\ufffd") {
			continue
		}
		return "token " + show(a[i]) + " instead of " + show(b[i])
	}
	if len(a) != len(b) {
		return "it has another number of tokens"
	}
	return ""
}

// lastOfEach are a document's tokens, without members that have a later
// namesake in their object.
func lastOfEach(document []byte) []json.Token {
	var all []json.Token
	for t := range tokens(document) {
		all = append(all, t)
	}
	kept, _ := keepLast(nil, all)
	return kept
}

// keepLast appends the value that a list of tokens begins with, and returns the
// rest.
func keepLast(to, list []json.Token) (kept, rest []json.Token) {
	if len(list) == 0 {
		return to, nil
	}
	to, open, list := append(to, list[0]), list[0], list[1:]
	switch open {
	case json.Delim('['):
		for len(list) > 0 && list[0] != json.Delim(']') {
			to, list = keepLast(to, list)
		}
	case json.Delim('{'):
		var names []json.Token
		var values [][]json.Token
		last := map[json.Token]int{}
		for len(list) > 0 && list[0] != json.Delim('}') {
			var value []json.Token
			name := list[0]
			value, list = keepLast(nil, list[1:])
			last[name] = len(names)
			names, values = append(names, name), append(values, value)
		}
		for i, name := range names {
			if last[name] == i {
				to = append(append(to, name), values[i]...)
			}
		}
	default:
		return to, list
	}
	if len(list) == 0 {
		return to, nil
	}
	return append(to, list[0]), list[1:]
}

func show(t json.Token) string {
	text, err := json.Marshal(t)
	if err != nil {
		return "(unreadable)"
	}
	return string(text[:min(len(text), 200)])
}

// sameNumber says whether two texts are one number. Those of more than 38 digits
// are not compared.
func sameNumber(got, want string) bool {
	if got == want || !exact(want) {
		return true
	}
	a, ok := new(big.Rat).SetString(got)
	b, _ := new(big.Rat).SetString(want)
	return ok && a.Cmp(b) == 0
}

// exact says whether a number has at most 38 digits, in a range that fits.
func exact(text string) bool {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	digits := strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(mantissa), "0")
	return len(digits) <= 38 && len(exponent) <= 3 && fits(text)
}

func fits(text string) bool {
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return false
	}
	limit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil))
	return new(big.Rat).Abs(n).Cmp(limit) < 0
}

// decimal is a number in so many digits, scale of them behind the point, rounded
// half away from zero; false when it is too large.
func decimal(text string, precision, scale int) (string, bool) {
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return "", false
	}
	rounded := n.FloatString(scale) // halves go away from zero
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(rounded), "0")
	return rounded, len(digits) <= precision
}

// cutText is a text in at most so many bytes, whole characters.
func cutText(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	for bytes > 0 && !utf8.RuneStart(text[bytes]) {
		bytes--
	}
	return text[:bytes]
}
