package pgwire

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"leat/redshift"
)

// An encoder appends a value that is not NULL in one of the protocol's formats.
type encoder func(dst []byte, v any) ([]byte, error)

// A zone is where timestamps with time zone are shown.
type zone struct{ *time.Location }

// resultFormats reads the session's settings that results are written by.
func (c *conn) resultFormats() resultFormats {
	name := c.sess.Parameter("TimeZone")
	if c.formats.zone.Location == nil || c.zoneName != name {
		c.zoneName = name
		c.formats.zone = loadZone(name)
	}
	digits, _ := strconv.Atoi(c.sess.Parameter("extra_float_digits"))
	c.formats.floatDigits = digits
	return c.formats
}

func loadZone(name string) zone {
	loc, err := time.LoadLocation(name)
	if err != nil {
		// The session knows names that this machine's zone files do not.
		return zone{time.UTC}
	}
	return zone{loc}
}

// textEncoder writes values of type t as Redshift prints them.
func textEncoder(t redshift.Type, f resultFormats) encoder {
	switch t.Name {
	case "real":
		return func(dst []byte, v any) ([]byte, error) { return appendFloat(dst, v, 6, 32, f.floatDigits) }
	case "double precision":
		return func(dst []byte, v any) ([]byte, error) { return appendFloat(dst, v, 15, 64, f.floatDigits) }
	case "date":
		return appendDate
	case "timestamp":
		return appendTimestamp
	case "timestamptz":
		return func(dst []byte, v any) ([]byte, error) { return appendTimestampTZ(dst, v, f.zone) }
	case "char":
		return func(dst []byte, v any) ([]byte, error) { return appendChar(dst, v, t.Length) }
	}
	return appendText
}

// appendText writes the values that print alike in every type.
func appendText(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		// Nothing that is stored should be anything else; what is must not get
		// to clients, who would trip over it or take it for something.
		if !utf8.ValidString(v) {
			return nil, errorf("22021", "a value is not valid UTF-8: %s …", hexBytes(v[:min(len(v), 16)]))
		}
		return append(dst, v...), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case int32:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int16:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case bool:
		if v {
			return append(dst, 't'), nil
		}
		return append(dst, 'f'), nil
	case []byte:
		// VARBYTE: hexadecimal without prefix.
		return hex.AppendEncode(dst, v), nil
	case float64:
		return appendFloat(dst, v, 15, 64, 0)
	case float32:
		return appendFloat(dst, v, 6, 32, 0)
	case time.Duration:
		return appendTime(dst, v), nil
	case time.Time:
		return appendTimestamp(dst, v)
	}
	return nil, errorf("XX000", "a value of Go type %T cannot be written as text", v)
}

// appendChar pads CHAR with blanks to its length, as Redshift returns it.
func appendChar(dst []byte, v any, length int) ([]byte, error) {
	start := len(dst)
	dst, err := appendText(dst, v)
	for err == nil && len(dst)-start < length {
		dst = append(dst, ' ')
	}
	return dst, err
}

// appendFloat prints digits+extra significant digits: the type's sure ones
// by default, as extra_float_digits asks otherwise. With a positive setting it prints
// the fewest digits that read back as the same number.
func appendFloat(dst []byte, v any, digits, bits, extra int) ([]byte, error) {
	var f float64
	switch v := v.(type) {
	case float64:
		f = v
	case float32:
		f = float64(v)
	default:
		return appendText(dst, v)
	}
	switch {
	case f != f:
		return append(dst, "NaN"...), nil
	case f > maxFloat:
		return append(dst, "Infinity"...), nil
	case f < -maxFloat:
		return append(dst, "-Infinity"...), nil
	}
	if extra <= 0 {
		return strconv.AppendFloat(dst, f, 'g', max(digits+extra, 1), bits), nil
	}
	start := len(dst)
	for precision := digits; ; precision++ {
		dst = strconv.AppendFloat(dst[:start], f, 'g', precision, bits)
		if back, err := strconv.ParseFloat(string(dst[start:]), bits); err == nil && back == f || precision >= digits+3 {
			return dst, nil
		}
	}
}

func appendDate(dst []byte, v any) ([]byte, error) {
	t, ok := v.(time.Time)
	if !ok {
		return appendText(dst, v)
	}
	dst, era := appendDay(dst, t)
	return append(dst, era...), nil
}

func appendTimestamp(dst []byte, v any) ([]byte, error) {
	t, ok := v.(time.Time)
	if !ok {
		return appendText(dst, v)
	}
	dst, era := appendMoment(dst, t)
	return append(dst, era...), nil
}

// appendTimestampTZ prints the moment in the zone with its offset: +00, +05:30.
func appendTimestampTZ(dst []byte, v any, z zone) ([]byte, error) {
	t, ok := v.(time.Time)
	if !ok {
		return appendText(dst, v)
	}
	t = t.In(z.Location)
	dst, era := appendMoment(dst, t)
	_, offset := t.Zone()
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	dst = append(dst, sign)
	dst = appendTwo(dst, offset/3600)
	if rest := offset % 3600; rest != 0 {
		dst = append(dst, ':')
		dst = appendTwo(dst, rest/60)
		if rest%60 != 0 {
			dst = append(dst, ':')
			dst = appendTwo(dst, rest%60)
		}
	}
	return append(dst, era...), nil
}

func appendMoment(dst []byte, t time.Time) (out []byte, era string) {
	dst, era = appendDay(dst, t)
	dst = append(dst, ' ')
	sinceMidnight := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	return appendTime(dst, sinceMidnight), era
}

// appendDay prints year-month-day; years before the first are counted from 1 and
// end in BC, which comes last of all.
func appendDay(dst []byte, t time.Time) (out []byte, era string) {
	year, month, day := t.Date()
	if year <= 0 {
		year, era = 1-year, " BC"
	}
	for limit := 1000; year < limit && limit > 1; limit /= 10 {
		dst = append(dst, '0')
	}
	dst = strconv.AppendInt(dst, int64(year), 10)
	dst = append(dst, '-')
	dst = appendTwo(dst, int(month))
	dst = append(dst, '-')
	return appendTwo(dst, day), era
}

// appendTime prints hours, minutes, seconds, and microseconds if there are any.
func appendTime(dst []byte, d time.Duration) []byte {
	seconds := int(d / time.Second)
	dst = appendTwo(dst, seconds/3600)
	dst = append(dst, ':')
	dst = appendTwo(dst, seconds/60%60)
	dst = append(dst, ':')
	dst = appendTwo(dst, seconds%60)
	micros := int(d % time.Second / time.Microsecond)
	if micros == 0 {
		return dst
	}
	digits := strconv.Itoa(1_000_000 + micros)[1:]
	dst = append(dst, '.')
	return append(dst, strings.TrimRight(digits, "0")...)
}

func appendTwo(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10%10), byte('0'+n%10))
}
