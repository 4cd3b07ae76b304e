package redshift

import (
	"strconv"
	"strings"
	"time"
)

// momentLayouts are forms of dates and timestamps that Redshift reads and
// DuckDB does not; constants in them are rewritten.
var momentLayouts = []string{
	"20060102", "2006-1-2", "2006/1/2", "1/2/2006", "January 2, 2006", "Jan 2, 2006", "2-Jan-2006", "02-Jan-06", "Jan-2-2006",
	"20060102 15:04:05", "20060102 150405", "20060102T150405", "1/2/2006 15:04:05", "1/2/2006 15:04", "Jan 2 2006 15:04:05",
	"January 2, 2006 15:04:05", "2006/1/2 15:04:05", "2006.01.02",
}

// momentConstant writes a date or timestamp constant the way DuckDB reads it.
func (t *translator) momentConstant(text string, typ Type) value {
	trimmed := strings.TrimSpace(text)
	switch strings.ToLower(trimmed) {
	case "epoch":
		trimmed = "1970-01-01 00:00:00"
	case "now":
		return of(typ, cast1("now()", typ.Duck()))
	case "today", "yesterday", "tomorrow":
		shift := map[string]string{"today": "", "yesterday": " - 1", "tomorrow": " + 1"}[strings.ToLower(trimmed)]
		return of(typ, cast1("current_date()"+shift, typ.Duck()))
	}
	for _, layout := range momentLayouts {
		if m, err := time.Parse(layout, trimmed); err == nil {
			trimmed = m.Format("2006-01-02 15:04:05")
			break
		}
	}
	return of(typ, cast1(quoteString(joinOffset(trimmed)), typ.Duck()))
}

// joinOffset takes out the blank that some drivers write before an offset from
// UTC, and DuckDB does not read: 10:20:30 +00:00.
func joinOffset(text string) string {
	at := strings.LastIndexAny(text, "+-")
	if at > 0 && text[at-1] == ' ' && strings.Contains(text[:at], ":") {
		return strings.TrimRight(text[:at], " ") + text[at:]
	}
	return text
}

// interval translates an INTERVAL constant: '1 day 2 hours', '5' DAY, '1:30'.
func (t *translator) interval(x *IntervalLiteral) (value, error) {
	text := strings.TrimSpace(x.Text)
	if x.Unit != "" {
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			unit := x.Unit
			if _, last, ok := strings.Cut(unit, " to "); ok {
				unit = last
			}
			text = strconv.FormatFloat(n, 'f', -1, 64) + " " + unit
		}
	} else if n, err := strconv.ParseFloat(text, 64); err == nil {
		text = strconv.FormatFloat(n, 'f', -1, 64) + " seconds"
	}
	words := strings.Fields(strings.ReplaceAll(text, ",", " "))
	for i, w := range words {
		if part := dateParts[lowerASCII(w)]; part != "" && part != "epoch" && part != "dow" && part != "doy" {
			words[i] = part + "s"
			if part == "century" {
				words[i] = "centuries"
			}
			if part == "millennium" {
				words[i] = "millennia"
			}
		}
	}
	if len(words) == 0 {
		return value{}, t.fail(x.exprPos(), "22007", "invalid input syntax for type interval: \"%s\"", x.Text)
	}
	return of(typeInterval, "CAST(", quoteString(strings.Join(words, " ")), " AS INTERVAL)"), nil
}
