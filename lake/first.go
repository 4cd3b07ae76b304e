package lake

import (
	"context"
	"fmt"
	"strings"

	"leat/rowfile"
)

// What is here is the meaning that batches had in the first version of Leat,
// which found columns in each batch alone. Batches that it had decided, and
// perhaps put in part, are delivered in that meaning: their objects must have
// the same keys.

// first tells whether a job is such a batch.
func (job *Job) first() bool { return job.Columns == nil && job.Kept == nil }

// inferFirst makes columns of the fields that the records of a batch have, in the
// order they were seen first:
//
//   - only whole numbers that fit 64 bits are BIGINT, other numbers DOUBLE;
//   - true and false are BOOLEAN, text is VARCHAR;
//   - objects and arrays, perhaps among other values, are JSON;
//   - a field that never has a value is VARCHAR.
//
// Where scalars are mixed, lenient makes the column VARCHAR, which holds all of
// them as text. Otherwise the kind that most records have wins (of as many, the
// one of BOOLEAN, numbers, text that comes first), and the records with another
// kind are no rows: a few wrong ones must not change what a query works on.
func inferFirst(fields []rowfile.Field, lenient bool) []Column {
	names := map[string]bool{}
	var columns []Column
	for _, f := range fields {
		columns = append(columns, Column{Field: f.Name, Name: uniqueName(names, f.Name), Type: inferType(f, lenient)})
	}
	return columns
}

func inferType(f rowfile.Field, lenient bool) string {
	if f.Count(rowfile.Object)+f.Count(rowfile.Array) > 0 {
		return JSON
	}
	number := double
	if f.Count(rowfile.Number) == 0 {
		number = bigint
	}
	best, most, kinds := varchar, uint64(0), 0
	for _, c := range []struct {
		typ   string
		count uint64
	}{
		{boolean, f.Count(rowfile.Bool)}, {number, f.Count(rowfile.Int) + f.Count(rowfile.Number)}, {varchar, f.Count(rowfile.Text)},
	} {
		if c.count > 0 {
			kinds++
		}
		if c.count > most {
			best, most = c.typ, c.count
		}
	}
	if kinds > 1 && lenient {
		return varchar
	}
	return best
}

// uniqueName gives fields that differ by case alone names that do not.
func uniqueName(taken map[string]bool, field string) string {
	name := field
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s_%d", field, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// prepareFirst stages the batch and finds out its columns.
func (w *Writer) prepareFirst(ctx context.Context, p *program) (*staging, error) {
	how := pass{bite: p.job.Bite}
	s, err := w.stage(ctx, p, how)
	if err != nil {
		return nil, err
	}
	fields := s.lines.Fields()
	lenient := p.job.Select == nil
	p.columns = inferFirst(fields, lenient)
	if lenient {
		return s, nil
	}
	p.strict = true
	for i, c := range p.columns {
		if c.excludes(fields[i]) {
			// Some records do not fit the columns of the others.
			return w.stage(ctx, p, how)
		}
	}
	return s, nil
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
