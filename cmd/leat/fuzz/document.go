package fuzz

import (
	"fmt"
	"strings"
)

// document is the record of a number. Most are JSON objects with the members
// that the views read: _n is the number, n and i are numbers, t and d text, k how
// often to repeat, p an object with n and t; a few are anything.
func document(seed, number uint64) []byte {
	d := diceOf(seed, number)
	switch {
	case d.oneIn(50):
		return []byte(d.json(4))
	case d.oneIn(50):
		return []byte(pick(d, oddities))
	case d.oneIn(100):
		return []byte(d.nested(number))
	}
	text := d.object(number)
	if d.oneIn(8) {
		return d.mutate([]byte(text))
	}
	return []byte(text)
}

// oddities are records that are no JSON, or hardly.
var oddities = []string{
	"", " ", "\n", "null", "true", "0", `""`, "[]", "{}", `{"":0}`, "\ufeff{}", "{", "}", `{"a":1,}`, "[1,]", "{'a':1}", "{a:1}", "NaN", "Infinity", `{"n":NaN}`, `{"n":-Infinity}`, `{"n":01}`,
	`{"n":1.}`, `{"n":.5}`, `{"n":+1}`, `{"n":0x10}`, `{"t":"` + "\n" + `"}`, "{}{}", "{} x", "/* c */ {}", `{"a":1}//`, `"\ud800"`, "[[[[", strings.Repeat("[", 2000) + strings.Repeat("]", 2000), "\x00", "\xff\xfe{\x00}\x00", "hello",
	`{"t":"\x41"}`, `{"t":"\u12"}`, "tru", "-", `{"n":1e}`, "\x1f\x8b\x08\x00",
}

func (d dice) object(number uint64) string {
	members := []string{fmt.Sprintf(`"_n":%d`, number)}
	add := func(name, value string) {
		if d.oneIn(40) {
			value = d.json(2) // another type than the ones before
		}
		members = append(members, d.space()+`"`+name+`"`+d.space()+":"+d.space()+value)
	}
	if !d.oneIn(10) {
		add("n", d.jsonNumber())
	}
	if !d.oneIn(10) {
		add("t", d.jsonString())
	}
	if d.oneIn(2) {
		add("i", fmt.Sprint(d.IntN(100000)))
	}
	if d.oneIn(2) {
		add("d", `"`+d.moment()+`"`)
	}
	if d.oneIn(2) {
		add("k", pick(d, []string{"0", "1", "3", "70", "-1", "65535", "65536", "2000000000", "1e9", `"5"`, "null"}))
	}
	if d.oneIn(2) {
		add("p", `{"n":`+d.jsonNumber()+`,"t":`+d.jsonString()+`,"a":[`+d.jsonNumber()+`,`+d.json(2)+`]}`)
	}
	for range d.some(6) {
		add(d.name(), d.json(3))
	}
	if d.oneIn(100) {
		for i := range d.IntN(300) {
			add(fmt.Sprintf("f%d_%d", number%97, i), d.json(1))
		}
	}
	if d.oneIn(300) {
		add("t2", `"`+strings.Repeat(pick(d, pieces[:30]), d.IntN(200_000))+`"`)
	}
	d.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return "{" + strings.Join(members, ",") + d.space() + "}"
}

// name is a member's name: a few are there often, in other cases, empty, or not
// made for columns.
func (d dice) name() string {
	if d.oneIn(12) {
		text := d.jsonString()
		return text[1 : len(text)-1]
	}
	return pick(d, []string{"a", "b", "A", "N", "T", "userId", "userid", "USERID", "", " ", "n", "t", "x y", "x.y", "$", "a\\\"b", "select", "é", "É", "_N", "partition_key", "data", "0", "a[0]", "😀", "kinesis_data", "__proto__", "records"})
}

// json is any JSON value, at most so deep.
func (d dice) json(depth int) string {
	if depth == 0 || d.oneIn(2) {
		return pick(d, []func() string{d.jsonNumber, d.jsonString, func() string { return pick(d, []string{"null", "true", "false", `""`, "[]", "{}"}) }})()
	}
	var list []string
	array := d.oneIn(2)
	for range d.some(12) {
		item := d.json(depth - 1)
		if !array {
			item = `"` + d.name() + `"` + d.space() + ":" + item
		}
		list = append(list, d.space()+item)
	}
	if array {
		return "[" + strings.Join(list, ",") + "]"
	}
	return "{" + strings.Join(list, ",") + "}"
}

// nested is an object with something deep in it.
func (d dice) nested(number uint64) string {
	depth := 1 + d.IntN(pick(d, []int{10, 100, 900}))
	open, end := "[", "]"
	if d.oneIn(2) {
		open, end = `{"a":`, "}"
	}
	return fmt.Sprintf(`{"_n":%d,"deep":%s1%s}`, number, strings.Repeat(open, depth), strings.Repeat(end, depth))
}

func (d dice) space() string {
	if d.oneIn(12) {
		return pick(d, []string{" ", "\n", "\t", "\r\n", "  "})
	}
	return ""
}

// mutate changes a few bytes, or cuts.
func (d dice) mutate(text []byte) []byte {
	text = append([]byte{}, text...)
	for range 1 + d.IntN(3) {
		at := d.IntN(len(text) + 1)
		switch d.IntN(5) {
		case 0:
			text = text[:at]
		case 1:
			text = append(text[:at:at], append([]byte(pick(d, badBytes)), text[at:]...)...)
		case 2:
			text = append(text[:at:at], text[min(at+1+d.IntN(3), len(text)):]...)
		case 3:
			text = append(text[:at:at], append([]byte(pick(d, pieces)), text[at:]...)...)
		case 4:
			text = append(text[:at:at], append([]byte(pick(d, []string{",", "}", "]", "{", `"`, ":", `\`, "0", "-", "NaN"})), text[at:]...)...)
		}
	}
	return text
}
