package rowfile

import "strconv"

// RowField is the field that a numbered line begins with.
const RowField = "leat_row"

// Lines makes lines of records that are to be rows, one document each, for a
// query engine to read, and tells the records that cannot be rows.
//
// A line has the columns' names. Its values are such that the engine cannot
// change them: whole numbers of 64 bits, true, false, null and text are as they
// came, the text of all others is a JSON string.
type Lines struct {
	Scanner
	line []byte
	rest []byte
}

// Line returns a record as a line, or says why it is no row. Both are valid
// until the next call.
func (l *Lines) Line(data []byte) ([]byte, *Fault) {
	if fault := l.Scan(data); fault != nil {
		return nil, fault
	}
	switch {
	case l.fields.First, l.fields.asIs && !l.fields.moved:
		l.line = AppendLine(l.line[:0], data)
	case !l.fields.moved:
		l.line = l.appendValues(l.line[:0])
	default:
		l.line = l.appendFields(append(l.line[:0], '{'))
	}
	return l.line, nil
}

// appendValues appends the record that was scanned, with values that are
// written in another way in the line, and the end of the line.
func (l *Lines) appendValues(dst []byte) []byte {
	s := &l.fields
	start, done := len(dst), int32(0)
	for i := range s.pending {
		p := &s.pending[i]
		if p.field < 0 || s.asItIs[p.field]&(1<<p.kind) != 0 {
			continue
		}
		dst = append(dst, l.data[done:p.value]...)
		dst = s.appendValue(dst, p, l.data[p.value:p.end])
		done = p.end
	}
	dst = append(dst, l.data[done:]...)
	blank(dst[start:], '\n')
	blank(dst[start:], '\r')
	return append(dst, '\n')
}

// appendValue appends a value as lines have it.
func (s *fieldSet) appendValue(dst []byte, p *sighting, value []byte) []byte {
	number := p.kind >= Number && p.kind <= Huge
	switch {
	case s.asItIs[p.field]&(1<<p.kind) != 0:
		return append(dst, value...)
	case number && p.kind != Huge && s.plain[p.field]:
		return append(appendPlain(append(dst, '"'), value), '"')
	case number:
		return append(append(append(dst, '"'), value...), '"')
	}
	return appendQuoted(dst, value)
}

// NumberedLine is Line with a number in front of the fields, as RowField.
func (l *Lines) NumberedLine(number uint64, data []byte) ([]byte, *Fault) {
	if fault := l.Scan(data); fault != nil {
		return nil, fault
	}
	l.line = append(l.line[:0], `{"`+RowField+`":`...)
	l.line = append(strconv.AppendUint(l.line, number, 10), ',')
	if l.fields.First {
		return l.firstNumbered(data), nil
	}
	l.line = l.appendFields(l.line)
	return l.line, nil
}

// appendFields appends the fields of the record that was scanned, in their
// columns, and the end of the line.
func (l *Lines) appendFields(dst []byte) []byte {
	s := &l.fields
	l.rest = l.rest[:0]
	for i := range s.pending {
		p := &s.pending[i]
		switch {
		case p.field < 0:
			continue
		case p.field == restIndex:
			l.rest = append(l.rest, ',')
			l.rest = append(l.rest, l.data[p.key:p.end]...)
			continue
		}
		dst = append(append(dst, s.quoted[p.field]...), ':')
		dst = append(s.appendValue(dst, p, l.data[p.value:p.end]), ',')
	}
	if len(l.rest) > 0 {
		l.rest[0] = '{'
		l.rest = append(l.rest, '}')
		dst = append(append(dst, s.quoted[restIndex]...), ':')
		dst = append(appendQuoted(dst, l.rest), ',')
	}
	if dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1]
	}
	return append(dst, "}\n"...)
}

// firstNumbered is a numbered line in the meaning of the first version.
func (l *Lines) firstNumbered(data []byte) []byte {
	line := AppendLine(nil, data)
	brace := 0 // perhaps after blanks
	for line[brace] != '{' {
		brace++
	}
	rest := line[brace+1:]
	next := 0
	for rest[next] == ' ' || rest[next] == '\t' {
		next++
	}
	if rest[next] == '}' {
		l.line = l.line[:len(l.line)-1] // the comma
	}
	l.line = append(l.line, rest...)
	return l.line
}
