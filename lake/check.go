package lake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"leat/duck"
)

// MaxPartitions is how many partitions a batch may have. A query that makes
// more is a mistake: it would make a file of each record or two.
const MaxPartitions = 1000

// sampleRows is how many rows of a group are looked at for too many partitions.
const sampleRows = 8192

var errTooMany = errors.New("the query makes too many partitions")

// Check tells what is wrong with a job whose columns are given, without
// records: types that expressions do not take, partition keys that are no
// columns.
func (w *Writer) Check(ctx context.Context, job Job) error {
	p := &program{job: job, columns: job.Columns}
	g := &group{columns: job.Columns}
	if err := p.settleGroup(g); err != nil {
		return err
	}
	if err := w.Clear(); err != nil {
		return err
	}
	if err := w.start(); err != nil {
		return err
	}
	g.path = w.path("empty.json")
	if err := os.WriteFile(g.path, nil, 0o644); err != nil {
		return fmt.Errorf("check the query: %w", err)
	}
	stmt, err := w.conn.Prepare(ctx, p.rows(g))
	if err != nil {
		return err
	}
	stmt.Close()
	return nil
}

// tooManyPartitions looks at the first rows of a group, and returns an error
// when they make more partitions than a batch may have.
func (w *Writer) tooManyPartitions(ctx context.Context, p *program, g *group) error {
	if len(p.job.Partitions) == 0 || g.lines <= MaxPartitions {
		return nil
	}
	var names []string
	for _, name := range p.job.Partitions {
		names = append(names, duck.Identifier(name))
	}
	list := strings.Join(names, ", ")
	row, err := w.conn.Row(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT DISTINCT %s FROM (SELECT %s FROM (%s) LIMIT %d))", list, list, p.rows(g), sampleRows))
	if err != nil {
		return err
	}
	if n, ok := row[0].(int64); !ok || n > MaxPartitions {
		return fmt.Errorf("%w: the first %d records make %v of them, a batch may have %d", errTooMany, min(sampleRows, g.lines), row[0], MaxPartitions)
	}
	return nil
}
