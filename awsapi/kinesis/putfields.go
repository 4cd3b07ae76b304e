package kinesis

import (
	"unicode/utf16"
	"unicode/utf8"

	"leat/shardlog"
)

// The members of put requests.
type member int

const (
	unknown member = iota
	records
	streamNameMember
	streamARNMember
	dataMember
	partitionKeyMember
	explicitHashKeyMember
)

func memberOf(name []byte) member {
	switch string(name) { // does not allocate
	case "Records":
		return records
	case "StreamName":
		return streamNameMember
	case "StreamARN":
		return streamARNMember
	case "Data":
		return dataMember
	case "PartitionKey":
		return partitionKeyMember
	case "ExplicitHashKey":
		return explicitHashKeyMember
	}
	return unknown
}

// A putFields collects the members of one object of a put request: the request
// itself or one of its records.
type putFields struct {
	seen     [explicitHashKeyMember + 1]bool
	stream   []byte
	arn      []byte
	data     []byte
	key      []byte
	explicit []byte
}

// A valueReader reads the values of members, in JSON or in CBOR.
type valueReader interface {
	Text() ([]byte, bool)
	Blob() ([]byte, bool)
}

// readField reads a member's value. It leaves to the ordinary way what is not
// read (false): unknown, repeated and null members, values of wrong types.
func (f *putFields) readField(s valueReader, m member) (ok bool) {
	if f.seen[m] {
		return false
	}
	f.seen[m] = true
	switch m {
	case streamNameMember:
		f.stream, ok = s.Text()
	case streamARNMember:
		f.arn, ok = s.Text()
	case dataMember:
		f.data, ok = s.Blob()
	case partitionKeyMember:
		f.key, ok = s.Text()
	case explicitHashKeyMember:
		f.explicit, ok = s.Text()
	}
	return ok
}

// addTo adds the record that the fields make up, if it is whole and valid.
func (f *putFields) addTo(b *batch) bool {
	if !f.seen[dataMember] || len(f.data) > maxDataBytes || !validKey(f.key) {
		return false
	}
	if f.seen[explicitHashKeyMember] && len(f.explicit) == 0 {
		return false
	}
	return b.add(f.key, f.data, f.explicit) == nil
}

// validKey holds a partition key to 1 to 256 characters, as AWS counts them.
func validKey(key []byte) bool {
	if len(key) <= maxKeyLength {
		return len(key) > 0
	}
	units := 0
	for i := 0; i < len(key); {
		r, size := utf8.DecodeRune(key[i:])
		units += utf16.RuneLen(r)
		i += size
	}
	return units <= maxKeyLength
}

// named reports that the request names its stream.
func (f *putFields) named() bool { return f.seen[streamNameMember] || f.seen[streamARNMember] }

// streamOfPut finds the stream that the fields name; nil when they name none in a
// way that the hot path understands.
func (a *api) streamOfPut(f *putFields) (*shardlog.Stream, string) {
	name := string(f.stream)
	if f.seen[streamARNMember] {
		named, err := nameOf(string(f.arn))
		if err != nil || f.seen[streamNameMember] && named != name {
			return nil, ""
		}
		name = named
	}
	s, err := a.find(name)
	if err != nil || a.checkUsable(s, name) != nil {
		return nil, ""
	}
	return s, name
}
