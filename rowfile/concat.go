package rowfile

import (
	"context"
	"errors"
	"io"

	"leat/source"
)

// readBytes is how much of a source is read at once.
const readBytes = 1 << 20

// Concat reads the data of a range of records, one after the other, as the
// producers sent it. Read it once; it does not close the source's reader.
type Concat struct {
	ctx       context.Context
	reader    source.Reader
	until     source.Position
	delimiter bool

	batch source.Batch
	next  int    // record of batch to read from
	rest  []byte // of the current record
	tail  bool   // the current record's delimiter is still to come
	err   error

	records uint64
	bytes   uint64
	lost    uint64
}

// NewConcat returns a reader of the records from where reader is up to until.
// With delimiter, a newline follows each record. The context is for the reads
// of the source.
func NewConcat(ctx context.Context, reader source.Reader, until source.Position, delimiter bool) *Concat {
	return &Concat{ctx: ctx, reader: reader, until: until, delimiter: delimiter}
}

// Records returns how many records have been read so far, and Bytes the length
// of their data, without delimiters.
func (c *Concat) Records() uint64 { return c.records }
func (c *Concat) Bytes() uint64   { return c.bytes }

// Lost returns how many records retention had dropped, as the source counts
// them: perhaps beyond the end of the range.
func (c *Concat) Lost() uint64 { return c.lost }

// Any reads the first records and tells whether there are some. It is for use
// before Read.
func (c *Concat) Any() (bool, error) {
	if err := c.fill(); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return c.next < len(c.batch.Records), nil
}

// fill gets the next records when all of the last ones are used up.
func (c *Concat) fill() error {
	if c.err == nil && c.next >= len(c.batch.Records) {
		c.next = 0
		c.batch, c.err = c.reader.Next(c.ctx, source.Limit{Bytes: readBytes, Until: c.until})
		c.lost += c.batch.Lost
	}
	return c.err
}

// Read implements io.Reader.
func (c *Concat) Read(p []byte) (n int, err error) {
	for n < len(p) {
		switch {
		case len(c.rest) > 0:
			m := copy(p[n:], c.rest)
			n, c.rest = n+m, c.rest[m:]
		case c.tail:
			p[n], c.tail = '\n', false
			n++
		case c.next < len(c.batch.Records):
			c.rest, c.tail = c.batch.Records[c.next].Data, c.delimiter
			c.next++
			c.records++
			c.bytes += uint64(len(c.rest))
		case n > 0:
			return n, nil // give what there is before waiting for the source
		default:
			if err := c.fill(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}
