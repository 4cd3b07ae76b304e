package shape

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// A TypeError is a value of the wrong type: AWS calls it a serialization
// fault and says nothing about the rest of the request.
type TypeError struct{ Message string }

// Error returns the message.
func (e *TypeError) Error() string { return e.Message }

// wrongType says in AWS's words that a value cannot be of a kind.
func wrongType(tree any, kind Kind) error {
	got := ""
	switch value := tree.(type) {
	case []any:
		return &TypeError{"Start of list found where not expected"}
	case map[string]any:
		return &TypeError{"Start of structure or map found where not expected."}
	case string:
		got = "STRING_VALUE"
	case json.Number, int64, float64:
		got = "NUMBER_VALUE"
	case time.Time:
		got = "TIMESTAMP_VALUE"
	case bool:
		if got = "FALSE_VALUE"; value {
			got = "TRUE_VALUE"
		}
	case nil:
		got = "NULL_VALUE"
	default:
		got = "BLOB_VALUE"
	}
	switch kind {
	case List:
		return &TypeError{"Expected list or null"}
	case Map:
		return &TypeError{"Expected map or null"}
	case Structure:
		return &TypeError{"Expected null"}
	}
	return &TypeError{got + " can not be converted to " + wanted[kind]}
}

// wanted are the kinds of values without parts, as AWS calls them.
var wanted = map[Kind]string{
	Text: "a String", Integer: "an Integer", Boolean: "a Boolean", Timestamp: "milliseconds since epoch", Blob: "a Blob",
}

// DecodeBlob decodes base64 as AWS does: padded, canonical, without line
// breaks. The error is a *TypeError, in AWS's words and with its misspelling.
func DecodeBlob(text string) ([]byte, error) {
	wrong := func(format string, args ...any) ([]byte, error) {
		return nil, &TypeError{quote(text) + " can not be converted to a Blob: " + fmt.Sprintf(format, args...)}
	}
	if len(text)%4 != 0 {
		return wrong("Base64 encoded length is expected a multiple of 4 bytes but found: %d", len(text))
	}
	blob, err := base64.StdEncoding.Strict().DecodeString(text)
	if err == nil && !strings.ContainsAny(text, "\r\n") {
		return blob, nil
	}
	padded := false
	for _, c := range text {
		switch {
		case padded && c != '=':
			return wrong("Invalid Base64 character: '='")
		case c == '=':
			padded = true
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '+', c == '/':
		default:
			return wrong("Invalid Base64 character: '%c'", c)
		}
	}
	return wrong("Invalid last non-pad Base64 character dectected")
}
