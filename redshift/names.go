package redshift

import "strings"

// An Ident is a name as written. Whether upper case matters is decided by the
// session when the statement runs, so the tree keeps both forms.
type Ident struct {
	Text   string // without quotes, case kept; "" when there is none
	Quoted bool
	// Position is the place, from 1, of a key's column that has no name.
	Position int
	pos      int
}

// Fold is the name under the session's case rules: lower case, except quoted
// names when enable_case_sensitive_identifier is on.
func (i Ident) Fold(set Settings) string {
	if i.Quoted && set.CaseSensitiveIdentifier {
		return i.Text
	}
	return lowerASCII(i.Text)
}

// foldStep is the key that a step into SUPER looks up.
func (i Ident) foldStep(set Settings) string {
	if i.Quoted && set.CaseSensitiveIdentifier || set.CaseSensitiveSuperAttribute {
		return i.Text
	}
	return lowerASCII(i.Text)
}

func (i Ident) empty() bool { return i.Text == "" }

// A Name is a possibly qualified name: object, schema.object or
// database.schema.object.
type Name struct {
	Parts []Ident
}

// Pos is the byte offset of the name in the source.
func (n Name) pos() int {
	if len(n.Parts) == 0 {
		return -1
	}
	return n.Parts[0].pos
}

// Fold gives schema and object under the session's case rules; schema is ""
// when not written. A database part is left out: there is one database.
func (n Name) Fold(set Settings) (schema, object string) {
	switch k := len(n.Parts); {
	case k == 0:
		return "", ""
	case k == 1:
		return "", n.Parts[0].Fold(set)
	default:
		return n.Parts[k-2].Fold(set), n.Parts[k-1].Fold(set)
	}
}

// String is the name folded to lower case, with dots, for messages.
func (n Name) String() string {
	var b strings.Builder
	for i, p := range n.Parts {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(lowerASCII(p.Text))
	}
	return b.String()
}

// quoteIdent writes a name as a DuckDB quoted identifier.
func quoteIdent(s string) string {
	if strings.IndexByte(s, '"') >= 0 {
		s = strings.ReplaceAll(s, `"`, `""`)
	}
	return `"` + s + `"`
}

// quoteString writes text as a DuckDB string constant.
func quoteString(s string) string {
	if strings.IndexByte(s, '\'') >= 0 {
		s = strings.ReplaceAll(s, "'", "''")
	}
	return "'" + s + "'"
}
