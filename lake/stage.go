package lake

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"leat"
	"leat/rowfile"
	"leat/source"
)

// readBytes is how much of the source is read at once.
const readBytes = 4 << 20

// A verdict is why a record is not to be a row.
type verdict struct {
	kind, code, message string
}

// A staging is one pass over the batch's records: the good ones become lines of
// files, the others failures.
type staging struct {
	lines    rowfile.Lines
	groups   grouping
	read     uint64
	lost     uint64
	failures []Failures

	numbered bool
	bad      func(uint64) (verdict, bool) // knows records that are not to be rows
	failing  failureFiles
	fields   []int32 // of the current record
}

// rows is how many records were staged.
func (s *staging) rows() uint64 {
	n := uint64(0)
	for _, g := range s.groups.all {
		n += g.lines
	}
	return n
}

// stage makes a pass. bad, if given, knows records, by number, that are not to
// be rows. A numbered stage is for finding them; it is one group.
func (w *Writer) stage(ctx context.Context, p *program, numbered bool, bad func(uint64) (verdict, bool)) (_ *staging, err error) {
	s := &staging{numbered: numbered, bad: bad, failing: failureFiles{writer: w, at: p.job.Attempted}}
	s.groups = grouping{limit: 1, seen: map[uint64]*group{}, add: w.newGroup}
	// Given columns are those of all files. Without partitions, a batch is one file.
	if p.job.Columns == nil && len(p.job.Partitions) > 0 && !numbered {
		s.groups.limit = maxGroups
	}
	for _, c := range p.columns {
		if p.strict || p.job.Columns != nil {
			s.lines.Expect(c.Field, c.expect(p.strict))
		}
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.records(ctx, p.job); err != nil {
		return nil, err
	}
	return s, s.finish()
}

// newGroup makes the file of a group. DuckDB remembers files it has read: no
// name is used twice.
func (w *Writer) newGroup() (*group, error) {
	w.stages++
	file, err := os.Create(w.path(fmt.Sprintf("records-%d.json", w.stages)))
	if err != nil {
		return nil, err
	}
	return &group{path: file.Name(), file: file, out: bufio.NewWriterSize(file, 64<<10)}, nil
}

// records reads all records of the batch.
func (s *staging) records(ctx context.Context, job Job) error {
	reader, err := job.Open(ctx)
	if err != nil {
		return err
	}
	defer reader.Close()
	for {
		batch, err := reader.Next(ctx, source.Limit{Bytes: readBytes, Until: job.Until})
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the batch: %w", err)
		}
		s.lost += batch.Lost
		for i := range batch.Records {
			if err := s.record(&batch.Records[i]); err != nil {
				return fmt.Errorf("stage the batch: %w", err)
			}
		}
	}
}

func (s *staging) record(record *leat.Record) error {
	number := s.read
	s.read++
	var line []byte
	var fault *rowfile.Fault
	if s.numbered {
		line, fault = s.lines.NumberedLine(number, record.Data)
	} else {
		line, fault = s.lines.Line(record.Data)
	}
	if fault != nil {
		return s.failing.add(*record, verdict{
			kind: ConversionFailed, code: "DataFormatConversion.MalformedData",
			message: fmt.Sprintf("%s (byte %d)", fault.Reason, fault.Offset),
		})
	}
	if s.bad != nil {
		if v, ok := s.bad(number); ok {
			return s.failing.add(*record, v)
		}
	}
	s.fields = s.lines.Seen(s.fields[:0])
	g, err := s.groups.choose(s.fields)
	if err != nil {
		return err
	}
	if g.full(s.numbered) {
		if g, err = s.groups.renew(g); err != nil {
			return err
		}
	}
	return g.write(number, line)
}

// finish writes what is buffered.
func (s *staging) finish() (err error) {
	for _, g := range s.groups.all {
		if err := g.close(); err != nil {
			return fmt.Errorf("stage the batch: %w", err)
		}
		g.names = map[string]bool{}
		for f, has := range g.has {
			if has {
				g.names[s.lines.Name(int32(f))] = true
			}
		}
	}
	if s.failures, err = s.failing.finish(); err != nil {
		return fmt.Errorf("stage the batch: %w", err)
	}
	return nil
}

func (s *staging) close() error {
	errs := []error{s.failing.close()}
	for _, g := range s.groups.all {
		errs = append(errs, g.close())
	}
	return errors.Join(errs...)
}
