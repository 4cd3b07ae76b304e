package rowfile

import "strings"

// MaxFields is how many different fields the records of one batch may have at
// their top level. A record that brings more is no row.
const MaxFields = 1000

// A Field is one field of the top level, and how often it had a value of each
// kind in the records that passed.
type Field struct {
	Name   string
	counts [kinds]uint64
}

// Count returns how often the field had values of a kind.
func (f *Field) Count(k Kind) uint64 { return f.counts[k] }

// A fieldSet is the fields seen so far, in the order they were seen first.
type fieldSet struct {
	fields []Field
	seen   []uint64 // by field: the last record it was seen in
	next   []int32  // by field: the field that followed it last time
	expect []Expect // by field; Kinds 0: anything
	first  int32    // the first field of the last record
	index  map[string]int32
	record uint64

	pending []sighting // of the record that is being scanned
}

// A sighting is one field of a record.
type sighting struct {
	field int32
	kind  Kind
}

func (s *fieldSet) begin() {
	s.record++
	s.pending = s.pending[:0]
}

// see notes a field of the current record. The result is a reason to refuse
// the record, or "".
func (s *fieldSet) see(name []byte, kind Kind) string {
	// Records tend to have the fields of the one before, in the same order.
	guess := &s.first
	if n := len(s.pending); n > 0 {
		guess = &s.next[s.pending[n-1].field]
	}
	f := *guess
	if int(f) >= len(s.fields) || s.fields[f].Name != string(name) {
		var reason string
		if f, reason = s.find(name); reason != "" {
			return reason
		}
		// find may have moved the memory that guess points to.
		if n := len(s.pending); n > 0 {
			s.next[s.pending[n-1].field] = f
		} else {
			s.first = f
		}
	}
	if s.seen[f] == s.record {
		return "the field " + quoteName(name) + " occurs twice"
	}
	if e := &s.expect[f]; e.Kinds&(1<<kind) == 0 && e.Kinds != 0 {
		return "the field " + quoteName(name) + " is " + kindNames[kind] + ", not " + e.Type
	}
	s.seen[f] = s.record
	s.pending = append(s.pending, sighting{field: f, kind: kind})
	return ""
}

// find returns a field by name, a new one if need be.
func (s *fieldSet) find(name []byte) (int32, string) {
	if f, ok := s.index[string(name)]; ok {
		return f, ""
	}
	switch {
	case len(name) == 0:
		return 0, "a field has an empty name"
	case len(name) > 1024:
		return 0, "a field's name is longer than 1024 bytes"
	case strings.ContainsRune(string(name), 0):
		return 0, "a field's name holds the character NUL"
	case len(s.fields) >= MaxFields:
		return 0, "the records of the batch have more than 1000 different fields"
	}
	if s.index == nil {
		s.index = map[string]int32{}
	}
	f := int32(len(s.fields))
	s.fields = append(s.fields, Field{Name: string(name)})
	s.seen = append(s.seen, 0)
	s.expect = append(s.expect, Expect{})
	s.next = append(s.next, 0)
	s.index[string(name)] = f
	return f, ""
}

// commit counts the fields of a record that has passed.
func (s *fieldSet) commit() {
	for _, p := range s.pending {
		s.fields[p.field].counts[p.kind]++
	}
}

// An Expect says which kinds of values a field may have. A record with another
// one is no row.
type Expect struct {
	Kinds uint8  // bits 1<<Kind
	Type  string // for the reason: "bigint"
}

var kindNames = [kinds]string{"null", "true or false", "a whole number", "a number", "text", "an object", "an array"}

// Expect sets what a field may hold from now on. It is for before the first
// record.
func (s *Scanner) Expect(name string, e Expect) {
	if f, reason := s.fields.find([]byte(name)); reason == "" {
		s.fields.expect[f] = e
	}
}

// Fields returns the fields of the records that passed, in the order they were
// seen first.
func (s *Scanner) Fields() []Field {
	var fields []Field
	for _, f := range s.fields.fields {
		if f.counts != ([kinds]uint64{}) {
			fields = append(fields, f)
		}
	}
	return fields
}

// Seen appends the fields of the last record, if it passed, as indexes that
// Name knows.
func (s *Scanner) Seen(dst []int32) []int32 {
	for _, p := range s.fields.pending {
		dst = append(dst, p.field)
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
