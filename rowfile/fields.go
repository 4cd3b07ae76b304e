package rowfile

import "strings"

// RestField is the column of the fields that have none of their own: JSON text
// of an object, each field as it came.
const RestField = "leat_rest"

// restIndex is the field of RestField; noField is one that nobody asks for.
const (
	restIndex = 0
	noField   = -1
)

// Limits of names.
const (
	maxName  = 1024 // bytes of a column's name
	maxKnown = 8192 // spellings that are remembered
)

// Fields says what the fields of records become: columns.
type Fields struct {
	// Known are the columns there are already, in order.
	Known []string
	// Named are columns that a field becomes even beyond Max.
	Named []string
	// Max is how many columns fields may become in all. The fields beyond are
	// together in RestField. 0: any number; less: none but those in Known.
	Max int
	// Manual says that a record counts when Count is called, and not when it has
	// been scanned.
	Manual bool
	// Only says that no field becomes a column that is not in Known; the others
	// are left out.
	Only bool
	// Spelled keeps a new column in the spelling that its field came in first;
	// otherwise it is in lower case.
	Spelled bool
	// Plain are columns whose numbers are written in one way, without exponents
	// and without zeros that say nothing, so that a value has one text.
	Plain []string
	// Raw are columns in which the text of every value becomes a JSON string, but
	// that of null.
	Raw []string
	// First is the meaning of the first version of Leat: every spelling is a
	// field of its own, lines are the records as they came.
	First bool
}

// A Field is one column, and what its values were in the records that passed.
type Field struct {
	Name   string
	counts [kinds]uint64
	// Digits are those before a number's point, Scale those after it, at most,
	// of Int and Number; WideDigits and WideScale of Wide.
	Digits, Scale, WideDigits, WideScale int
}

// Count returns how often the field had values of a kind.
func (f *Field) Count(k Kind) uint64 { return f.counts[k] }

// Configure says what fields become; it is for before the first record.
func (s *Scanner) Configure(f Fields) {
	s.fields = fieldSet{Fields: f}
	s.fields.start()
}

// An Expect says which kinds of values a field may have. A record with another
// one is no row.
type Expect struct {
	Kinds uint16 // bits 1<<Kind
	Type  string // for the reason: "bigint"
}

var kindNames = [kinds]string{"null", "true or false", "a whole number", "a number", "a number", "a number", "text", "an object", "an array"}

// Expect sets what a field may hold from now on. It is for before the first
// record.
func (s *Scanner) Expect(name string, e Expect) {
	if s.fields.index == nil {
		s.fields.start()
	}
	if f, reason := s.fields.find([]byte(name)); reason == "" && f >= 0 {
		s.fields.expect[f] = e
	}
	s.fields.added, s.fields.spelled = len(s.fields.fields), s.fields.spelled[:0]
}

// Fields returns the columns that the records had, in the order they were seen
// first; RestField, if it is needed, comes last.
func (s *Scanner) Fields() []Field {
	var fields []Field
	for _, f := range s.fields.fields {
		if f.counts != ([kinds]uint64{}) {
			fields = append(fields, f)
		}
	}
	if len(fields) > 0 && fields[0].Name == RestField && !s.fields.First {
		fields = append(fields[1:], fields[0])
	}
	return fields
}

// Seen appends the columns of the last record, if it passed, as indexes that
// Name knows, each once.
func (s *Scanner) Seen(dst []int32) []int32 {
	rest := false
	for _, p := range s.fields.pending {
		switch {
		case p.field < 0:
		case p.field == restIndex && !s.fields.First:
			rest = true
		default:
			dst = append(dst, p.field)
		}
	}
	if rest {
		dst = append(dst, restIndex)
	}
	return dst
}

// Kinds appends the kinds of the values of the columns that Seen gives, but for
// RestField.
func (s *Scanner) Kinds(dst []Kind) []Kind {
	for _, p := range s.fields.pending {
		if p.field > restIndex || p.field == restIndex && s.fields.First {
			dst = append(dst, p.kind)
		}
	}
	return dst
}

// Name returns the name of a field that Seen gave.
func (s *Scanner) Name(field int32) string { return s.fields.fields[field].Name }

func quoteName(name []byte) string {
	if len(name) > 60 {
		name = name[:60]
	}
	return `"` + strings.ToValidUTF8(string(name), "�") + `"`
}
