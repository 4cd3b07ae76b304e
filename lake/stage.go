package lake

import (
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
// a file, the others failures.
type staging struct {
	path     string
	stage    *rowfile.Stage
	read     uint64
	lost     uint64
	failures []Failures
}

// stage makes a pass. bad, if given, knows records, by number, that are not to
// be rows. A numbered stage is for finding them.
func (w *Writer) stage(ctx context.Context, p *program, numbered bool, bad func(uint64) (verdict, bool)) (_ *staging, err error) {
	// DuckDB remembers files it has read: no name is used twice.
	w.stages++
	out, err := os.Create(w.path(fmt.Sprintf("records-%d.json", w.stages)))
	if err != nil {
		return nil, fmt.Errorf("stage the batch: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	s := &staging{path: out.Name(), stage: rowfile.NewStage(out, numbered)}
	for _, c := range p.columns {
		if p.strict || p.job.Columns != nil {
			s.stage.Scanner().Expect(c.Field, c.expect(p.strict))
		}
	}
	failing := failureFiles{writer: w, at: p.job.Attempted}
	defer func() { err = errors.Join(err, failing.close()) }()

	reader, err := p.job.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	for {
		batch, err := reader.Next(ctx, source.Limit{Bytes: readBytes, Until: p.job.Until})
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the batch: %w", err)
		}
		s.lost += batch.Lost
		for i := range batch.Records {
			number := s.read
			s.read++
			if err := s.add(number, &batch.Records[i], bad, &failing); err != nil {
				return nil, fmt.Errorf("stage the batch: %w", err)
			}
		}
	}
	if err := s.stage.Flush(); err != nil {
		return nil, fmt.Errorf("stage the batch: %w", err)
	}
	s.failures, err = failing.finish()
	return s, err
}

func (s *staging) add(number uint64, record *leat.Record, bad func(uint64) (verdict, bool), failing *failureFiles) error {
	if bad != nil {
		if v, ok := bad(number); ok {
			// A record that is not even JSON says so, whatever else is wrong.
			if fault := s.stage.Scanner().Scan(record.Data); fault == nil {
				return failing.add(*record, v)
			}
		}
	}
	fault, err := s.stage.Add(number, record.Data)
	if fault != nil {
		return failing.add(*record, verdict{
			kind: ConversionFailed, code: "DataFormatConversion.MalformedData",
			message: fmt.Sprintf("%s (byte %d)", fault.Reason, fault.Offset),
		})
	}
	return err
}
