package redshift

// Object identifiers are numbers in DuckDB. Their types say how they print and
// what a name cast to them is; macros of the schema leat_pg know both.

// isReg tells the types of object identifiers that print as names.
func (t Type) isReg() bool {
	switch t.Name {
	case "regclass", "regtype", "regproc", "regnamespace", "regrole":
		return true
	}
	return false
}

// castReg casts to or from an identifier type.
func (t *translator) castReg(v value, typ Type) (value, error) {
	switch {
	case v.param != 0:
		v = t.settle(v, typeVarchar)
		return of(typ, "leat_pg.to_", typ.Name, "(", v.sql, ")"), nil
	case v.null:
		return of(typ, "CAST(NULL AS BIGINT)"), nil
	case typ.isReg() && v.typ.isText():
		return of(typ, "leat_pg.to_", typ.Name, "(", v.out(), ")"), nil
	case typ.isReg():
		return of(typ, cast1(v.out(), "BIGINT")), nil
	case typ.isText():
		return of(typ, t.regText(v)), nil
	}
	return of(typ, cast1(v.out(), typ.Duck())), nil
}

// regText is the name of an identifier.
func (t *translator) regText(v value) string {
	return "leat_pg." + v.typ.Name + "_name(" + v.out() + ")"
}
