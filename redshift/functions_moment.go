package redshift

import "strings"

// momentBuilder finds the builder of a function on dates and times.
func momentBuilder(name string) builder {
	switch name {
	case "extract":
		return buildExtract
	case "date_part", "datepart", "pgdate_part":
		return buildDatePart
	case "next_day":
		return buildNextDay
	case "date_trunc":
		return buildDateTrunc
	case "datediff", "date_diff":
		return buildDateDiff
	case "dateadd", "date_add":
		return buildDateAdd
	case "add_months":
		return buildAddMonths
	case "months_between":
		return buildMonthsBetween
	case "convert_timezone":
		return buildConvertTimezone
	case "timezone":
		return func(t *translator, c *Call, a []value) (value, error) {
			if len(a) != 2 {
				return value{}, t.noFunction(c, a)
			}
			return t.atZone(a[1], a[0])
		}
	case "to_char":
		return buildToChar
	case "to_date", "to_timestamp":
		return buildToMoment
	}
	return nil
}

// part reads the date part that a constant names.
func (t *translator) part(c *Call, v value) (string, error) {
	if v.text == nil {
		return "", t.unsupported(c.exprPos(), "the date part must be a constant")
	}
	part := dateParts[lowerASCII(strings.TrimSpace(*v.text))]
	if part == "" {
		return "", t.fail(c.exprPos(), codeInvalidParameter, "timestamp units \"%s\" not recognized", *v.text)
	}
	return part, nil
}

// buildConvertTimezone is CONVERT_TIMEZONE([from,] to, x); from is UTC.
func buildConvertTimezone(t *translator, c *Call, a []value) (value, error) {
	switch len(a) {
	case 2:
		a = []value{{sql: "'UTC'", typ: typeVarchar}, a[0], a[1]}
	case 3:
	default:
		return value{}, t.noFunction(c, a)
	}
	x, err := t.moment(a[2])
	if err != nil {
		return value{}, err
	}
	if x.typ.Name != "timestamptz" {
		x = of(typeTimestamptz, "timezone(", t.asText(a[0]), ", ", t.as(x, typeTimestamp), ")")
	}
	return of(typeTimestamp, "timezone(", t.asText(a[1]), ", ", x.out(), ")"), nil
}

// atZone is x AT TIME ZONE zone.
func (t *translator) atZone(x, zone value) (value, error) {
	result := typeTimestamp
	x, err := t.moment(x)
	if err != nil {
		return value{}, err
	}
	if x.typ.Name != "timestamptz" {
		x, result = of(typeTimestamp, t.as(x, typeTimestamp)), typeTimestamptz
	}
	return of(result, "timezone(", t.asText(zone), ", ", x.out(), ")"), nil
}
