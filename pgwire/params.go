package pgwire

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// decodeParams reads the arguments of a Bind message: numbers, booleans, bytes
// and moments as Go values, the rest as text that the database casts. Nothing of
// it points into the message.
func (c *conn) decodeParams(m *pgproto3.Bind, oids []uint32) ([]any, error) {
	if n := len(m.ParameterFormatCodes); n > 1 && n != len(m.Parameters) {
		return nil, errorf("08P01", "bind message has %d parameter formats but %d parameters", n, len(m.Parameters))
	}
	args := make([]any, len(m.Parameters))
	for i, raw := range m.Parameters {
		if raw == nil {
			continue
		}
		var err error
		switch format := formatOf(m.ParameterFormatCodes, i); format {
		case pgproto3.TextFormat, pgproto3.BinaryFormat:
			if isArray(oids[i]) {
				args[i], err = decodeArray(oids[i], format, raw)
				break
			}
			if format == pgproto3.TextFormat {
				args[i], err = decodeText(oids[i], string(raw))
				break
			}
			args[i], err = decodeBinary(oids[i], bytes.Clone(raw))
		default:
			err = errorf("22023", "unsupported format code: %d", format)
		}
		if err == nil {
			err = checkArgument(i, args[i])
		}
		if err != nil {
			return nil, err
		}
	}
	return args, nil
}

// checkArgument holds what text of an argument must be.
func checkArgument(i int, arg any) error {
	s, ok := arg.(string)
	if !ok {
		return nil
	}
	what := "parameter $" + strconv.Itoa(i+1)
	if at := strings.IndexByte(s, 0); at >= 0 {
		return errorf("22021", "invalid byte sequence for encoding \"UTF8\" in %s: 0x00 at byte %d", what, at+1)
	}
	return checkText(what, s)
}

// typeNames are the names that messages about a parameter use.
var typeNames = map[uint32]string{
	pgtype.Int2OID: "smallint", pgtype.Int4OID: "integer", pgtype.Int8OID: "bigint", pgtype.OIDOID: "oid",
	pgtype.Float4OID: "real", pgtype.Float8OID: "double precision", pgtype.BoolOID: "boolean",
	pgtype.ByteaOID: "bytea", oidVarbyte: "varbyte",
}

func errInvalidText(oid uint32, s string) error {
	return errorf("22P02", "invalid input syntax for type %s: %q", typeNames[oid], s)
}

func decodeText(oid uint32, s string) (any, error) {
	trimmed := strings.TrimSpace(s)
	switch oid {
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID:
		bits := map[uint32]int{pgtype.Int2OID: 16, pgtype.Int4OID: 32}[oid]
		if bits == 0 {
			bits = 64
		}
		n, err := strconv.ParseInt(trimmed, 10, bits)
		if isOutOfRange(err) {
			return nil, errorf("22003", "value %q is out of range for type %s", trimmed, typeNames[oid])
		}
		if err != nil {
			return nil, errInvalidText(oid, s)
		}
		return n, nil
	case pgtype.Float4OID, pgtype.Float8OID:
		f, err := strconv.ParseFloat(trimmed, 64)
		if isOutOfRange(err) {
			return nil, errorf("22003", "value %q is out of range for type %s", trimmed, typeNames[oid])
		}
		if err != nil {
			return nil, errInvalidText(oid, s)
		}
		return f, nil
	case pgtype.BoolOID:
		switch strings.ToLower(trimmed) {
		case "t", "true", "y", "yes", "on", "1":
			return true, nil
		case "f", "false", "n", "no", "off", "0":
			return false, nil
		}
		return nil, errInvalidText(oid, s)
	case pgtype.ByteaOID, oidVarbyte:
		b, err := hex.DecodeString(strings.TrimPrefix(s, `\x`))
		if err != nil {
			return nil, errInvalidText(oid, s)
		}
		return b, nil
	}
	return s, nil
}

func decodeBinary(oid uint32, raw []byte) (any, error) {
	switch oid {
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		return scanBinary[int64](oid, raw)
	case pgtype.OIDOID:
		n, err := scanBinary[uint32](oid, raw)
		return int64(n), err
	case pgtype.Float4OID, pgtype.Float8OID:
		return scanBinary[float64](oid, raw)
	case pgtype.BoolOID:
		return scanBinary[bool](oid, raw)
	case pgtype.DateOID:
		d, err := scanBinary[pgtype.Date](oid, raw)
		return moment(d.Time, d.InfinityModifier), err
	case pgtype.TimestampOID:
		t, err := scanBinary[pgtype.Timestamp](oid, raw)
		return moment(t.Time, t.InfinityModifier), err
	case pgtype.TimestamptzOID:
		t, err := scanBinary[pgtype.Timestamptz](oid, raw)
		return moment(t.Time, t.InfinityModifier), err
	case pgtype.TimetzOID:
		return decodeTimeTZ(raw)
	case pgtype.TimeOID:
		t, err := scanBinary[pgtype.Time](oid, raw)
		return string(appendTime(nil, time.Duration(t.Microseconds)*time.Microsecond)), err
	case pgtype.NumericOID, pgtype.IntervalOID, pgtype.UUIDOID:
		return binaryToText(oid, raw)
	case pgtype.ByteaOID, oidVarbyte:
		return raw, nil
	case pgtype.JSONBOID:
		if len(raw) == 0 || raw[0] != 1 {
			return nil, errorf("22P03", "unsupported jsonb version")
		}
		return string(raw[1:]), nil
	case 0, pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.QCharOID,
		pgtype.JSONOID, pgtype.UnknownOID, oidSuper, oidGeometry:
		return string(raw), nil
	}
	return nil, errorf("0A000", "binary parameters of the type with OID %d are not supported, send text", oid)
}

// scanBinary decodes by pgtype's codec.
func scanBinary[T any](oid uint32, raw []byte) (T, error) {
	var v T
	if err := codecs.Scan(oid, pgproto3.BinaryFormat, raw, &v); err != nil {
		return v, errInvalidBinary(oid)
	}
	return v, nil
}

func errInvalidBinary(oid uint32) error {
	return errorf("22P03", "incorrect binary data format in a parameter of the type with OID %d", oid)
}

// binaryToText decodes a value to the text that the database casts.
func binaryToText(oid uint32, raw []byte) (string, error) {
	dt, _ := codecs.TypeForOID(oid)
	v, err := dt.Codec.DecodeValue(codecs, oid, pgproto3.BinaryFormat, raw)
	if err != nil {
		return "", errInvalidBinary(oid)
	}
	text, err := codecs.Encode(oid, pgproto3.TextFormat, v, nil)
	if err != nil {
		return "", errInvalidBinary(oid)
	}
	return string(text), nil
}

// moment is a date or timestamp; those without end are text.
func moment(t time.Time, infinity pgtype.InfinityModifier) any {
	switch infinity {
	case pgtype.Infinity:
		return "infinity"
	case pgtype.NegativeInfinity:
		return "-infinity"
	}
	return t
}

// decodeTimeTZ reads microseconds since midnight, and the zone in seconds west of
// Greenwich.
func decodeTimeTZ(raw []byte) (any, error) {
	if len(raw) != 12 {
		return nil, errInvalidBinary(pgtype.TimetzOID)
	}
	const day = 24 * time.Hour
	clock := time.Duration(binary.BigEndian.Uint64(raw)) * time.Microsecond
	west := time.Duration(int32(binary.BigEndian.Uint32(raw[8:]))) * time.Second
	if clock < 0 || clock > day || west <= -day || west >= day {
		return nil, errInvalidBinary(pgtype.TimetzOID)
	}
	sign := byte('+')
	if west > 0 {
		sign = '-'
	}
	return string(appendTime(append(appendTime(nil, clock), sign), west.Abs())), nil
}
