package redshift

import "strings"

// momentBuilder finds the builder of a function on dates and times.
func momentBuilder(name string) builder {
	switch name {
	case "extract", "date_part", "datepart", "pgdate_part":
		return buildDatePart
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
			return t.atZone(a[1], a[0]), nil
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

func buildDatePart(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	part, err := t.part(c, a[0])
	if err != nil {
		return value{}, err
	}
	x, err := t.argument(c, 'd', a[1])
	if err != nil {
		return value{}, err
	}
	call := "date_part('" + part + "', " + x + ")"
	switch part {
	case "epoch":
		return of(typeBigint, "CAST(floor(", call, ") AS BIGINT)"), nil
	case "timezone", "timezone_hour", "timezone_minute":
		return of(typeInteger, cast1(call, "INTEGER")), nil
	case "millisecond", "microsecond":
		// DuckDB counts from the minute, Redshift from the second.
		if part == "millisecond" {
			return of(typeInteger, "CAST(", call, " % 1000 AS INTEGER)"), nil
		}
		return of(typeInteger, "CAST(", call, " % 1000000 AS INTEGER)"), nil
	}
	return of(typeInteger, cast1(call, "INTEGER")), nil
}

func buildDateTrunc(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	part, err := t.part(c, a[0])
	if err != nil {
		return value{}, err
	}
	x := t.moment(a[1])
	typ := typeTimestamp
	if x.typ.Name == "timestamptz" {
		typ = typeTimestamptz
	}
	if x.typ.isNumber() || part == "epoch" || part == "dow" || part == "doy" {
		return value{}, t.noFunction(c, a)
	}
	return of(typ, "date_trunc('", part, "', ", t.as(x, typ), ")"), nil
}

func buildDateDiff(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 3 {
		return value{}, t.noFunction(c, a)
	}
	part, err := t.part(c, a[0])
	if err != nil {
		return value{}, err
	}
	var list [2]string
	for i := range list {
		x := t.moment(a[i+1])
		if x.typ.isNumber() {
			return value{}, t.noFunction(c, a)
		}
		list[i] = x.out()
		if x.typ.Name != "time" {
			list[i] = t.as(x, typeTimestamp)
		}
	}
	return of(typeBigint, "date_diff('", part, "', ", list[0], ", ", list[1], ")"), nil
}

// buildDateAdd is DATEADD(part, n, x): a date becomes a timestamp.
func buildDateAdd(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 3 {
		return value{}, t.noFunction(c, a)
	}
	part, err := t.part(c, a[0])
	if err != nil {
		return value{}, err
	}
	x := t.moment(a[2])
	typ := x.typ
	switch {
	case typ.isNumber():
		return value{}, t.noFunction(c, a)
	case typ.Name == "date", typ.isUnknown():
		x, typ = of(typeTimestamp, cast1(x.out(), "TIMESTAMP")), typeTimestamp
	}
	n := cast1(t.as(a[1], typeBigint), "BIGINT")
	small := cast1(t.as(a[1], typeBigint), "INTEGER")
	var step string
	switch part {
	case "millennium":
		step = "to_years(1000 * " + small + ")"
	case "century":
		step = "to_years(100 * " + small + ")"
	case "decade":
		step = "to_years(10 * " + small + ")"
	case "year", "month", "day", "week":
		step = "to_" + part + "s(" + small + ")"
	case "quarter":
		step = "to_months(3 * " + small + ")"
	case "hour", "minute", "microsecond":
		step = "to_" + part + "s(" + n + ")"
	case "second", "millisecond":
		step = "to_" + part + "s(" + n + ")"
	default:
		return value{}, t.fail(c.exprPos(), codeInvalidParameter, "timestamp units \"%s\" not supported", part)
	}
	return of(typ, "(", x.out(), " + ", step, ")"), nil
}

// buildAddMonths keeps the last day of a month the last day.
func buildAddMonths(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	x := t.as(t.moment(a[0]), typeTimestamp)
	sum := "(" + x + " + to_months(" + cast1(t.as(a[1], typeBigint), "INTEGER") + "))"
	return of(typeTimestamp, "CASE WHEN CAST(", x, " AS DATE) = last_day(", x, ") THEN CAST(last_day(", sum, ") AS TIMESTAMP) + (", x,
		" - date_trunc('day', ", x, ")) ELSE ", sum, " END"), nil
}

// buildMonthsBetween counts months; parts of one as 31sts.
func buildMonthsBetween(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	x, y := t.as(t.moment(a[0]), typeTimestamp), t.as(t.moment(a[1]), typeTimestamp)
	months := "date_diff('month', " + y + ", " + x + ")"
	return of(typeDouble, "CASE WHEN day(", x, ") = day(", y, ") OR (CAST(", x, " AS DATE) = last_day(", x, ") AND CAST(", y, " AS DATE) = last_day(", y, ")) THEN CAST(",
		months, " AS DOUBLE) ELSE ", months, " + (day(", x, ") - day(", y, ") + (date_part('epoch', ", x, " - date_trunc('day', ", x, ")) - date_part('epoch', ", y,
		" - date_trunc('day', ", y, "))) / 86400.0) / 31.0 END"), nil
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
	x := t.moment(a[2])
	if x.typ.Name != "timestamptz" {
		x = of(typeTimestamptz, "timezone(", t.asText(a[0]), ", ", t.as(x, typeTimestamp), ")")
	}
	return of(typeTimestamp, "timezone(", t.asText(a[1]), ", ", x.out(), ")"), nil
}

// atZone is x AT TIME ZONE zone.
func (t *translator) atZone(x, zone value) value {
	result := typeTimestamp
	if x = t.moment(x); x.typ.Name != "timestamptz" {
		x, result = of(typeTimestamp, t.as(x, typeTimestamp)), typeTimestamptz
	}
	return of(result, "timezone(", t.asText(zone), ", ", x.out(), ")")
}
