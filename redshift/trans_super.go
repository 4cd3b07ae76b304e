package redshift

// superTo casts a SUPER value: in lax mode what does not fit is NULL.
func (t *translator) superTo(v value, typ Type) value {
	switch {
	case typ.Name == "super":
		return v
	case typ.isText():
		return of(typ, t.superScalarText(v))
	case typ.Name == "varbyte":
		return of(typ, "encode(", t.superScalarText(v), ")")
	}
	text := t.superText(v)
	if !t.set.CastSuperNullOnError {
		return of(typ, cast1(text, typ.Duck()))
	}
	return of(typ, tryCast(text, typ.Duck()))
}

// superText is a SUPER scalar as text; arrays and objects give their JSON,
// which no cast to a number or a date accepts.
func (t *translator) superText(v value) string {
	if v.doc == "" {
		return "json_extract_string(" + v.sql + ", '$')"
	}
	return v.ext.call("json_extract_string", v.doc, jsonPath(v.steps))
}

// superScalarText is a SUPER scalar as text; arrays, objects and JSON's null
// give NULL. The document is parsed once: json_value cuts out the scalar,
// the second call reads only that.
func (t *translator) superScalarText(v value) string {
	if v.doc == "" {
		return "json_extract_string(json_value(" + v.sql + ", '$'), '$')"
	}
	return "json_extract_string(" + v.ext.call("json_value", v.doc, jsonPath(v.steps)) + ", '$')"
}

// superNumber is a SUPER value in arithmetic: its number, NULL for what is none.
func (t *translator) superNumber(v value) value {
	return of(typeDouble, tryCast(cast1(v.out(), "VARCHAR"), "DOUBLE"))
}

// compareSuper compares SUPER with another type: values of different kinds
// are not equal, and in no order.
func (t *translator) compareSuper(op string, l, r value) value {
	var test, kind string
	json := l.out()
	switch {
	case r.typ.isText():
		right := unpadded(r)
		if op == "=" {
			// JSON of a scalar has one form, so its text can be compared.
			return of(typeBoolean, "(", json, " = to_json(", right, "))")
		}
		kind = "VARCHAR"
		test = t.superText(l) + " " + op + " " + right
		if op == "<>" {
			return of(typeBoolean, "(", json, " <> to_json(", right, "))")
		}
		return of(typeBoolean, "CASE WHEN json_type(", json, ") = '", kind, "' THEN ", test, " END")
	case r.typ.isNumber():
		number := t.superNumber(l).sql
		if op == "<>" {
			return of(typeBoolean, "CASE WHEN json_type(", json, ") <> 'NULL' THEN coalesce(", number, " <> ", r.out(), ", true) END")
		}
		return of(typeBoolean, "(", number, " ", op, " ", r.out(), ")")
	case r.typ.Name == "boolean":
		if op == "=" || op == "<>" {
			return of(typeBoolean, "(", json, " ", op, " to_json(", r.out(), "))")
		}
	}
	return of(typeBoolean, "(", t.superTo(l, r.typ).out(), " ", op, " ", r.out(), ")")
}

// compareSupers compares two SUPER values: by their JSON for equality, by kind
// for order.
func (t *translator) compareSupers(op string, l, r value) value {
	ls, rs := normalJSON(l), normalJSON(r)
	if op == "=" || op == "<>" {
		return of(typeBoolean, "(", ls, " ", op, " ", rs, ")")
	}
	ln, rn := t.superNumber(l).sql, t.superNumber(r).sql
	return of(typeBoolean, "CASE WHEN json_type(", ls, ") = 'VARCHAR' AND json_type(", rs, ") = 'VARCHAR' THEN ",
		t.superText(l), " ", op, " ", t.superText(r), " ELSE ", ln, " ", op, " ", rn, " END")
}

// normalJSON writes a value's JSON in one form: a stored document is as it
// came, with blanks and escapes.
func normalJSON(v value) string {
	if v.doc == "" {
		return "json_extract(" + v.sql + ", '$')"
	}
	return v.out()
}
