package redshift

import "strings"

// shown is a value as a client gets it. Its DuckDB type is made exactly the
// one that its Redshift type promises.
func (t *translator) shown(v value) string {
	switch {
	case v.typ.isReg():
		return t.regText(v)
	case v.typ.Name == "geometry":
		return geometryText(v.out())
	case v.typ.isUnknown(), v.typ.isText(), v.isSuper(), v.typ.Name == "varbyte", v.typ.Name == "boolean":
		return v.out()
	case v.typ.Duck() == "":
		return v.out()
	}
	duck := v.typ.Duck()
	if v.num && v.typ.Name == "integer" || isColumnRef(v.sql) || isCast(v.sql, duck) {
		return v.sql
	}
	return cast1(v.out(), duck)
}

// isCast tells SQL that is a cast to a type already.
func isCast(sql, duck string) bool {
	return (strings.HasPrefix(sql, "CAST(") || strings.HasPrefix(sql, "TRY_CAST(")) && strings.HasSuffix(sql, " AS "+duck+")")
}

// shownType is the type a client is told.
func shownType(typ Type) Type {
	switch {
	case typ.isReg(), typ.Name == "geometry":
		return typeVarchar
	}
	return typ
}

// isColumnRef tells SQL of the form "alias"."column" or "column": columns have
// their type.
func isColumnRef(sql string) bool {
	if len(sql) < 3 || sql[0] != '"' || sql[len(sql)-1] != '"' {
		return false
	}
	inside := false
	dots := 0
	for i := 0; i < len(sql); i++ {
		switch c := sql[i]; {
		case c == '"':
			inside = !inside
		case inside:
		case c == '.':
			dots++
		default:
			return false
		}
	}
	return dots <= 1 && !inside
}
