package redshift

func (t *translator) castExpr(x *Cast, sc *scope) (value, error) {
	v, err := t.expr(x.X, sc)
	if err != nil {
		return value{}, err
	}
	if x.Bytea {
		return t.castToBytea(v, x.exprPos())
	}
	return t.cast(v, x.Type, x.exprPos())
}

// cast is an explicit cast.
func (t *translator) cast(v value, typ Type, pos int) (value, error) {
	switch {
	case typ.isReg() || v.typ.isReg():
		return t.castReg(v, typ)
	case typ.Duck() == "":
		return value{}, t.unsupported(pos, "type %s is not supported", typ)
	case v.param != 0:
		w := t.settle(v, typ)
		if typ.isText() && typ.Length > 0 {
			return t.limited(w, typ), nil
		}
		return w, nil
	case v.null:
		return value{sql: cast1("NULL", typ.Duck()), typ: typ, null: true}, nil
	}
	switch typ.Name {
	case "super":
		return t.castToSuper(v, pos)
	case "varbyte":
		return t.castToVarbyte(v, pos)
	case "varchar", "char", "name", `"char"`:
		return t.castToText(v, typ, pos)
	case "geometry":
		if v.typ.Name == "geometry" {
			return v, nil
		}
		return value{}, t.cannotCast(v, typ, pos)
	}
	switch {
	case v.isSuper():
		return t.superTo(v, typ), nil
	case v.typ.Name == "varbyte":
		return value{}, t.cannotCast(v, typ, pos)
	case v.text != nil && typ.Name == "interval":
		return t.interval(&IntervalLiteral{at(pos), *v.text, ""})
	case v.text != nil && typ.isMoment():
		return t.momentConstant(*v.text, typ, pos)
	case typ.isNumber() && (v.typ.isStamp() || v.typ.Name == "date"):
		return value{}, t.cannotCast(v, typ, pos)
	}
	return of(typ, cast1(v.out(), typ.Duck())), nil
}

func (t *translator) cannotCast(v value, typ Type, pos int) error {
	return t.fail(pos, codeCannotCoerce, "cannot cast type %s to %s", v.typ, typ)
}

func (t *translator) castToSuper(v value, pos int) (value, error) {
	switch {
	case v.isSuper():
		return v, nil
	case v.typ.dynamic():
		return of(typeSuper, t.toSuper(v)), nil
	}
	return value{}, t.cannotCast(v, typeSuper, pos)
}

func (t *translator) castToVarbyte(v value, pos int) (value, error) {
	switch {
	case v.typ.Name == "varbyte":
		return v, nil
	case v.typ.isText():
		return of(typeVarbyte, "encode(", v.out(), ")"), nil
	case v.isSuper():
		return t.superTo(v, typeVarbyte), nil
	}
	return value{}, t.cannotCast(v, typeVarbyte, pos)
}

// castToText casts to varchar or char, cutting to the length of the type.
func (t *translator) castToText(v value, typ Type, pos int) (value, error) {
	if v.text != nil {
		if typ.Length == 0 || len(*v.text) <= typ.Length {
			w := v
			w.typ, w.text = typ, nil
			if typ.Name == "char" {
				w.text = v.text
				w.sql = unpadded(v)
			}
			return w, nil
		}
	}
	return t.limited(of(t.textType(v, typ), t.toText(v).sql), typ), nil
}

// textType is the type of v as text, before a cast limits it.
func (t *translator) textType(v value, typ Type) Type {
	if v.typ.isText() {
		return v.typ
	}
	return typeVarchar
}

// toText writes a value as text the way Redshift prints it.
func (t *translator) toText(v value) value {
	switch {
	case v.isSuper():
		return t.superTo(v, typeVarchar)
	case v.typ.Name == "varbyte":
		return of(typeVarchar, "decode(", v.out(), ")")
	case v.typ.isText():
		return of(v.typ, v.out())
	case v.typ.isFloat():
		return of(typeVarchar, "regexp_replace(CAST(", v.out(), " AS VARCHAR), '\\.0$', '')")
	case v.typ.isReg():
		return of(typeVarchar, t.regText(v))
	case v.typ.Name == "geometry":
		return of(typeVarchar, geometryText(v.out()))
	}
	return of(typeVarchar, cast1(v.out(), "VARCHAR"))
}

// limited cuts text to the bytes that a type holds, at a character's end.
func (t *translator) limited(v value, typ Type) value {
	if typ.Length == 0 || v.typ.isText() && v.typ.Length > 0 && v.typ.Length <= typ.Length {
		return of(typ, v.out())
	}
	s := v.out()
	if typ.Name == "char" {
		s = trimBlanks(s)
	}
	return of(typ, cutBytes(s, typ.Length))
}

// trimBlanks leaves out the blanks at the end of a CHAR. DuckDB's rtrim without
// characters would leave out all white space, such as U+00A0, which is text.
func trimBlanks(sql string) string { return "rtrim(" + sql + ", ' ')" }

// cutBytes cuts text to n bytes, at a character's end. DuckDB's functions trust
// text to be UTF-8, so it is never cut as bytes; see bytes_text.go.
func cutBytes(s string, n int) string { return "leat_cut(" + s + ", " + itoa(n) + ")" }
