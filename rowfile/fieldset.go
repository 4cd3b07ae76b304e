package rowfile

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A fieldSet is the columns that are known, and what the current record has.
type fieldSet struct {
	Fields
	fields []Field
	quoted [][]byte // by field: the name as a JSON string
	simple []bool   // by field: the name is that string without escapes
	plain  []bool   // by field: of Fields.Plain
	asItIs []uint16 // by field: the kinds of values, as bits, that lines have as records do
	seen   []uint64 // by field: the last record it was seen in
	at     []int32  // by field: its place in pending then
	next   []int32  // by field: the field that followed it last time
	expect []Expect // by field; Kinds 0: anything
	first  int32    // the first field of the last record
	index  map[string]int32
	folded map[string]int32
	named  map[string]bool
	record uint64

	pending []sighting // of the record that is being scanned
	asIs    bool       // the record's own text is its line
	moved   bool       // a field has another name, or another place, in the line
	added   int        // how many fields there were before the record
	spelled []string   // what the record added to index
}

// A sighting is one field of a record.
type sighting struct {
	field        int32
	key, end     int32 // of the field in the record, from the name's quote on
	value        int32 // where its value starts
	kind         Kind
	exact        bool // spelled as the column is
	digits, wide int8 // of a number: before and after the point
}

// start makes the columns that are known.
func (s *fieldSet) start() {
	s.index, s.folded, s.named = map[string]int32{}, map[string]int32{}, map[string]bool{}
	for _, name := range s.Named {
		s.named[strings.ToLower(name)] = true
	}
	switch {
	case s.Only:
		s.add("") // the place of RestField, which there is none of
	case !s.First:
		s.add(RestField)
	}
	for _, name := range s.Known {
		if _, ok := s.folded[strings.ToLower(name)]; !ok {
			s.add(name)
		}
	}
}

func (s *fieldSet) add(name string) int32 {
	f := int32(len(s.fields))
	quoted := appendQuoted(nil, []byte(name))
	same := func(other string) bool { return strings.EqualFold(other, name) }
	asItIs := uint16(asItCame)
	if slices.ContainsFunc(s.Raw, same) {
		asItIs = 1 << Null
	}
	s.fields = append(s.fields, Field{Name: name})
	s.quoted = append(s.quoted, quoted)
	s.simple = append(s.simple, len(quoted) == len(name)+2)
	s.plain, s.asItIs = append(s.plain, slices.ContainsFunc(s.Plain, same)), append(s.asItIs, asItIs)
	s.seen, s.at, s.next = append(s.seen, 0), append(s.at, 0), append(s.next, 0)
	s.expect = append(s.expect, Expect{})
	if !s.First {
		s.folded[strings.ToLower(name)] = f
	}
	s.remember(name, f)
	return f
}

func (s *fieldSet) remember(name string, f int32) {
	if s.First || len(s.index) < maxKnown && len(name) <= maxName {
		s.index[name] = f
		s.spelled = append(s.spelled, name)
	}
}

func (s *fieldSet) begin() {
	if s.index == nil {
		s.start()
	}
	s.record++
	s.pending, s.spelled = s.pending[:0], s.spelled[:0]
	s.asIs, s.moved, s.added = true, false, len(s.fields)
}

// undo forgets what a record added that is none.
func (s *fieldSet) undo() {
	for _, name := range s.spelled {
		delete(s.index, name)
	}
	for _, f := range s.fields[s.added:] {
		delete(s.folded, strings.ToLower(f.Name))
	}
	n := s.added
	s.fields, s.quoted, s.simple = s.fields[:n], s.quoted[:n], s.simple[:n]
	s.plain, s.asItIs = s.plain[:n], s.asItIs[:n]
	s.seen, s.at, s.next, s.expect = s.seen[:n], s.at[:n], s.next[:n], s.expect[:n]
	s.pending = s.pending[:0]
}

// see notes a field of the current record. The result is a reason to refuse
// the record, or "".
func (s *fieldSet) see(name []byte, escaped bool, seen sighting) string {
	// Records tend to have the fields of the one before, in the same order.
	guess := s.first
	last := len(s.pending) - 1
	if last >= 0 && s.pending[last].field >= 0 {
		guess = s.next[s.pending[last].field]
	}
	f := guess
	seen.exact = true
	if int(f) >= len(s.fields) || s.fields[f].Name != string(name) || f == restIndex && !s.First {
		var reason string
		if f, reason = s.find(name); reason != "" {
			return reason
		}
		seen.exact = f >= 0 && s.fields[f].Name == string(name)
		if last >= 0 && s.pending[last].field >= 0 {
			s.next[s.pending[last].field] = max(f, 0)
		} else if last < 0 {
			s.first = max(f, 0)
		}
	}
	if f == restIndex && s.Only {
		f = noField
	}
	seen.field = f
	if f > restIndex || s.First {
		if s.seen[f] == s.record {
			if reason := s.again(name, &seen); reason != "" {
				return reason
			}
		}
	}
	if f = seen.field; f >= 0 {
		if e := &s.expect[f]; e.Kinds&(1<<seen.kind) == 0 && e.Kinds != 0 {
			return "the field " + quoteName(name) + " is " + kindNames[seen.kind] + ", not " + e.Type
		}
		if f != restIndex || s.First {
			s.seen[f], s.at[f] = s.record, int32(len(s.pending))
		}
		s.moved = s.moved || f == restIndex || escaped || !seen.exact || !s.simple[f]
		s.asIs = s.asIs && s.asItIs[f]&(1<<seen.kind) != 0
	} else if escaped || asItCame&(1<<seen.kind) == 0 {
		s.moved = true
	}
	s.pending = append(s.pending, seen)
	return ""
}

// again decides about a column's second field in one record: the one that is
// spelled as the column is has it, otherwise the first; the other one goes to
// RestField.
func (s *fieldSet) again(name []byte, seen *sighting) string {
	s.moved = true
	before := &s.pending[s.at[seen.field]]
	switch {
	case s.First || s.Only && before.exact == seen.exact:
		return "the field " + quoteName(name) + " occurs twice"
	case s.Only && before.exact:
		seen.field = noField
	case s.Only:
		before.field = noField
	case seen.exact && !before.exact:
		before.field = restIndex
	default:
		seen.field = restIndex
	}
	return ""
}

// find returns a field's column, a new one if need be.
func (s *fieldSet) find(name []byte) (int32, string) {
	if f, ok := s.index[string(name)]; ok {
		return f, ""
	}
	if s.First {
		return s.findFirst(name)
	}
	folded := strings.ToLower(string(name))
	f, ok := s.folded[folded]
	switch {
	case ok:
	case s.Only:
		f = noField
	case folded == "" || folded == RowField || len(folded) > maxName || strings.ContainsRune(folded, 0) || !utf8.ValidString(folded):
		f = restIndex
	case s.Max == 0 || s.Max > 0 && len(s.fields) <= s.Max || s.named[folded]:
		if !s.Spelled {
			f = s.add(folded)
			if folded != string(name) {
				s.remember(string(name), f)
			}
			return f, ""
		}
		return s.add(string(name)), ""
	default:
		f = restIndex
	}
	s.remember(string(name), f)
	return f, ""
}

// commit counts the fields of a record that has passed.
func (s *fieldSet) commit() {
	rest := false
	for i := range s.pending {
		p := &s.pending[i]
		if p.field == restIndex && !s.First {
			rest = true
			continue
		}
		if p.field < 0 {
			continue
		}
		f := &s.fields[p.field]
		f.counts[p.kind]++
		switch p.kind {
		case Int, Number:
			f.Digits, f.Scale = max(f.Digits, int(p.digits)), max(f.Scale, int(p.wide))
		case Wide:
			f.WideDigits, f.WideScale = max(f.WideDigits, int(p.digits)), max(f.WideScale, int(p.wide))
		}
	}
	if rest {
		s.fields[restIndex].counts[Object]++
	}
}
