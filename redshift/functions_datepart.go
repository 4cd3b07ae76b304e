package redshift

// datePartArguments reads the arguments of EXTRACT and DATE_PART.
func (t *translator) datePartArguments(c *Call, a []value) (part string, x value, err error) {
	if len(a) != 2 {
		return "", value{}, t.noFunction(c, a)
	}
	if part, err = t.part(c, a[0]); err != nil {
		return "", value{}, err
	}
	if x, err = t.moment(a[1]); err != nil {
		return "", value{}, err
	}
	if x.typ.isNumber() || x.typ.Name == "boolean" {
		return "", value{}, t.noFunction(c, a)
	}
	return part, x, nil
}

// buildExtract is EXTRACT: whole numbers, of the named part alone.
func buildExtract(t *translator, c *Call, a []value) (value, error) {
	part, x, err := t.datePartArguments(c, a)
	if err != nil {
		return value{}, err
	}
	if part == "epoch" {
		return of(typeBigint, "CAST(floor(date_part('epoch', ", x.out(), ")) AS BIGINT)"), nil
	}
	return of(typeInteger, "CAST(", partNumber(part, x.out()), " AS INTEGER)"), nil
}

// buildDatePart is DATE_PART: DOUBLE PRECISION, seconds and epoch with their
// fraction.
func buildDatePart(t *translator, c *Call, a []value) (value, error) {
	part, x, err := t.datePartArguments(c, a)
	if err != nil {
		return value{}, err
	}
	switch part {
	case "epoch":
		return of(typeDouble, "CAST(date_part('epoch', ", x.out(), ") AS DOUBLE)"), nil
	case "second":
		// DuckDB's microseconds count from the minute.
		return of(typeDouble, "(date_part('microsecond', ", x.out(), ") / 1000000.0::DOUBLE)"), nil
	}
	return of(typeDouble, "CAST(", partNumber(part, x.out()), " AS DOUBLE)"), nil
}

// partNumber is one part of a moment as a number. Milliseconds and microseconds
// count from the second, DuckDB's from the minute; the first decade of our
// calendar is 1, and has nine years.
func partNumber(part, x string) string {
	switch part {
	case "millisecond":
		return "(date_part('millisecond', " + x + ") % 1000)"
	case "microsecond":
		return "(date_part('microsecond', " + x + ") % 1000000)"
	case "decade":
		return "(floor(date_part('year', " + x + ") / 10) + 1)"
	}
	return "date_part('" + part + "', " + x + ")"
}

// buildDateTrunc is DATE_TRUNC: a timestamp, at the start of the part. Weeks
// begin on Monday.
func buildDateTrunc(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	part, err := t.part(c, a[0])
	if err != nil {
		return value{}, err
	}
	x, err := t.moment(a[1])
	if err != nil {
		return value{}, err
	}
	typ := typeTimestamp
	if x.typ.Name == "timestamptz" {
		typ = typeTimestamptz
	}
	if x.typ.isNumber() || part == "epoch" || part == "dow" || part == "doy" {
		return value{}, t.noFunction(c, a)
	}
	x = of(typ, t.as(x, typ))
	if part == "century" || part == "millennium" { // these begin with year 1, DuckDB's with year 0
		return of(typ, "(date_trunc('", part, "', ", x.out(), " - to_years(1)) + to_years(1))"), nil
	}
	return of(typ, "date_trunc('", part, "', ", x.out(), ")"), nil
}

// buildNextDay is NEXT_DAY(x, day): the first such day after x.
func buildNextDay(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	if a[1].text == nil {
		return value{}, t.unsupported(c.exprPos(), "NEXT_DAY is supported with a constant day only")
	}
	name := lowerASCII(*a[1].text)
	for i, day := range []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"} {
		if len(name) >= 2 && len(name) <= len(day) && day[:len(name)] == name {
			x, err := t.moment(a[0])
			if err != nil {
				return value{}, err
			}
			date := cast1(t.as(x, typeTimestamp), "DATE")
			return of(typeDate, let(date, func(d string) string {
				return "(" + d + " + CAST((" + itoa(i) + " - date_part('dow', " + d + ") + 6) % 7 + 1 AS INTEGER))"
			})), nil
		}
	}
	return value{}, t.fail(c.exprPos(), codeInvalidParameter, "not a valid day of the week: \"%s\"", *a[1].text)
}
