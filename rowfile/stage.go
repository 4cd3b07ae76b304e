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
	if l.fields.First || l.fields.asIs {
		l.line = AppendLine(l.line[:0], data)
	} else {
		l.line = l.appendFields(append(l.line[:0], '{'))
	}
	return l.line, nil
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
		value := l.data[p.value:p.end]
		switch {
		case s.asItIs[p.field]&(1<<p.kind) != 0:
			dst = append(dst, value...)
		case s.plain[p.field] && (p.kind == Number || p.kind == Wide):
			dst = append(appendPlain(append(dst, '"'), value), '"')
		default:
			dst = appendQuoted(dst, value)
		}
		dst = append(dst, ',')
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
