package fuzz

import (
	"fmt"
	"strings"
)

// pieces are characters that programs stumble over, as they stand in a text:
// of two, three and four bytes, combining, from right to left, without width,
// white space that is not ASCII, with another length in upper case.
var pieces = []string{
	"a", "B", " ", "0", "é", "ß", "ŉ", "İ", "ı", "ǆ", "ﬃ", "€", "中", "한", "ก", "\u0301", "e\u0301", "\u200d", "\u200b", "\ufeff", "\u00a0", "\u2028",
	"😀", "👨‍👩‍👧", "𝒳", "🇩🇪", "\U0010ffff", "שלום", "\u202eevil", "\ufffd", "\uffff", "\u0085", "Ω", "ﷺ", "%", "_", "'", "''", "$", "{", "}", "|", ":", ";", "--", "/*", "{{22012:x}}", "null", "NaN",
	"2024-02-30", "1e5", "-0", "true", "=", ",", "\x7f",
}

// escapes are what only stands in a JSON string, as it is written there.
var escapes = []string{
	`\u0000`, `\u0001`, `\u001f`, `\n`, `\t`, `\"`, `\\`, `\/`, `\b`, `\u00e9`, `\u00E9`, `\ud83d\ude00`, `\uD83D\uDE00`, `\ud800`, `\udc00\ud800`, `\ud800x`, `\uffff`, `\u2028`, `\\u0041`, `\\\\`, `\u005c`, `\u0022`,
}

// text is characters without escapes.
func (d dice) text() string {
	var b strings.Builder
	for range d.some(300) {
		b.WriteString(pick(d, pieces))
	}
	if d.oneIn(40) {
		return strings.Repeat(b.String()+pick(d, pieces), 1+d.IntN(2000))
	}
	return b.String()
}

// jsonString is a JSON string, valid, with quotes.
func (d dice) jsonString() string {
	var b strings.Builder
	b.WriteByte('"')
	for range d.some(100) {
		switch {
		case d.oneIn(6):
			b.WriteString(pick(d, escapes))
		default:
			b.WriteString(strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(pick(d, pieces)))
		}
	}
	if d.oneIn(200) {
		b.WriteString(strings.Repeat(pick(d, pieces[:30]), 1+d.IntN(30000)))
	}
	b.WriteByte('"')
	return b.String()
}

// badBytes are no UTF-8, or none that anybody should take.
var badBytes = []string{"\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "\x80", "\x00", "\xf0\x9f\x98"}

// moment is a date or time, mostly one.
func (d dice) moment() string {
	return pick(d, []string{
		fmt.Sprintf("%04d-%02d-%02d", d.IntN(10100), d.IntN(14), d.IntN(33)),
		fmt.Sprintf("%04d-%02d-%02d %02d:%02d:%02d.%06d", 1900+d.IntN(200), 1+d.IntN(12), 1+d.IntN(31), d.IntN(25), d.IntN(61), d.IntN(61), d.IntN(1e6)),
		fmt.Sprintf("2024-%02d-%02dT%02d:00:00Z", 1+d.IntN(12), 1+d.IntN(28), d.IntN(24)),
		"2024-02-29T23:59:60+14:00", "infinity", "-infinity", "now", "epoch", "294277-01-01", "-4713-01-01", "0000-00-00", "1/2/2024", "20240102", "today",
	})
}
