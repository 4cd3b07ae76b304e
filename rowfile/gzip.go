package rowfile

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
)

// A Gzip reads another reader's bytes compressed. The stream names no file and
// no time: the same bytes compress to the same bytes.
type Gzip struct {
	from   io.Reader
	buffer []byte
	packed bytes.Buffer
	writer *gzip.Writer
	err    error
}

// NewGzip returns a reader of from's bytes, compressed.
func NewGzip(from io.Reader) *Gzip {
	g := &Gzip{from: from, buffer: make([]byte, 64<<10)}
	g.writer = gzip.NewWriter(&g.packed)
	return g
}

// Read implements io.Reader.
func (g *Gzip) Read(p []byte) (int, error) {
	for g.packed.Len() == 0 {
		if g.err != nil {
			return 0, g.err
		}
		// Whole blocks: what comes out must not depend on how it comes in.
		n, err := io.ReadFull(g.from, g.buffer)
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		// Writes go to memory, and cannot fail.
		g.writer.Write(g.buffer[:n])
		if err == io.EOF {
			g.writer.Close()
		}
		g.err = err
	}
	return g.packed.Read(p)
}
