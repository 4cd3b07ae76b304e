package redshift

import "strings"

// Arrays are for = ANY and for the catalog: tables have none.

// arrayParameter settles a parameter that is an array whose elements are
// compared with v: they are of v's type, or text.
func (t *translator) arrayParameter(v, array value) (value, string) {
	v, typ := t.arrayOfSame(v)
	return v, t.settle(array, typ).sql
}

// arrayElements does the same for the text of a list.
func (t *translator) arrayElements(v value, list string) (value, string) {
	v, typ := t.arrayOfSame(v)
	return v, cast1(list, typ.Duck())
}

// arrayOfSame returns v and the type of an array whose elements compare with it.
func (t *translator) arrayOfSame(v value) (value, Type) {
	if v.param != 0 {
		v = t.settle(v, typeVarchar)
	}
	typ := Type{Name: v.typ.Name + "[]"}
	if _, ok := elementTypes[typ.Name]; !ok || v.typ.isText() {
		return of(typeVarchar, t.asText(v)), Type{Name: "varchar[]"}
	}
	return v, typ
}

// arrayConstant makes the text of a list of DuckDB's, ["a", NULL], of the text of
// an array of one dimension, {a,NULL}.
func arrayConstant(text string) (string, bool) {
	text = strings.TrimSpace(text)
	inner, ok := strings.CutPrefix(text, "{")
	inner, ok2 := strings.CutSuffix(inner, "}")
	if !ok || !ok2 {
		return "", false
	}
	if strings.TrimSpace(inner) == "" {
		return "[]", true
	}
	var words []string
	for {
		word, rest, ok := arrayElement(inner)
		if !ok {
			return "", false
		}
		words = append(words, word)
		if rest == "" {
			return "[" + strings.Join(words, ", ") + "]", true
		}
		inner = rest[1:]
	}
}

// arrayElement reads one element, up to the comma that begins the rest.
func arrayElement(text string) (word, rest string, ok bool) {
	var b strings.Builder
	text = strings.TrimLeft(text, " \t\n")
	quoted := strings.HasPrefix(text, `"`)
	i := 0
	if quoted {
		i = 1
	}
	for ; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
			continue
		case quoted && c == '"':
			rest = strings.TrimLeft(text[i+1:], " \t\n")
			return quoteElement(b.String()), rest, rest == "" || rest[0] == ','
		case quoted:
		case c == ',':
			return bareElement(b.String(), text[i:])
		case c == '{' || c == '}' || c == '"':
			return "", "", false
		}
		b.WriteByte(c)
	}
	if quoted {
		return "", "", false
	}
	return bareElement(b.String(), "")
}

func bareElement(word, rest string) (string, string, bool) {
	word = strings.TrimRight(word, " \t\n")
	if strings.EqualFold(word, "null") {
		return "NULL", rest, true
	}
	return quoteElement(word), rest, word != ""
}

func quoteElement(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
