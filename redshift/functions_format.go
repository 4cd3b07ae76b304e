package redshift

import "strings"

// formatParts maps elements of Redshift's formats to strftime's, longest first.
var formatParts = []struct{ redshift, strftime string }{
	{"HH24", "%H"}, {"HH12", "%I"}, {"HH", "%I"}, {"YYYY", "%Y"}, {"IYYY", "%G"}, {"YY", "%y"}, {"MONTH", "%B"}, {"Month", "%B"}, {"month", "%B"},
	{"MON", "%b"}, {"Mon", "%b"}, {"mon", "%b"}, {"MM", "%m"}, {"MI", "%M"}, {"SS", "%S"}, {"MS", "%g"}, {"US", "%f"}, {"DDD", "%j"},
	{"DD", "%d"}, {"DAY", "%A"}, {"Day", "%A"}, {"day", "%A"}, {"DY", "%a"}, {"Dy", "%a"}, {"dy", "%a"}, {"D", "%w"}, {"ID", "%u"}, {"IW", "%V"},
	{"AM", "%p"}, {"PM", "%p"}, {"am", "%p"}, {"pm", "%p"}, {"TZ", "%Z"}, {"OF", "%z"},
	{"hh24", "%H"}, {"hh12", "%I"}, {"hh", "%I"}, {"yyyy", "%Y"}, {"yy", "%y"}, {"mm", "%m"}, {"mi", "%M"}, {"ss", "%S"}, {"ms", "%g"}, {"us", "%f"}, {"dd", "%d"},
}

// strftimeFormat turns a format constant into one of strftime; ok is false
// for elements that have no equal.
func strftimeFormat(format string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(format); {
		c := format[i]
		if c == '"' { // "text" stands for itself
			end := strings.IndexByte(format[i+1:], '"')
			if end < 0 {
				return "", false
			}
			b.WriteString(strings.ReplaceAll(format[i+1:i+1+end], "%", "%%"))
			i += end + 2
			continue
		}
		if strings.HasPrefix(format[i:], "FM") {
			i += 2
			continue
		}
		found := false
		for _, p := range formatParts {
			if strings.HasPrefix(format[i:], p.redshift) {
				b.WriteString(p.strftime)
				i += len(p.redshift)
				found = true
				break
			}
		}
		if found {
			continue
		}
		switch {
		case c == '%':
			b.WriteString("%%")
		case c == 'T', !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'):
			b.WriteByte(c)
		default:
			return "", false
		}
		i++
	}
	return b.String(), true
}

// buildToChar formats dates, times and numbers.
func buildToChar(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	if a[0].typ.isNumber() {
		return of(typeVarchar, "leat_number_to_char(", cast1(a[0].out(), "VARCHAR"), ", ", t.asText(a[1]), ")"), nil
	}
	x, err := t.moment(a[0])
	if err != nil {
		return value{}, err
	}
	zone, offset := "'UTC'", "0"
	switch x.typ.Name {
	case "timestamptz":
		zone, offset = "current_setting('TimeZone')", "CAST(date_part('timezone', "+x.out()+") AS BIGINT)"
	case "time":
		x = of(typeTimestamp, "(DATE '2000-01-01' + ", x.out(), ")")
	case "date", "timestamp", "unknown":
	default:
		return value{}, t.noFunction(c, a)
	}
	return of(typeVarchar, "leat_to_char(", cast1(x.out(), "TIMESTAMP"), ", ", t.asText(a[1]), ", ", zone, ", ", offset, ")"), nil
}

// buildToMoment is TO_DATE and TO_TIMESTAMP.
func buildToMoment(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	if len(a) != 2 && len(a) != 3 {
		return value{}, t.noFunction(c, a)
	}
	if a[1].text == nil {
		return value{}, t.unsupported(c.exprPos(), "%s is supported with a constant format only", strings.ToUpper(name))
	}
	f, ok := strftimeFormat(*a[1].text)
	if !ok {
		return value{}, t.unsupported(c.exprPos(), "format '%s' of %s is not supported", *a[1].text, strings.ToUpper(name))
	}
	text := t.asText(a[0])
	if a[0].typ.isStamp() || a[0].typ.Name == "date" {
		text = "strftime(" + a[0].out() + ", " + quoteString(f) + ")"
	}
	parsed := "strptime(" + text + ", " + quoteString(f) + ")"
	if name == "to_date" {
		return of(typeDate, cast1(parsed, "DATE")), nil
	}
	return of(typeTimestamptz, "timezone('UTC', ", cast1(parsed, "TIMESTAMP"), ")"), nil
}
