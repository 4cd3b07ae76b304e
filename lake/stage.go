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

	pass
	job     *Job
	failing failureFiles
	fields  []int32 // of the current record
	kinds   []rowfile.Kind
	marks   []mark
	classed []bool // by field: whether its classes are told apart
}

// A pass says how the records are to be staged.
type pass struct {
	numbered bool                         // for finding the bad ones
	bad      func(uint64) (verdict, bool) // knows records that are not to be rows
	exactly  bool                         // see grouping
	refused  map[int]error                // groups that the query does not take, by id
	bite     uint64                       // bytes of lines in a file; 0: any
}

// rows is how many records were staged.
func (s *staging) rows() uint64 {
	n := uint64(0)
	for _, g := range s.groups.all {
		n += g.lines
	}
	return n
}

// stage makes a pass over the records.
func (w *Writer) stage(ctx context.Context, p *program, how pass) (_ *staging, err error) {
	s := &staging{pass: how, job: &p.job, failing: failureFiles{writer: w, at: p.job.Attempted}}
	s.groups = grouping{limit: 1, exactly: how.exactly, seen: map[uint64]*group{}, add: w.newGroup}
	// Given columns are those of all files. Without partitions, a batch is one file.
	if p.job.Columns == nil && len(p.job.Partitions) > 0 && !(how.numbered && p.job.first()) {
		s.groups.limit = maxGroups
	}
	s.lines.Configure(p.job.fields())
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
	// Which group a record belongs to does not depend on the bad ones, except in
	// the first version's meaning.
	if v, bad := s.judge(number); bad && s.job.first() {
		return s.failing.add(*record, v)
	}
	s.fields = s.lines.Seen(s.fields[:0])
	g, err := s.groups.choose(s.fields, s.mark())
	if err != nil {
		return err
	}
	if v, bad := s.judge(number); bad {
		return s.failing.add(*record, v)
	}
	if cause := s.refused[g.id]; cause != nil {
		return s.failing.add(*record, verdict{kind: ProcessingFailed, code: "Query.Failed", message: plain(cause)})
	}
	if g.full(s.numbered, s.bite) {
		if g, err = s.groups.renew(g, s.bite > 0); err != nil {
			return err
		}
		g.join(s.fields)
		g.mark(s.marks)
	}
	if !s.job.first() {
		s.lines.Count()
	}
	return g.write(number, line)
}

func (s *staging) judge(number uint64) (verdict, bool) {
	if s.bad == nil {
		return verdict{}, false
	}
	return s.bad(number)
}

// mark returns the classes of the current record's values, where a query is to
// see them apart: in columns that it names; in JSON lines, which have no types,
// in all.
func (s *staging) mark() []mark {
	s.marks = s.marks[:0]
	if s.job.Kept == nil || s.job.Columns != nil || s.job.Select == nil {
		return nil
	}
	s.kinds = s.lines.Kinds(s.kinds[:0])
	for i, kind := range s.kinds {
		field := s.fields[i]
		for int(field) >= len(s.classed) {
			s.classed = append(s.classed, s.job.Format == JSONLines || s.job.named(s.lines.Name(int32(len(s.classed)))))
		}
		if c := classes[kind]; c != nothing && s.classed[field] {
			s.marks = append(s.marks, mark{field, c})
		}
	}
	return s.marks
}

// finish writes what is buffered.
func (s *staging) finish() (err error) {
	for _, g := range s.groups.all {
		if err := g.close(); err != nil {
			return fmt.Errorf("stage the batch: %w", err)
		}
		g.names, g.kinds = map[string]bool{}, map[string]class{}
		for f, has := range g.has {
			if has {
				name := s.lines.Name(int32(f))
				g.names[name], g.kinds[name] = true, g.class(int32(f))
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
