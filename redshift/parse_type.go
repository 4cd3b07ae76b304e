package redshift

import "strconv"

// typeName parses the name of a type with its parameters.
func (p *parser) typeName() (Type, error) {
	t := p.tok()
	if t.kind == tokQuoted {
		return p.quotedType(t)
	}
	if t.kind != tokWord {
		return Type{}, p.unexpected()
	}
	p.i++
	if (t.val == "pg_catalog" || t.val == "information_schema") && p.acceptOp(".") {
		return p.typeName()
	}
	name, ok := typeAliases[t.val]
	if !ok {
		return Type{}, errorAt(p.src, t.pos, codeUndefinedObject, "type \"%s\" does not exist", t.val)
	}
	typ, err := p.typeParameters(t, name)
	if err != nil {
		return Type{}, err
	}
	for p.isOp("[") && p.ahead(1).val == "]" {
		p.i += 2
		typ = Type{Name: typ.Name + "[]"}
	}
	return typ, nil
}

// quotedType parses "char", the one-byte type of the catalog, and other
// quoted names.
func (p *parser) quotedType(t token) (Type, error) {
	p.i++
	typ := Type{Name: `"char"`}
	if t.val != "char" {
		name, ok := typeAliases[lowerASCII(t.val)]
		if !ok {
			return Type{}, errorAt(p.src, t.pos, codeUndefinedObject, "type \"%s\" does not exist", t.val)
		}
		typ = Type{Name: name}
	}
	if p.isOp("[") && p.ahead(1).val == "]" {
		p.i += 2
		typ = Type{Name: typ.Name + "[]"}
	}
	return typ, nil
}

func (p *parser) typeParameters(t token, name string) (Type, error) {
	typ := Type{Name: name}
	switch name {
	case "double precision":
		if t.val == "float" && p.isOp("(") {
			bits, _, err := p.typeArgs(t)
			if err == nil && bits <= 24 {
				typ.Name = "real"
			}
			return typ, err
		}
	case "char", "varchar", "varbyte":
		if (t.val == "character" || t.val == "char" || t.val == "nchar" || t.val == "binary") && p.accept("varying") && name == "char" {
			typ.Name = "varchar"
		}
		return p.stringType(t, typ)
	case "numeric":
		typ.Precision = 18
		if p.isOp("(") {
			precision, scale, err := p.typeArgs(t)
			if err != nil {
				return Type{}, err
			}
			typ.Precision, typ.Scale = precision, scale
			if precision < 1 || precision > 38 {
				return Type{}, errorAt(p.src, t.pos, codeInvalidParameter, "NUMERIC precision %d must be between 1 and 38", precision)
			}
			if scale < 0 || scale > precision {
				return Type{}, errorAt(p.src, t.pos, codeInvalidParameter, "NUMERIC scale %d must be between 0 and precision %d", scale, precision)
			}
		}
	case "timestamp", "time":
		if p.isOp("(") {
			if _, _, err := p.typeArgs(t); err != nil {
				return Type{}, err
			}
		}
		if p.accept("with", "time", "zone") {
			typ.Name += "tz"
		} else {
			p.accept("without", "time", "zone")
		}
	case "interval":
		p.intervalUnit()
	}
	if t.val == "double" {
		return typ, p.expect("precision")
	}
	return typ, nil
}

// stringType parses the length of char, varchar and varbyte.
func (p *parser) stringType(t token, typ Type) (Type, error) {
	most := 65535
	switch typ.Name {
	case "char":
		typ.Length, most = 1, 4096
	case "varbyte":
		most = 16777216
	}
	if t.val == "bpchar" {
		typ.Length = 256
	}
	if !p.isOp("(") {
		return typ, nil
	}
	if n := p.ahead(1); n.kind == tokWord && n.val == "max" {
		p.i += 2
		typ.Length = most
		return typ, p.expectOp(")")
	}
	n, _, err := p.typeArgs(t)
	if err != nil {
		return Type{}, err
	}
	if n < 1 {
		return Type{}, errorAt(p.src, t.pos, codeInvalidParameter, "length for type %s must be at least 1", typ.Name)
	}
	if n > most {
		return Type{}, errorAt(p.src, t.pos, codeInvalidParameter, "length for type %s cannot exceed %d", typ.Name, most)
	}
	typ.Length = n
	return typ, nil
}

// typeArgs parses (n) or (n, m).
func (p *parser) typeArgs(t token) (n, m int, err error) {
	p.i++ // the parenthesis
	if n, err = p.smallInt(); err != nil {
		return 0, 0, err
	}
	if p.acceptOp(",") {
		if m, err = p.smallInt(); err != nil {
			return 0, 0, err
		}
	}
	return n, m, p.expectOp(")")
}

func (p *parser) smallInt() (int, error) {
	t := p.tok()
	n, err := strconv.Atoi(t.val)
	if t.kind != tokNumber || err != nil || n > 1<<30 {
		return 0, p.unexpected()
	}
	p.i++
	return n, nil
}
