package redshift

// superAggregate is an aggregate of SUPER values; ok is false for one that
// computes in DOUBLE, or on another type. Values count by what they are: 1 and 1.0 are one value,
// and JSON's null is NULL.
func superAggregate(name string, v value, c *Call, over string) (value, bool) {
	x := v.out()
	switch name {
	case "count":
		switch {
		case c.Approximate && c.Distinct:
			return of(typeBigint, "approx_count_distinct(", superKey(x), ")", over), true
		case c.Distinct:
			return of(typeBigint, "count(DISTINCT ", superKey(x), ")", over), true
		}
		return of(typeBigint, "count(", superPresent(v).sql, ")", over), true
	case "sum", "avg":
		if c.Distinct {
			x = "DISTINCT " + superNormal(v).sql
		}
		return of(typeSuper, "leat_json_", name, "(", x, ")", over), true
	case "min", "max":
		return of(typeSuper, "leat_json_unkeyed(", name, "(leat_json_keyed(", x, "))", over, ")"), true
	case "any_value":
		return of(typeSuper, "any_value(", superPresent(v).sql, ")", over), true
	}
	return value{}, false
}
