package redshift

import (
	"strconv"
	"strings"
)

// momentConstant writes a date, time or timestamp constant the way DuckDB reads
// it. What is in no form known here is left to DuckDB, and its error.
func (t *translator) momentConstant(text string, typ Type, pos int) (value, error) {
	trimmed := strings.TrimSpace(text)
	switch lowerASCII(trimmed) {
	case "epoch":
		return of(typ, cast1("'1970-01-01 00:00:00'", typ.Duck())), nil
	case "now":
		t.depends(clock, "'now'")
		return of(typ, cast1("now()", typ.Duck())), nil
	case "today", "yesterday", "tomorrow":
		t.depends(clock, "'"+lowerASCII(trimmed)+"'")
		shift := map[string]string{"today": "", "yesterday": " - 1", "tomorrow": " + 1"}[lowerASCII(trimmed)]
		return of(typ, cast1("current_date()"+shift, typ.Duck())), nil
	}
	clock := typ.isClock()
	m, err := parseMoment(trimmed, t.set.DateOrder, clock)
	switch {
	case err == errMomentRange:
		e := errorAt(t.src, pos, "22008", "date/time field value out of range: \"%s\"", text)
		e.Hint = "Perhaps you need a different \"datestyle\" setting."
		return value{}, e
	case err != nil, clock && !m.timed, !clock && !m.dated:
		return of(typ, cast1(quoteString(joinOffset(trimmed)), typ.Duck())), nil
	}
	zone := m.zone
	if strings.Contains(zone, "/") {
		zone = " " + zone
	}
	out := m.duckDate()
	switch typ.Name {
	case "time":
		out = m.duckTime()
	case "timetz":
		out = m.duckTime() + zone
	case "timestamp": // a zone is left out, as PostgreSQL does
		out += " " + m.duckTime()
	case "timestamptz":
		out += " " + m.duckTime() + zone
	}
	if m.hour == 24 && !clock {
		m.hour = 0
		return of(typ, "(", cast1(quoteString(m.duckDate()+" "+m.duckTime()+zone), typ.Duck()), " + INTERVAL 1 DAY)"), nil
	}
	return of(typ, cast1(quoteString(out), typ.Duck())), nil
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
