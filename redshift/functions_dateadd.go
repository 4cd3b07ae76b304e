package redshift

import "slices"

// clockParts are the parts that a time of day has.
var clockParts = []string{"hour", "minute", "second", "millisecond", "microsecond"}

// noSuchPart refuses a part that a value does not have, or that has no length.
func (t *translator) noSuchPart(c *Call, part string, typ Type) error {
	return t.fail(c.exprPos(), codeInvalidParameter, "timestamp units \"%s\" not supported for type %s", part, typ)
}

func (typ Type) isClock() bool { return typ.Name == "time" || typ.Name == "timetz" }

// buildDateDiff is DATEDIFF(part, a, b): how many beginnings of the part lie
// between a and b. A week begins on Monday, as in DATE_TRUNC.
func buildDateDiff(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 3 {
		return value{}, t.noFunction(c, a)
	}
	part, err := t.part(c, a[0])
	if err != nil {
		return value{}, err
	}
	var list [2]string
	clock := false
	for i := range list {
		x, err := t.moment(a[i+1])
		switch {
		case err != nil:
			return value{}, err
		case x.typ.isNumber():
			return value{}, t.noFunction(c, a)
		case !x.typ.isClock():
			list[i] = t.as(x, typeTimestamp)
			continue
		}
		if clock = true; !slices.Contains(clockParts, part) {
			return value{}, t.noSuchPart(c, part, x.typ)
		}
		if list[i] = x.out(); x.typ.Name == "timetz" { // the time of day at UTC
			list[i] = let(list[i], func(z string) string {
				return "CAST(DATE '2000-01-02' + CAST(" + z + " AS TIME) - to_seconds(date_part('timezone', " + z + ")) AS TIME)"
			})
		}
	}
	switch part {
	case "week", "hour", "minute", "second", "millisecond":
		if clock {
			break
		}
		trunc := "date_trunc('" + part + "', "
		return of(typeBigint, "date_diff('", part, "', ", trunc, list[0], "), ", trunc, list[1], "))"), nil
	case "decade", "century", "millennium":
		return of(typeBigint, "CAST(", partNumber(part, list[1]), " - ", partNumber(part, list[0]), " AS BIGINT)"), nil
	case "year", "quarter", "month", "day", "microsecond":
	default:
		return value{}, t.noSuchPart(c, part, typeTimestamp)
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
	x, err := t.moment(a[2])
	if err != nil {
		return value{}, err
	}
	switch {
	case x.typ.isNumber():
		return value{}, t.noFunction(c, a)
	case x.typ.isClock() && !slices.Contains(clockParts, part):
		return value{}, t.noSuchPart(c, part, x.typ)
	case x.typ.Name == "date", x.typ.isUnknown():
		x = of(typeTimestamp, cast1(x.out(), "TIMESTAMP"))
	}
	n := cast1(t.as(a[1], typeBigint), "BIGINT")
	small := cast1(t.as(a[1], typeBigint), "INTEGER")
	step := ""
	switch part {
	case "millennium", "century", "decade", "year":
		years := map[string]string{"millennium": "1000 * ", "century": "100 * ", "decade": "10 * ", "year": ""}[part]
		return of(x.typ, t.addYears(x, "to_years("+years+small+")")), nil
	case "month", "day", "week":
		step = "to_" + part + "s(" + small + ")"
	case "quarter":
		step = "to_months(3 * " + small + ")"
	case "hour", "minute", "second", "microsecond":
		step = "to_" + part + "s(" + n + ")"
	case "millisecond":
		step = "to_microseconds(1000 * " + n + ")"
	default:
		return value{}, t.noSuchPart(c, part, x.typ)
	}
	return of(x.typ, "(", x.out(), " + ", step, ")"), nil
}

// addYears adds years. Where 29 February is missing it is 1 March, while adding
// months gives 28 February.
func (t *translator) addYears(x value, years string) string {
	return let(x.out(), func(v string) string {
		sum := "(" + v + " + " + years + ")"
		return "(" + sum + " + to_days(CAST(day(" + v + ") - day(" + sum + ") AS INTEGER)))"
	})
}

// buildAddMonths keeps the last day of a month the last day.
func buildAddMonths(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	m, err := t.moment(a[0])
	if err != nil {
		return value{}, err
	}
	months := cast1(t.as(a[1], typeBigint), "INTEGER")
	return of(typeTimestamp, let(t.as(m, typeTimestamp), func(x string) string {
		sum := "(" + x + " + to_months(" + months + "))"
		return "CASE WHEN CAST(" + x + " AS DATE) = last_day(" + x + ") THEN CAST(last_day(" + sum + ") AS TIMESTAMP) + (" + x +
			" - date_trunc('day', " + x + ")) ELSE " + sum + " END"
	})), nil
}

// buildMonthsBetween counts months; parts of one as 31sts.
func buildMonthsBetween(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	var list [2]string
	for i := range list {
		x, err := t.moment(a[i])
		if err != nil {
			return value{}, err
		}
		list[i] = t.as(x, typeTimestamp)
	}
	return of(typeDouble, let("{'x': "+list[0]+", 'y': "+list[1]+"}", func(v string) string {
		x, y := v+".x", v+".y"
		months := "date_diff('month', " + y + ", " + x + ")"
		clock := func(m string) string { return "date_part('epoch', " + m + " - date_trunc('day', " + m + "))" }
		return "CASE WHEN day(" + x + ") = day(" + y + ") OR (CAST(" + x + " AS DATE) = last_day(" + x + ") AND CAST(" + y + " AS DATE) = last_day(" + y + ")) THEN CAST(" +
			months + " AS DOUBLE) ELSE " + months + " + (day(" + x + ") - day(" + y + ") + (" + clock(x) + " - " + clock(y) + ") / 86400.0::DOUBLE) / 31.0::DOUBLE END"
	})), nil
}
