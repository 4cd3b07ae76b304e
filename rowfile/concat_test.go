package rowfile

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"leat"
	"leat/source"
)

// batches is a source.Reader of given batches.
type batches struct {
	all [][]string
	err error // at the end
}

func (b *batches) Next(_ context.Context, limit source.Limit) (source.Batch, error) {
	if len(b.all) == 0 {
		return source.Batch{}, b.err
	}
	var batch source.Batch
	for _, data := range b.all[0] {
		batch.Records = append(batch.Records, leat.Record{Data: []byte(data)})
	}
	b.all = b.all[1:]
	return batch, nil
}

func (b *batches) Close() error { return nil }

func TestConcatGivesRecordsAsTheyCame(t *testing.T) {
	input := [][]string{{"{}", "", "a\nb"}, {strings.Repeat("x", 10_000)}, {"end"}}
	for _, delimiter := range []bool{false, true} {
		var want string
		for _, batch := range input {
			for _, data := range batch {
				want += data
				if delimiter {
					want += "\n"
				}
			}
		}
		for what, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "half": iotest.HalfReader,
		} {
			c := NewConcat(t.Context(), &batches{all: input, err: io.EOF}, "", delimiter)
			if any, err := c.Any(); err != nil || !any {
				t.Fatalf("Any is %v, %v", any, err)
			}
			got, err := io.ReadAll(wrap(c))
			if err != nil || string(got) != want {
				t.Errorf("%s, delimiter %v: got %d bytes, %v, want %d", what, delimiter, len(got), err, len(want))
			}
			if c.Records() != 5 || c.Bytes() != 10_008 {
				t.Errorf("%d records, %d bytes", c.Records(), c.Bytes())
			}
		}
	}
}

func TestConcatReportsTheSourcesError(t *testing.T) {
	cause := errors.New("broken")
	c := NewConcat(t.Context(), &batches{all: [][]string{{"a"}}, err: cause}, "", false)
	if got, err := io.ReadAll(c); !errors.Is(err, cause) || string(got) != "a" {
		t.Errorf("got %q, %v", got, err)
	}
	c = NewConcat(t.Context(), &batches{err: cause}, "", false)
	if any, err := c.Any(); any || !errors.Is(err, cause) {
		t.Errorf("Any is %v, %v", any, err)
	}
	c = NewConcat(t.Context(), &batches{err: io.EOF}, "", false)
	if any, err := c.Any(); any || err != nil {
		t.Errorf("Any of nothing is %v, %v", any, err)
	}
}

func TestGzipIsReadableAndAlwaysTheSame(t *testing.T) {
	for _, text := range []string{"", "x", strings.Repeat("hello, leat. ", 50_000)} {
		first, err := io.ReadAll(NewGzip(strings.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		second, err := io.ReadAll(iotest.HalfReader(NewGzip(iotest.OneByteReader(strings.NewReader(text)))))
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%d bytes: two compressions differ, %v", len(text), err)
		}
		r, err := gzip.NewReader(bytes.NewReader(first))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(r); err != nil || string(plain) != text {
			t.Errorf("%d bytes: came back as %d, %v", len(text), len(plain), err)
		}
	}
	cause := errors.New("broken")
	if _, err := io.ReadAll(NewGzip(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(cause)))); !errors.Is(err, cause) {
		t.Errorf("got %v, want the body's error", err)
	}
}
