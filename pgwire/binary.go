package pgwire

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"

	"leat/redshift"
)

// maxFloat is the largest number that is not infinite.
const maxFloat = math.MaxFloat64

// epoch is where PostgreSQL counts days and microseconds from.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// codecs are pgtype's, for the types that are not written here. They are only
// read.
var codecs = pgtype.NewMap()

// binaryEncoder writes values of type t in PostgreSQL's binary format. SUPER and
// GEOMETRY, which PostgreSQL does not know, are their text; VARBYTE is its bytes.
func binaryEncoder(t redshift.Type) encoder {
	switch t.Name {
	case "smallint":
		return appendInt(2)
	case "integer", "oid":
		return appendInt(4)
	case "bigint":
		return appendInt(8)
	case "real":
		return func(dst []byte, v any) ([]byte, error) {
			if f, ok := v.(float32); ok {
				return binary.BigEndian.AppendUint32(dst, math.Float32bits(f)), nil
			}
			return nil, errBinary(t, v)
		}
	case "double precision":
		return func(dst []byte, v any) ([]byte, error) {
			if f, ok := v.(float64); ok {
				return binary.BigEndian.AppendUint64(dst, math.Float64bits(f)), nil
			}
			return nil, errBinary(t, v)
		}
	case "boolean":
		return appendBoolBinary
	case "date":
		return appendDateBinary
	case "timestamp", "timestamptz":
		return appendTimestampBinary
	case "time":
		return func(dst []byte, v any) ([]byte, error) {
			if d, ok := v.(time.Duration); ok {
				return binary.BigEndian.AppendUint64(dst, uint64(d.Microseconds())), nil
			}
			return nil, errBinary(t, v)
		}
	case "numeric", "interval", "name[]", "text[]", "varchar[]", "smallint[]", "integer[]", "bigint[]", "oid[]":
		return appendByCodec(wireTypes[t.Name].oid)
	case "char":
		return func(dst []byte, v any) ([]byte, error) { return appendChar(dst, v, t.Length) }
	case "timetz":
		return appendTimeTZBinary
	}
	return appendTextBinary
}

func errBinary(t redshift.Type, v any) error {
	return errorf("XX000", "a value of Go type %T cannot be written as %s in binary", v, t.Name)
}

// appendInt writes an integer of size bytes, whatever the width of the Go value.
func appendInt(size int) encoder {
	return func(dst []byte, v any) ([]byte, error) {
		var n int64
		switch v := v.(type) {
		case int64:
			n = v
		case int32:
			n = int64(v)
		case int16:
			n = int64(v)
		default:
			return nil, errorf("XX000", "a value of Go type %T cannot be written as an integer", v)
		}
		switch size {
		case 2:
			return binary.BigEndian.AppendUint16(dst, uint16(n)), nil
		case 4:
			return binary.BigEndian.AppendUint32(dst, uint32(n)), nil
		}
		return binary.BigEndian.AppendUint64(dst, uint64(n)), nil
	}
}

func appendBoolBinary(dst []byte, v any) ([]byte, error) {
	b, ok := v.(bool)
	if !ok {
		return nil, errorf("XX000", "a value of Go type %T cannot be written as boolean", v)
	}
	if b {
		return append(dst, 1), nil
	}
	return append(dst, 0), nil
}

func appendDateBinary(dst []byte, v any) ([]byte, error) {
	t, ok := v.(time.Time)
	if !ok {
		return nil, errorf("XX000", "a value of Go type %T cannot be written as date", v)
	}
	year, month, day := t.Date()
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	days := (midnight.Unix() - epoch.Unix()) / (24 * 60 * 60)
	return binary.BigEndian.AppendUint32(dst, uint32(int32(days))), nil
}

func appendTimestampBinary(dst []byte, v any) ([]byte, error) {
	t, ok := v.(time.Time)
	if !ok {
		return nil, errorf("XX000", "a value of Go type %T cannot be written as timestamp", v)
	}
	return binary.BigEndian.AppendUint64(dst, uint64(t.UnixMicro()-epoch.UnixMicro())), nil
}

// appendTimeTZBinary writes microseconds since midnight, then the zone in seconds
// west of Greenwich. The value arrives as text: 12:00:00.5+05:30.
func appendTimeTZBinary(dst []byte, v any) ([]byte, error) {
	s, ok := v.(string)
	i := strings.LastIndexAny(s, "+-")
	if !ok || i < 0 {
		return nil, errorf("XX000", "a value of Go type %T cannot be written as time with time zone", v)
	}
	clock, err := parseClock(s[:i])
	offset, err2 := parseClock(s[i+1:])
	if err != nil || err2 != nil {
		return nil, errorf("XX000", "the value %q cannot be written as time with time zone", s)
	}
	west := -int32(offset / time.Second)
	if s[i] == '-' {
		west = -west
	}
	dst = binary.BigEndian.AppendUint64(dst, uint64(clock.Microseconds()))
	return binary.BigEndian.AppendUint32(dst, uint32(west)), nil
}

// parseClock reads 05, 05:30, 05:30:15 and 05:30:15.25.
func parseClock(s string) (time.Duration, error) {
	var d time.Duration
	unit := time.Hour
	for part := range strings.SplitSeq(s, ":") {
		if unit == time.Second {
			seconds, err := time.ParseDuration(part + "s")
			return d + seconds, err
		}
		n, err := strconv.Atoi(part)
		if err != nil {
			return 0, err
		}
		d += time.Duration(n) * unit
		unit /= 60
	}
	return d, nil
}

// appendByCodec writes what arrives as text by pgtype's codec.
func appendByCodec(oid uint32) encoder {
	kind, _ := codecs.TypeForOID(oid)
	return func(dst []byte, v any) ([]byte, error) {
		s, ok := v.(string)
		if !ok {
			return nil, errorf("XX000", "a value of Go type %T cannot be written as %s", v, kind.Name)
		}
		parsed, err := kind.Codec.DecodeValue(codecs, oid, pgproto3.TextFormat, []byte(s))
		if err != nil {
			return nil, errorf("XX000", "the value %q cannot be written as %s", s, kind.Name)
		}
		return codecs.Encode(oid, pgproto3.BinaryFormat, parsed, dst)
	}
}

// appendTextBinary writes the types whose binary format is their bytes.
func appendTextBinary(dst []byte, v any) ([]byte, error) {
	if b, ok := v.([]byte); ok {
		return append(dst, b...), nil
	}
	return appendText(dst, v)
}
