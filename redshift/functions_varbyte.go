package redshift

// byteFormats are the names of the formats of FROM_VARBYTE and TO_VARBYTE, which
// may be written in any case.
var byteFormats = map[string]string{"utf8": "utf8", "utf-8": "utf8", "utf_8": "utf8", "hex": "hex", "binary": "binary", "base64": "base64"}

// buildVarbyte is FROM_VARBYTE(bytes, format) and TO_VARBYTE(text, format).
// Bytes that are no UTF-8 are an error, not a text.
func buildVarbyte(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	if len(a) != 2 || a[1].text == nil {
		return value{}, t.noFunction(c, a)
	}
	format := byteFormats[lowerASCII(*a[1].text)]
	if name == "from_varbyte" {
		bytes := t.as(a[0], typeVarbyte)
		switch format {
		case "utf8":
			return of(typeVarchar, "decode(", bytes, ")"), nil
		case "hex":
			return of(typeVarchar, "leat_hex(", bytes, ")"), nil
		case "binary":
			return of(typeVarchar, "leat_bits(", bytes, ")"), nil
		case "base64":
			return of(typeVarchar, "leat_base64(", bytes, ")"), nil
		}
	}
	if name == "to_varbyte" {
		text := t.asText(a[0])
		switch format {
		case "utf8":
			return of(typeVarbyte, "encode(", text, ")"), nil
		case "hex":
			return of(typeVarbyte, "unhex(", text, ")"), nil
		case "binary":
			return of(typeVarbyte, "leat_unbits(", text, ")"), nil
		case "base64":
			return of(typeVarbyte, "from_base64(", text, ")"), nil
		}
	}
	return value{}, t.fail(c.exprPos(), codeInvalidParameter, "invalid format \"%s\" for %s: use utf-8, hex, binary or base64", *a[1].text, name)
}
