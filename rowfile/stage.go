package rowfile

import (
	"bufio"
	"io"
	"strconv"
)

// RowField is the field that a numbered stage adds in front of each line.
const RowField = "leat_row"

// A Stage writes records that are to be rows as lines for a query engine to
// read, one document each, and tells the ones that cannot be rows.
type Stage struct {
	out      *bufio.Writer
	scanner  Scanner
	line     []byte
	numbered bool

	lines   uint64
	bytes   uint64
	longest int
}

// NewStage returns a stage that writes to w. A numbered one adds the number of
// the record, as given to Add, to each line as RowField.
func NewStage(w io.Writer, numbered bool) *Stage {
	return &Stage{out: bufio.NewWriterSize(w, 256<<10), numbered: numbered}
}

// Scanner is what looks at the records: it knows their fields.
func (s *Stage) Scanner() *Scanner { return &s.scanner }

// Add writes a record, or says why it is no row; then nothing is written. The
// error is the writer's.
func (s *Stage) Add(number uint64, data []byte) (*Fault, error) {
	if fault := s.scanner.Scan(data); fault != nil {
		return fault, nil
	}
	s.line = AppendLine(s.line[:0], data)
	if s.numbered {
		s.line = s.number(number)
	}
	s.lines++
	s.bytes += uint64(len(s.line))
	s.longest = max(s.longest, len(s.line))
	_, err := s.out.Write(s.line)
	return nil, err
}

// number puts the record's number behind the brace that the line begins with,
// perhaps after blanks.
func (s *Stage) number(number uint64) []byte {
	line := s.line
	brace := 0
	for line[brace] != '{' {
		brace++
	}
	rest := line[brace+1:]
	numbered := append([]byte(`{"`+RowField+`":`), strconv.AppendUint(nil, number, 10)...)
	for i := range rest {
		switch rest[i] {
		case ' ', '\t':
			continue
		case '}':
		default:
			numbered = append(numbered, ',')
		}
		break
	}
	return append(numbered, rest...)
}

// Lines returns how many records were written, Bytes their length as lines, and
// Longest that of the longest line.
func (s *Stage) Lines() uint64 { return s.lines }
func (s *Stage) Bytes() uint64 { return s.bytes }
func (s *Stage) Longest() int  { return s.longest }

// Flush writes what is buffered.
func (s *Stage) Flush() error { return s.out.Flush() }
