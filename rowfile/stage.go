package rowfile

import "strconv"

// RowField is the field that a numbered line begins with.
const RowField = "leat_row"

// Lines makes lines of records that are to be rows, one document each, for a
// query engine to read, and tells the records that cannot be rows.
type Lines struct {
	Scanner
	line []byte
}

// Line returns a record as a line, or says why it is no row. Both are valid
// until the next call.
func (l *Lines) Line(data []byte) ([]byte, *Fault) {
	if fault := l.Scan(data); fault != nil {
		return nil, fault
	}
	l.line = AppendLine(l.line[:0], data)
	return l.line, nil
}

// NumberedLine is Line with a number in front of the fields, as RowField.
func (l *Lines) NumberedLine(number uint64, data []byte) ([]byte, *Fault) {
	line, fault := l.Line(data)
	if fault != nil {
		return nil, fault
	}
	brace := 0 // perhaps after blanks
	for line[brace] != '{' {
		brace++
	}
	rest := line[brace+1:]
	numbered := append([]byte(`{"`+RowField+`":`), strconv.AppendUint(nil, number, 10)...)
	next := 0
	for rest[next] == ' ' || rest[next] == '\t' {
		next++
	}
	if rest[next] != '}' {
		numbered = append(numbered, ',')
	}
	return append(numbered, rest...), nil
}
