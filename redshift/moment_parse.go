package redshift

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A moment is what a date, time or timestamp constant says. Parts that are not
// said are zero.
type moment struct {
	year, month, day     int // year 0 is 1 BC
	hour, minute, second int
	micros               int
	zone                 string // as DuckDB reads it: "+05:30", "Europe/Vienna"; "" when not said

	dated, timed  bool
	bc, clockOnly bool
	pm            string // "am", "pm" or ""
}

// The failures of parseMoment: text of no known form, and fields out of range.
var (
	errMomentForm  = errors.New("invalid input syntax")
	errMomentRange = errors.New("date/time field value out of range")
)

// parseMoment reads a date and time in the forms that Redshift reads: "January 8,
// 1999", 1/8/1999 in the given order, 31-Jan-2000, 20080215 040506, 2008.366,
// 10:00 PM, with a zone, with BC.
// A clock is a time of day alone.
func parseMoment(text string, order DateOrder, clock bool) (moment, error) {
	low := lowerASCII(text)
	m := moment{clockOnly: clock, bc: strings.Contains(low, "bc") || strings.Contains(low, "b.c.")}
	if n := len(text); n > 8 && (text[8] == 'T' || n > 10 && text[10] == 'T') { // ISO 8601
		at := 10
		if text[8] == 'T' {
			at = 8
		}
		text = text[:at] + " " + text[at+1:]
	}
	var loose []string // numbers and names of months that stand alone
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' }) {
		var err error
		if loose, err = m.word(word, loose, order); err != nil {
			return m, err
		}
	}
	if len(loose) > 0 {
		if m.dated {
			return m, errMomentForm
		}
		if err := m.date(loose, order); err != nil {
			return m, err
		}
	}
	return m, m.check()
}

// word takes one word; what may be part of a date in several words is added to
// loose.
func (m *moment) word(word string, loose []string, order DateOrder) ([]string, error) {
	low := lowerASCII(word)
	switch {
	case strings.Contains(word, ":") && isDigit(word[0]):
		return loose, m.clock(low)
	case low == "am" || low == "pm" || low == "a.m." || low == "p.m.":
		m.pm = low[:1] + "m"
		return loose, nil
	case low == "bc", low == "b.c.", low == "(bc)", low == "ad", low == "a.d.", dayNames[low]:
		return loose, nil
	case monthNumber(low) > 0:
		return append(loose, low), nil
	case isDigits(word):
		return m.number(word, loose)
	case m.timed && (word[0] == '+' || word[0] == '-'):
		return loose, m.offset(word)
	case m.timed && zoneOffsets[low] != "":
		m.zone = zoneOffsets[low]
		return loose, nil
	case m.timed && strings.Contains(word, "/") && !isDigit(word[0]):
		m.zone = word
		return loose, nil
	}
	parts := strings.FieldsFunc(low, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
	if len(parts) == 2 && len(parts[0]) == 4 && len(parts[1]) == 3 && isDigits(parts[0]) && isDigits(parts[1]) {
		return loose, m.dayOfYear(parts[0], parts[1])
	}
	if len(parts) != 3 || m.dated {
		return loose, errMomentForm
	}
	return loose, m.date(parts, order)
}

// number takes digits that stand alone: 20080215, 080215, 040506, a day, a year.
func (m *moment) number(word string, loose []string) ([]string, error) {
	switch {
	case len(word) == 8 && !m.dated:
		return loose, m.date([]string{word[:4], word[4:6], word[6:]}, YearMonthDay)
	case len(word) == 6 && !m.dated && !m.clockOnly && len(loose) == 0:
		return loose, m.date([]string{word[:2], word[2:4], word[4:]}, YearMonthDay)
	case len(word) == 6 && !m.timed:
		return loose, m.clock(word[:2] + ":" + word[2:4] + ":" + word[4:])
	case len(word) <= 4 && !m.dated:
		return append(loose, word), nil
	}
	return loose, errMomentForm
}

// date takes the three parts of a date. A month with a name says which part it
// is, a number of more than two digits is the year, order decides the rest.
func (m *moment) date(parts []string, order DateOrder) error {
	if len(parts) != 3 {
		return errMomentForm
	}
	y, mon, d := 2, 0, 1
	switch {
	case monthNumber(parts[1]) > 0 && len(parts[0]) > 2: // 2000-Jan-31
		y, mon, d = 0, 1, 2
	case monthNumber(parts[1]) > 0: // 31-Jan-2000
		y, mon, d = 2, 1, 0
	case monthNumber(parts[0]) > 0: // Jan-31-2000
	case len(parts[0]) > 2, order == YearMonthDay && len(parts[2]) <= 2:
		y, mon, d = 0, 1, 2
	case order == DayMonthYear:
		y, mon, d = 2, 1, 0
	}
	if m.month = monthNumber(parts[mon]); m.month == 0 {
		m.month, _ = strconv.Atoi(parts[mon])
	}
	var err error
	if m.day, err = strconv.Atoi(parts[d]); err != nil || len(parts[d]) > 2 || len(parts[y]) > 6 {
		return errMomentForm
	}
	if m.year, err = strconv.Atoi(parts[y]); err != nil {
		return errMomentForm
	}
	switch { // two digits stand for 1970 to 2069
	case len(parts[y]) > 2, m.bc:
	case m.year < 70:
		m.year += 2000
	default:
		m.year += 1900
	}
	m.dated = true
	return nil
}

func (m *moment) dayOfYear(year, day string) error {
	m.year, _ = strconv.Atoi(year)
	n, _ := strconv.Atoi(day)
	for m.month = 1; m.month < 12 && n > daysIn(m.year, m.month); m.month++ {
		n -= daysIn(m.year, m.month)
	}
	m.day, m.dated = n, true
	return nil
}

// clock takes 10:00, 10:00:05.5, with what is glued to it: pm, an offset, Z.
func (m *moment) clock(text string) error {
	end := strings.IndexFunc(text, func(r rune) bool { return !(r >= '0' && r <= '9' || r == ':' || r == '.') })
	rest := ""
	if end >= 0 {
		text, rest = text[:end], text[end:]
	}
	parts := strings.Split(text, ":")
	if len(parts) > 3 || m.timed {
		return errMomentForm
	}
	m.timed = true
	for i, field := range []*int{&m.hour, &m.minute, &m.second} {
		if i >= len(parts) {
			break
		}
		whole, fraction, _ := strings.Cut(parts[i], ".")
		if fraction != "" && i == 2 {
			f, err := strconv.ParseFloat("0."+fraction, 64)
			if err != nil {
				return errMomentForm
			}
			m.micros = int(f*1e6 + 0.5)
		}
		n, err := strconv.Atoi(whole)
		if err != nil || len(whole) > 2 {
			return errMomentForm
		}
		*field = n
	}
	switch {
	case rest == "":
		return nil
	case rest == "am" || rest == "pm":
		m.pm = rest
		return nil
	case zoneOffsets[rest] != "":
		m.zone = zoneOffsets[rest]
		return nil
	}
	return m.offset(rest)
}

// offset takes +5, -08, +05:30, +0530.
func (m *moment) offset(text string) error {
	digits := strings.ReplaceAll(text[1:], ":", "")
	if text[0] != '+' && text[0] != '-' || !isDigits(digits) || len(digits) > 4 {
		return errMomentForm
	}
	if len(digits) < 3 {
		digits = strings.Repeat("0", 2-len(digits)) + digits + "00"
	}
	if len(digits) == 3 {
		digits = "0" + digits
	}
	if digits[:2] > "15" || digits[2:] > "59" {
		return errMomentRange
	}
	m.zone = text[:1] + digits[:2] + ":" + digits[2:]
	return nil
}

func (m *moment) check() error {
	if m.pm != "" {
		if m.hour < 1 || m.hour > 12 || !m.timed {
			return errMomentRange
		}
		m.hour %= 12
		if m.pm == "pm" {
			m.hour += 12
		}
	}
	if m.micros == 1e6 { // the fraction was rounded up
		m.micros = 999_999
	}
	midnight := m.hour == 24 && m.minute == 0 && m.second == 0 && m.micros == 0
	switch {
	case m.dated && m.bc && m.year < 1, m.dated && (m.month < 1 || m.month > 12):
		return errMomentRange
	case m.dated && m.bc:
		m.year = 1 - m.year
	}
	if m.dated && (m.day < 1 || m.day > daysIn(m.year, m.month)) || m.hour > 23 && !midnight || m.minute > 59 || m.second > 60 {
		return errMomentRange
	}
	if !m.dated && !m.timed {
		return errMomentForm
	}
	return nil
}

// duckDate writes the date as DuckDB reads it.
func (m moment) duckDate() string {
	if m.year < 1 {
		return fmt.Sprintf("%04d-%02d-%02d (BC)", 1-m.year, m.month, m.day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", m.year, m.month, m.day)
}

func (m moment) duckTime() string {
	text := fmt.Sprintf("%02d:%02d:%02d", m.hour, m.minute, m.second)
	if m.micros > 0 {
		text += strings.TrimRight(fmt.Sprintf(".%06d", m.micros), "0")
	}
	return text
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// monthNumber is the number of a month by its name in lower case, whole or
// three letters of it; 0: it is none.
func monthNumber(word string) int {
	word = strings.TrimSuffix(word, ".")
	for i, name := range monthNames {
		if word == name || word == name[:3] || word == "sept" && i == 8 {
			return i + 1
		}
	}
	return 0
}

var monthNames = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

var dayNames = words(`monday mon tuesday tue tues wednesday wed weds thursday thu thur thurs friday fri saturday sat sunday sun`)

// zoneOffsets are abbreviations of time zones, as PostgreSQL reads them by
// default.
var zoneOffsets = map[string]string{
	"z": "+00:00", "utc": "+00:00", "gmt": "+00:00", "zulu": "+00:00", "wet": "+00:00",
	"est": "-05:00", "edt": "-04:00", "cst": "-06:00", "cdt": "-05:00", "mst": "-07:00", "mdt": "-06:00", "pst": "-08:00", "pdt": "-07:00",
	"akst": "-09:00", "akdt": "-08:00", "hst": "-10:00", "ast": "-04:00", "adt": "-03:00", "nst": "-03:30", "ndt": "-02:30",
	"bst": "+01:00", "cet": "+01:00", "cest": "+02:00", "met": "+01:00", "mest": "+02:00", "eet": "+02:00", "eest": "+03:00", "msk": "+03:00",
	"ist": "+02:00", "jst": "+09:00", "kst": "+09:00", "hkt": "+08:00", "sgt": "+08:00", "aest": "+10:00", "aedt": "+11:00", "acst": "+09:30", "awst": "+08:00",
	"nzst": "+12:00", "nzdt": "+13:00",
}
