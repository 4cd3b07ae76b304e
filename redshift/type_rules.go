package redshift

// rank orders the number types: the result of an operation has the higher one.
func (t Type) rank() int {
	switch t.Name {
	case "smallint":
		return 1
	case "integer":
		return 2
	case "bigint", "oid":
		return 3
	case "numeric":
		return 4
	case "real":
		return 5
	case "double precision":
		return 6
	}
	return 0
}

// asNumeric gives an integer type the precision it needs as numeric.
func (t Type) asNumeric() Type {
	switch t.Name {
	case "smallint":
		return Type{Name: "numeric", Precision: 5}
	case "integer":
		return Type{Name: "numeric", Precision: 10}
	case "bigint", "oid":
		return Type{Name: "numeric", Precision: 19}
	case "numeric":
		if t.Precision == 0 {
			return Type{Name: "numeric", Precision: 18}
		}
	}
	return t
}

// numeric makes a numeric type of at most 38 digits.
func numeric(precision, scale int) Type {
	if precision > 38 {
		scale = max(scale-(precision-38), min(scale, 4))
		precision = 38
	}
	return Type{Name: "numeric", Precision: precision, Scale: min(scale, precision)}
}

// widest is the type that holds values of both: of CASE, UNION, COALESCE.
func widest(a, b Type) Type {
	switch {
	case a.isUnknown():
		return b
	case b.isUnknown():
		return a
	case a == b && (a.Name == "name" || a.Name == `"char"`): // the catalog's own
		return a
	case a.Name == "super" || b.Name == "super":
		return typeSuper
	case a.isNumber() && b.isNumber():
		return widestNumber(a, b)
	case a.isText() && b.isText():
		if a.Length == 0 || b.Length == 0 {
			return typeVarchar
		}
		return Type{Name: "varchar", Length: max(a.Length, b.Length)}
	case a.isStamp() && b.Name == "date", b.isStamp() && a.Name == "date", a.isStamp() && b.isStamp():
		if a.Name == "timestamptz" || b.Name == "timestamptz" {
			return typeTimestamptz
		}
		return typeTimestamp
	case a.Name == b.Name:
		if a.Length < b.Length {
			return b
		}
		return a
	case a.isText() || b.isText():
		return typeVarchar
	}
	return typeUnknown
}

// meet tells whether values of both can stand in one column.
func meet(a, b Type) bool {
	switch {
	case a.isUnknown() || b.isUnknown():
		return true
	case a.Name == "super":
		return b.Name == "super" || b.isText() || b.isNumber() || b.Name == "boolean"
	case b.Name == "super":
		return meet(b, a)
	case ordinary(a) && ordinary(b):
		return !widest(a, b).isUnknown()
	}
	return true
}

// ordinary are the types of users' tables, without those of the catalog.
func ordinary(typ Type) bool {
	return typ.isNumber() && typ.Name != "oid" || typ.isText() || typ.isStamp() ||
		typ.Name == "boolean" || typ.Name == "date" || typ.Name == "time" || typ.Name == "timetz" || typ.Name == "interval" || typ.Name == "varbyte"
}

func widestNumber(a, b Type) Type {
	if a.rank() < b.rank() {
		a, b = b, a
	}
	if a.Name != "numeric" {
		if a.Name == "real" && b.Name == "numeric" {
			return typeDouble
		}
		return a
	}
	a, b = a.asNumeric(), b.asNumeric()
	scale := max(a.Scale, b.Scale)
	whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
	return numeric(whole+scale, scale)
}

// textBound is how many bytes v has at most as text; 0 when that is not known.
func textBound(v value) int {
	switch {
	case v.most > 0:
		return v.most
	case v.text != nil:
		return max(len(*v.text), 1)
	case v.typ.isText():
		return v.typ.Length
	case v.typ.isNumber(), v.typ.isStamp(), v.typ.Name == "boolean", v.typ.Name == "date", v.typ.Name == "time", v.typ.Name == "timetz":
		return 64
	}
	return 0
}

// commonType folds a value into the type found so far; constants adapt.
func commonType(typ Type, v value) Type {
	switch {
	case v.param != 0 && v.typ.isUnknown(), v.null:
		return typ
	case v.text != nil:
		if typ.isUnknown() || typ.isText() {
			return typeVarchar
		}
		return typ
	case typ.isText() && typ.Length == 0 && !v.typ.isText() && !v.typ.isUnknown():
		// So far there were only string constants, perhaps.
		return v.typ
	}
	return widest(typ, v.typ)
}

// unify brings values to one type, as CASE, COALESCE and IN need.
func (t *translator) unify(vs []value) (Type, []string) {
	typ := typeUnknown
	constants := true
	for _, v := range vs {
		if v.constant() || v.param != 0 && v.typ.isUnknown() {
			continue
		}
		constants = false
		if !meet(typ, v.typ) {
			t.fails(t.fail(t.at, codeDatatypeMismatch, "types %s and %s cannot be matched", typ, v.typ))
		}
		typ = widest(typ, v.typ)
	}
	if constants {
		for _, v := range vs {
			if v.text != nil {
				typ = typeVarchar
			}
		}
	}
	if typ.Name == "varchar" { // a constant may be longer than the columns
		for _, v := range vs {
			if v.text != nil && typ.Length > 0 && len(*v.text) > typ.Length {
				typ.Length = len(*v.text)
			}
		}
	}
	list := make([]string, len(vs))
	for i, v := range vs {
		list[i] = t.unified(v, typ)
	}
	return typ, list
}

func (t *translator) unified(v value, typ Type) string {
	switch {
	case v.param != 0 || v.constant():
		return t.settle(v, typ).out()
	case typ.Name == "super" && !v.isSuper():
		return t.toSuper(v)
	case typ.Name == "timestamp" && v.typ.Name == "date", typ.Name == "timestamptz" && v.typ.Name != "timestamptz":
		return cast1(v.out(), typ.Duck())
	case typ.isText() && !v.typ.isText() && !v.typ.isUnknown():
		return t.asText(v)
	}
	return v.out()
}
