package pgwire

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"

	"leat/redshift"
)

// Redshift's tables have no arrays, but drivers send them for = ANY($1), and read
// the catalog with them. An argument that is an array becomes the text of a list
// in DuckDB's form, which the statement casts.

// isArray tells the type OIDs of arrays.
func isArray(oid uint32) bool {
	t, ok := codecs.TypeForOID(oid)
	if !ok {
		return false
	}
	_, ok = t.Codec.(*pgtype.ArrayCodec)
	return ok
}

// checkArrays refuses a parameter that the client says is an array where the
// statement has no use for one.
func checkArrays(given []uint32, params []redshift.Type) error {
	for i, oid := range given {
		if i >= len(params) || !isArray(oid) || strings.HasSuffix(params[i].Name, "[]") {
			continue
		}
		e := errorf("0A000", "parameter $%d is an array, and its place does not take one: columns of array types are not supported", i+1)
		e.Hint = "Arrays are for = ANY($1). Send single values, or JSON text for JSON_PARSE."
		return e
	}
	return nil
}

// decodeArray makes a list of an array: ["a", NULL, "b"].
func decodeArray(oid uint32, format int16, raw []byte) (any, error) {
	kind, _ := codecs.TypeForOID(oid)
	element := kind.Codec.(*pgtype.ArrayCodec).ElementType
	if hasDimensions(format, raw) {
		return nil, errorf("0A000", "arrays of more than one dimension are not supported")
	}
	if format == pgproto3.TextFormat {
		if err := checkText("an array", string(raw)); err != nil {
			return nil, err
		}
	}
	decoded, err := kind.Codec.DecodeValue(codecs, oid, format, raw)
	if err != nil {
		return nil, errorf("22P02", "malformed array of the type with OID %d", oid)
	}
	values, ok := decoded.([]any)
	if !ok {
		return nil, errorf("22P02", "malformed array of the type with OID %d", oid)
	}
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	words := make([]string, len(values))
	for i, v := range values {
		if v == nil {
			words[i] = "NULL"
			continue
		}
		text, err := codecs.Encode(element.OID, pgproto3.TextFormat, v, nil)
		if err != nil {
			return nil, errorf("22P02", "malformed array: %s", fmt.Sprint(v))
		}
		words[i] = `"` + escape.Replace(string(text)) + `"`
	}
	return "[" + strings.Join(words, ", ") + "]", nil
}

// hasDimensions tells an array of arrays.
func hasDimensions(format int16, raw []byte) bool {
	if format == pgproto3.BinaryFormat {
		return len(raw) >= 4 && int32(binary.BigEndian.Uint32(raw)) > 1
	}
	text := strings.TrimSpace(string(raw))
	rest, array := strings.CutPrefix(text, "{")
	return !array && strings.HasPrefix(text, "[") || strings.HasPrefix(strings.TrimSpace(rest), "{")
}
