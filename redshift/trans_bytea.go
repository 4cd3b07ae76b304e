package redshift

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// castType parses the type of a cast, and tells when it is spelled bytea.
func (p *parser) castType() (typ Type, bytea bool, err error) {
	start := p.i
	typ, err = p.typeName()
	return typ, err == nil && p.i > start && p.tokens[p.i-1].kind == tokWord && p.tokens[p.i-1].val == "bytea", err
}

// castToBytea casts a constant or a parameter to PostgreSQL's type of bytes, whose
// text has escapes of its own; it is a VARBYTE then. Redshift has the type for
// nothing else.
func (t *translator) castToBytea(v value, pos int) (value, error) {
	switch {
	case v.param != 0, v.null, v.typ.Name == "varbyte":
		return t.cast(v, Type{Name: "varbyte"}, pos)
	case v.text == nil:
		return value{}, t.unsupported(pos, "type bytea is supported for constants only; use VARBYTE, TO_VARBYTE or FROM_HEX")
	}
	raw, ok := byteaBytes(*v.text)
	if !ok {
		return value{}, t.fail(pos, codeInvalidText, "invalid input syntax for type bytea")
	}
	return of(Type{Name: "varbyte"}, "from_hex('"+hex.EncodeToString(raw)+"')"), nil
}

// byteaBytes reads the text of a bytea: \x and hexadecimal digits, or bytes with
// \\ for a backslash and \ooo for the byte of an octal number.
func byteaBytes(s string) ([]byte, bool) {
	if digits, ok := strings.CutPrefix(s, `\x`); ok {
		raw, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
		return raw, err == nil
	}
	var raw []byte
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			raw = append(raw, s[i])
		case strings.HasPrefix(s[i+1:], `\`):
			raw = append(raw, '\\')
			i++
		default:
			if i+4 > len(s) {
				return nil, false
			}
			n, err := strconv.ParseUint(s[i+1:i+4], 8, 8)
			if err != nil {
				return nil, false
			}
			raw = append(raw, byte(n))
			i += 3
		}
	}
	return raw, true
}
