package cbor

import "github.com/fxamacker/cbor/v2"

// Marshal encodes a result as encoding/json would, with the same names and
// omissions. Types with timestamps in them have MarshalCBOR.
func Marshal(value any) ([]byte, error) { return cbor.Marshal(value) }

// AppendMap begins a map of n entries.
func AppendMap(dst []byte, n int) []byte { return appendHead(dst, mapping, uint64(n)) }

// AppendList begins a list of n elements.
func AppendList(dst []byte, n int) []byte { return appendHead(dst, array, uint64(n)) }

// AppendText appends a text, which must be valid UTF-8.
func AppendText[T string | []byte](dst []byte, text T) []byte {
	return append(appendHead(dst, textString, uint64(len(text))), text...)
}

// AppendBlob appends bytes.
func AppendBlob(dst, blob []byte) []byte {
	return append(appendHead(dst, byteString, uint64(len(blob))), blob...)
}

// AppendInt appends a whole number.
func AppendInt(dst []byte, n int64) []byte {
	if n < 0 {
		return appendHead(dst, negative, uint64(-1-n))
	}
	return appendHead(dst, unsigned, uint64(n))
}

// AppendTimestamp appends milliseconds of Unix time as a timestamp.
func AppendTimestamp(dst []byte, milliseconds int64) []byte {
	return AppendInt(appendHead(dst, tag, timestampTag), milliseconds)
}
