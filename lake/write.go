package lake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"leat/duck"
	"leat/rowfile"
)

// Write writes one batch. An error means that the machine, the source or the
// context is at fault, and that the batch can be written again; what is wrong
// with the records is in the Result.
//
// When the memory is not enough, it writes smaller files, down to one record
// each.
func (w *Writer) Write(ctx context.Context, job Job) (Result, error) {
	for {
		largest := uint64(0)
		p := &program{job: job, columns: job.Columns}
		r, err := w.write(ctx, p, &largest)
		if err == nil {
			p.settled()
		}
		if duck.TypeOf(err) != duck.OutOfMemory {
			r.Bite = job.Bite
			return r, err
		}
		// What a database is after that is not worth finding out.
		err = errors.Join(err, w.stop())
		smaller := largest / 4
		if job.Bite > 0 {
			smaller = min(smaller, job.Bite/4)
		}
		if largest <= 1 || job.Bite == 1 {
			return Result{}, err
		}
		job.Bite = max(smaller, 1)
	}
}

// write is one attempt. largest becomes the size of the largest staged file of
// several records.
func (w *Writer) write(ctx context.Context, p *program, largest *uint64) (Result, error) {
	if err := w.Clear(); err != nil {
		return Result{}, err
	}
	if err := w.start(); err != nil {
		return Result{}, err
	}
	s, err := w.prepare(ctx, p, largest)
	if err != nil {
		return Result{}, err
	}
	if s, err = w.settleAll(ctx, p, s); err != nil {
		return Result{}, err
	}
	delivered, files, err := w.copy(ctx, p, s)
	if blames(err) {
		return w.writeGood(ctx, p, s)
	}
	if err != nil {
		return Result{}, err
	}
	return result(s, delivered, files)
}

// settleAll settles the program. Groups that the query does not take, or that
// make too many partitions, become failures.
func (w *Writer) settleAll(ctx context.Context, p *program, s *staging) (_ *staging, err error) {
	refused := p.settle(s)
	if len(refused) > 0 {
		if s, refused, err = w.exactly(ctx, p, s, refused); err != nil {
			return nil, err
		}
	}
	if p.found() && reflect.DeepEqual(p.kept, *p.job.Kept) {
		p.settled()
	}
	for _, g := range s.groups.all {
		if refused[g.id] != nil || g.lines == 0 {
			continue
		}
		switch err := w.tooManyPartitions(ctx, p, g); {
		case errors.Is(err, errTooMany):
			for _, all := range s.groups.all {
				refused[all.id] = err
			}
		case err != nil && !blames(err):
			return nil, err
		}
	}
	return w.refuse(ctx, p, s, refused)
}

// exactly stages the batch again where the query does not take some groups:
// records without a value must not fail because of others that have one that
// the query does not take.
func (w *Writer) exactly(ctx context.Context, p *program, s *staging, refused map[int]error) (*staging, map[int]error, error) {
	if s.pass.exactly || !p.found() || p.job.Select == nil {
		return s, refused, nil
	}
	how := s.pass
	how.exactly, how.refused = true, nil
	s, err := w.stage(ctx, p, how)
	if err != nil {
		return nil, nil, err
	}
	return s, p.settle(s), nil
}

// refuse stages the batch again without groups that the query does not take.
func (w *Writer) refuse(ctx context.Context, p *program, s *staging, refused map[int]error) (*staging, error) {
	if len(refused) == 0 {
		return s, nil
	}
	how := s.pass
	how.refused = refused
	s, err := w.stage(ctx, p, how)
	if err != nil {
		return nil, err
	}
	p.settle(s)
	return s, nil
}

// writeGood writes the batch without the records that make it fail.
func (w *Writer) writeGood(ctx context.Context, p *program, s *staging) (Result, error) {
	if err := w.start(); err != nil {
		return Result{}, err
	}
	refused, err := w.unusable(ctx, p, s)
	if err != nil {
		return Result{}, err
	}
	if len(refused) > 0 {
		if s, _, err = w.exactly(ctx, p, s, refused); err != nil {
			return Result{}, err
		}
		if refused, err = w.unusable(ctx, p, s); err != nil {
			return Result{}, err
		}
		if s, err = w.refuse(ctx, p, s, refused); err != nil {
			return Result{}, err
		}
	}
	bad, err := w.isolate(ctx, p, s.pass)
	if err != nil {
		return Result{}, err
	}
	how := s.pass
	how.bad = bad
	if s, err = w.stage(ctx, p, how); err != nil {
		return Result{}, err
	}
	p.settle(s)
	delivered, files, err := w.copy(ctx, p, s)
	if blames(err) {
		return w.failAll(ctx, p, err)
	}
	if err != nil {
		return Result{}, err
	}
	return result(s, delivered, files)
}

// unusable returns the groups that the query does not fit, whatever is in their
// columns: those that are refused already, and those that the engine refuses.
func (w *Writer) unusable(ctx context.Context, p *program, s *staging) (map[int]error, error) {
	refused := p.settle(s)
	for id, err := range s.refused {
		refused[id] = err
	}
	for _, g := range s.groups.all {
		if g.lines == 0 || refused[g.id] != nil {
			continue
		}
		stmt, err := w.conn.Prepare(ctx, p.rows(g))
		switch {
		case blames(err):
			refused[g.id] = err
		case err != nil:
			return nil, err
		default:
			stmt.Close()
		}
	}
	return refused, nil
}

// failAll makes all records that could be rows failures of the query.
func (w *Writer) failAll(ctx context.Context, p *program, cause error) (Result, error) {
	everything := func(uint64) (verdict, bool) {
		return verdict{kind: ProcessingFailed, code: "Query.Failed", message: plain(cause)}, true
	}
	s, err := w.stage(ctx, p, pass{bad: everything})
	if err != nil {
		return Result{}, err
	}
	p.settle(s)
	return result(s, 0, nil)
}

// plain is an error's text for a failure, without DuckDB's advice to change
// settings.
func plain(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// prepare stages the batch and finds out its columns.
func (w *Writer) prepare(ctx context.Context, p *program, largest *uint64) (s *staging, err error) {
	if p.job.first() {
		s, err = w.prepareFirst(ctx, p)
	} else {
		s, err = w.stage(ctx, p, pass{bite: p.job.Bite})
	}
	if err != nil {
		return nil, err
	}
	for _, g := range s.groups.all {
		if g.lines > 1 {
			*largest = max(*largest, g.bytes)
		}
	}
	if p.job.Columns == nil && p.job.Kept != nil {
		fields := s.lines.Fields()
		p.odd = map[string]bool{}
		for _, f := range fields {
			p.odd[f.Name] = f.Count(rowfile.Number) > 0
		}
		p.seen = p.job.Kept.with(fields)
		p.columns = p.seen.columns()
	}
	return s, nil
}

// copy writes the files of all groups.
func (w *Writer) copy(ctx context.Context, p *program, s *staging) (delivered uint64, files []File, err error) {
	if s.rows() == 0 {
		return 0, nil, nil
	}
	if err := w.start(); err != nil {
		return 0, nil, err
	}
	out := w.path("out")
	if err := errors.Join(os.RemoveAll(out), os.Mkdir(out, 0o755)); err != nil {
		return 0, nil, fmt.Errorf("write the batch: %w", err)
	}
	for i, g := range s.groups.all {
		if g.lines == 0 {
			continue
		}
		target := filepath.Join(out, fmt.Sprint(i))
		if len(p.job.Partitions) == 0 {
			target += "." + p.job.Format
		}
		n, err := w.copyGroup(ctx, p, g, target)
		if err != nil {
			return 0, nil, fmt.Errorf("write the batch: %w", err)
		}
		delivered += uint64(n)
		if n > 0 && len(p.job.Partitions) == 0 {
			files = append(files, File{Path: target, Part: len(files)})
		}
	}
	if len(p.job.Partitions) > 0 {
		files, err = partitionFiles(out, len(p.job.Partitions))
	}
	return delivered, files, err
}

func (w *Writer) copyGroup(ctx context.Context, p *program, g *group, target string) (int64, error) {
	if w.fault != nil {
		if err := w.fault(g); err != nil {
			return 0, err
		}
	}
	if _, err := w.exec(ctx, fmt.Sprintf("SET partitioned_write_flush_threshold = %d", w.flushRows(g, len(p.outputsOf(g))))); err != nil {
		return 0, err
	}
	return w.exec(ctx, p.copyTo(g, target))
}

// result puts together what became of a batch, and checks that it adds up.
func result(s *staging, delivered uint64, files []File) (Result, error) {
	r := Result{Read: s.read, Delivered: delivered, Lost: s.lost, Files: files, Failures: s.failures}
	for _, f := range s.failures {
		r.Quarantined += f.Records
	}
	if delivered > s.rows() || s.rows()+r.Quarantined != s.read {
		return Result{}, &duck.Error{Type: duck.Internal, Position: -1, Message: fmt.Sprintf(
			"the batch does not add up: %d records read, %d staged, %d delivered, %d failed", s.read, s.rows(), delivered, r.Quarantined)}
	}
	r.Dropped = s.rows() - delivered
	return r, nil
}
