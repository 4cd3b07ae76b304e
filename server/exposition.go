package server

import (
	"bufio"
	"io"
	"math"
	"strconv"
	"strings"
)

// An exposition writes metrics in Prometheus' text format, version 0.0.4. Who
// made it flushes it. It writes tens of thousands of samples without garbage,
// since it shares its cores with the streams.
type exposition struct{ w *bufio.Writer }

func newExposition(w io.Writer) exposition { return exposition{bufio.NewWriterSize(w, 32<<10)} }

// family announces a metric; its samples must follow.
func (e exposition) family(name, kind, help string) {
	for _, part := range [...]string{"# HELP ", name, " ", help, "\n# TYPE ", name, " ", kind, "\n"} {
		e.w.WriteString(part)
	}
}

// sample writes one value; labels are pairs of name and value.
func (e exposition) sample(name string, value float64, labels ...string) {
	e.w.WriteString(name)
	separator := byte('{')
	for i := 0; i+1 < len(labels); i += 2 {
		e.w.WriteByte(separator)
		e.w.WriteString(labels[i])
		e.w.WriteString(`="`)
		labelEscapes.WriteString(e.w, strings.ToValidUTF8(labels[i+1], "\ufffd"))
		e.w.WriteByte('"')
		separator = ','
	}
	if len(labels) > 0 {
		e.w.WriteByte('}')
	}
	e.w.WriteByte(' ')
	e.w.Write(appendValue(e.w.AvailableBuffer(), value))
	e.w.WriteByte('\n')
}

// appendValue writes whole numbers as people read them.
func appendValue(dst []byte, value float64) []byte {
	if value == math.Trunc(value) && math.Abs(value) < 1<<53 {
		return strconv.AppendInt(dst, int64(value), 10)
	}
	return strconv.AppendFloat(dst, value, 'g', -1, 64)
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
