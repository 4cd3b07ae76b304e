package redshift

// A geometry is a point for now: a DuckDB struct of x and y. It prints as text
// and cannot be stored.

// geometryBuilder finds the builder of a spatial function.
func geometryBuilder(name string) builder {
	switch name {
	case "st_point", "st_makepoint":
		return func(t *translator, c *Call, a []value) (value, error) {
			if len(a) != 2 {
				return value{}, t.noFunction(c, a)
			}
			x, y := t.as(a[0], typeDouble), t.as(a[1], typeDouble)
			return of(typeGeometry, "{'x': CAST(", x, " AS DOUBLE), 'y': CAST(", y, " AS DOUBLE)}"), nil
		}
	case "st_x", "st_y":
		return func(t *translator, c *Call, a []value) (value, error) {
			if len(a) != 1 || a[0].typ.Name != "geometry" {
				return value{}, t.noFunction(c, a)
			}
			return of(typeDouble, "(", a[0].out(), ")['", name[3:], "']"), nil
		}
	case "st_astext", "st_aswkt":
		return func(t *translator, c *Call, a []value) (value, error) {
			if len(a) != 1 || a[0].typ.Name != "geometry" {
				return value{}, t.noFunction(c, a)
			}
			return of(typeVarchar, geometryText(a[0].out())), nil
		}
	case "st_distancesphere":
		return buildDistanceSphere
	}
	return nil
}

// geometryText is a point as well-known text.
func geometryText(sql string) string {
	return let(sql, func(v string) string {
		number := func(axis string) string {
			return "regexp_replace(CAST(" + v + "['" + axis + "'] AS VARCHAR), '\\.0$', '')"
		}
		return "('POINT(' || " + number("x") + " || ' ' || " + number("y") + " || ')')"
	})
}

// buildDistanceSphere is the distance in metres on a sphere of radius 6370986
// m, or the radius given: x is the longitude and y the latitude, whatever the
// caller meant. A negative radius is an error.
func buildDistanceSphere(t *translator, c *Call, a []value) (value, error) {
	for i := range a {
		if i < 2 && a[i].null {
			a[i] = of(typeGeometry, "CAST(NULL AS STRUCT(x DOUBLE, y DOUBLE))")
		}
	}
	if len(a) != 2 && len(a) != 3 || a[0].typ.Name != "geometry" || a[1].typ.Name != "geometry" {
		return value{}, t.noFunction(c, a)
	}
	radius := "6370986.0"
	if len(a) == 3 {
		r := t.as(a[2], typeDouble)
		radius = "CASE WHEN " + r + " < 0 THEN " + raise(codeInvalidParameter, "ST_DistanceSphere: radius must not be negative", "DOUBLE") + " ELSE " + r + " END"
	}
	angle := let("{'p': "+a[0].out()+", 'q': "+a[1].out()+"}", func(v string) string {
		at := func(point, axis string) string { return "radians(" + v + "['" + point + "']['" + axis + "'])" }
		return "2 * asin(sqrt(pow(sin((" + at("q", "y") + " - " + at("p", "y") + ") / 2), 2) + cos(" + at("p", "y") + ") * cos(" + at("q", "y") +
			") * pow(sin((" + at("q", "x") + " - " + at("p", "x") + ") / 2), 2)))"
	})
	return of(typeDouble, "(", radius, " * ", angle, ")"), nil
}
