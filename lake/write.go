package lake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"leat/duck"
	"leat/rowfile"
)

// Write writes one batch. An error means that the machine, the source or the
// context is at fault, and that the batch can be written again; what is wrong
// with the records is in the Result.
func (w *Writer) Write(ctx context.Context, job Job) (Result, error) {
	if err := w.Clear(); err != nil {
		return Result{}, err
	}
	if err := w.start(); err != nil {
		return Result{}, err
	}
	p, s, err := w.prepare(ctx, job)
	if err != nil {
		return Result{}, err
	}
	if err := p.settle(); err != nil {
		return w.failAll(ctx, p, err)
	}
	for _, g := range s.groups.all {
		switch err := w.tooManyPartitions(ctx, p, g); {
		case errors.Is(err, errTooMany):
			return w.failAll(ctx, p, err)
		case err != nil && !blames(err):
			return Result{}, err
		}
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

// writeGood writes the batch without the records that make it fail.
func (w *Writer) writeGood(ctx context.Context, p *program, s *staging) (Result, error) {
	if err := w.start(); err != nil {
		return Result{}, err
	}
	stmt, err := w.conn.Prepare(p.rows(s.groups.all[0]))
	if blames(err) {
		// The query does not fit these columns, whatever is in them.
		return w.failAll(ctx, p, err)
	}
	if err != nil {
		return Result{}, err
	}
	stmt.Close()
	bad, err := w.isolate(ctx, p)
	if err != nil {
		return Result{}, err
	}
	if s, err = w.stage(ctx, p, false, bad); err != nil {
		return Result{}, err
	}
	delivered, files, err := w.copy(ctx, p, s)
	if blames(err) {
		return w.failAll(ctx, p, err)
	}
	if err != nil {
		return Result{}, err
	}
	return result(s, delivered, files)
}

// failAll makes all records that could be rows failures of the query.
func (w *Writer) failAll(ctx context.Context, p *program, cause error) (Result, error) {
	everything := func(uint64) (verdict, bool) {
		return verdict{kind: ProcessingFailed, code: "Query.Failed", message: plain(cause)}, true
	}
	s, err := w.stage(ctx, p, false, everything)
	if err != nil {
		return Result{}, err
	}
	return result(s, 0, nil)
}

// plain is an error's text for a failure, without DuckDB's advice to change
// settings.
func plain(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// prepare stages the batch and finds out its columns.
func (w *Writer) prepare(ctx context.Context, job Job) (*program, *staging, error) {
	p := &program{job: job, columns: job.Columns}
	s, err := w.stage(ctx, p, false, nil)
	if err != nil || job.Columns != nil {
		return p, s, err
	}
	fields := s.lines.Fields()
	lenient := job.Select == nil
	p.columns = Infer(fields, lenient)
	if lenient {
		return p, s, nil
	}
	p.strict = true
	for i, c := range p.columns {
		if c.excludes(fields[i]) {
			// Some records do not fit the columns of the others.
			s, err = w.stage(ctx, p, false, nil)
			break
		}
	}
	return p, s, err
}

// excludes tells whether a field has had values that its column does not take.
func (c Column) excludes(f rowfile.Field) bool {
	e := c.expect(true)
	for kind := rowfile.Null; kind <= rowfile.Array; kind++ {
		if e.Kinds != 0 && e.Kinds&(1<<kind) == 0 && f.Count(kind) > 0 {
			return true
		}
	}
	return false
}

// settle finds out the outputs, and checks that files can be made of them.
func (p *program) settle() error {
	if p.job.Select != nil {
		query, err := p.job.Select(p.columns)
		if err != nil {
			return err
		}
		p.query = &query
	}
	p.outputs = p.all()
	names := map[string]bool{}
	for _, o := range p.outputs {
		folded := strings.ToLower(o.Name)
		if names[folded] {
			return fmt.Errorf("two columns are called %q", o.Name)
		}
		names[folded] = true
	}
	for _, partition := range p.job.Partitions {
		if slices.ContainsFunc(p.outputs, func(o Output) bool { return o.Name == partition }) {
			continue
		}
		if p.query != nil {
			return fmt.Errorf("the partition key %q is not a column of the query", partition)
		}
		// A field that none of these records has.
		p.outputs = append(p.outputs, Output{Name: partition, Expr: "NULL", Text: partition})
	}
	if len(p.outputs) == len(p.job.Partitions) {
		return fmt.Errorf("nothing is left for the files: the records have no fields but the partition keys")
	}
	return nil
}

// all returns the query's outputs, or all columns.
func (p *program) all() []Output {
	if p.query != nil {
		return p.query.Outputs
	}
	var all []Output
	for _, c := range p.columns {
		output := Output{Name: c.Name, Expr: Records + "." + duck.Identifier(c.Name), Text: c.Name, Type: c.Type}
		if p.job.Columns == nil {
			output.Field = c.Field
		}
		all = append(all, output)
	}
	return all
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
