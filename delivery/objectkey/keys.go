package objectkey

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // CustomTimeZone works on machines without a zone database

	"github.com/google/uuid"

	"leat"
)

// hourly is the folder that Firehose appends to a prefix that says nothing
// about time.
const hourly = "!{timestamp:yyyy/MM/dd/HH/}"

// Settings are what a delivery stream says about its objects' keys.
type Settings struct {
	Stream      string // the delivery stream's name
	Prefix      string
	ErrorPrefix string
	Extension   string // with its dot; "" for none
	TimeZone    string // an IANA name; "" is UTC
}

// Keys makes the keys of one delivery stream's objects.
type Keys struct {
	stream    string
	extension string
	prefix    template
	errors    template
	columns   []string
	zone      *time.Location
}

// Compile checks the settings by Firehose's rules. What is wrong is an Error
// with code InvalidArgument that names the setting.
func Compile(s Settings) (*Keys, error) {
	invalid := func(format string, args ...any) (*Keys, error) {
		return nil, &leat.Error{Code: leat.InvalidArgument, Message: fmt.Sprintf(format, args...)}
	}
	prefix, err := parseTemplate("Prefix", s.Prefix)
	if err != nil {
		return nil, err
	}
	failed, err := parseTemplate("ErrorOutputPrefix", s.ErrorPrefix)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil || s.TimeZone == "Local" {
		return invalid("CustomTimeZone %q is not the name of a time zone", s.TimeZone)
	}
	if err := checkExtension(s.Extension); err != nil {
		return nil, err
	}
	switch {
	case prefix.has(errorTypePart):
		return invalid("Prefix cannot use !{firehose:error-output-type}, which belongs in ErrorOutputPrefix")
	case failed.has(partitionPart):
		return invalid("ErrorOutputPrefix cannot use partition keys: a record that failed has none")
	case s.ErrorPrefix == "" && prefix.expressions():
		return invalid("ErrorOutputPrefix must be given when Prefix has expressions")
	case failed.expressions() && !failed.has(errorTypePart):
		return invalid("ErrorOutputPrefix has expressions, so it must have !{firehose:error-output-type}")
	}
	k := &Keys{stream: s.Stream, extension: s.Extension, columns: prefix.columns(), zone: zone}
	k.prefix, k.errors = prefix, failed
	if !prefix.has(timestampPart) && !prefix.has(partitionPart) {
		k.prefix = prefix.then(hourly)
	}
	if s.ErrorPrefix == "" {
		k.errors = prefix.then("!{firehose:error-output-type}/" + hourly)
	} else {
		if !failed.has(errorTypePart) {
			k.errors = k.errors.then("!{firehose:error-output-type}/")
		}
		if !failed.has(timestampPart) {
			k.errors = k.errors.then(hourly)
		}
	}
	sample := Batch{Version: 1, Oldest: time.Unix(0, 0)}
	for _, t := range []template{k.prefix, k.errors} {
		if n := len(k.evaluate(t, sample, Partition{}, "format-conversion-failed")); n > MaxPrefix {
			return invalid("an evaluated prefix is %d bytes long, more than %d", n, MaxPrefix)
		}
	}
	return k, nil
}

func checkExtension(extension string) error {
	if extension == "" {
		return nil
	}
	ok := extension[0] == '.' && len(extension) <= 128
	for _, c := range extension {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.ContainsRune("!-_.*'()", c))
	}
	if !ok || len(extension) < 2 {
		return &leat.Error{Code: leat.InvalidArgument, Message: fmt.Sprintf("FileExtension %q must be a dot and up to 127 of a-z, 0-9 and !-_.*'()", extension)}
	}
	return nil
}

// Columns returns the partition columns that Prefix uses, in its order. None
// means that a batch is one object.
func (k *Keys) Columns() []string { return k.columns }

// A Batch is what the keys of one batch depend on.
type Batch struct {
	ID      uuid.UUID
	Version int
	Oldest  time.Time // arrival of the oldest record
}

// A Partition is one partition of a batch: a value, escaped for a key, for each
// of Columns. Part counts the partition's objects from 0.
type Partition struct {
	Values []string
	Part   int
}

// Object returns the key of one object of a batch.
func (k *Keys) Object(b Batch, p Partition) string {
	id := b.ID
	if len(p.Values) > 0 || p.Part > 0 {
		id = uuid.NewSHA1(b.ID, fmt.Appendf(nil, "%q %d", p.Values, p.Part))
	}
	return k.evaluate(k.prefix, b, p, "") + k.name(b, id) + k.extension
}

// Errors returns the key of the object that holds a batch's records that
// failed in one way: processing-failed, format-conversion-failed.
func (k *Keys) Errors(b Batch, errorType string) string {
	id := uuid.NewSHA1(b.ID, []byte(errorType))
	return k.evaluate(k.errors, b, Partition{}, errorType) + k.name(b, id)
}

func (k *Keys) name(b Batch, id uuid.UUID) string {
	return fmt.Sprintf("%s-%d-%s-%s", k.stream, b.Version, b.Oldest.In(k.zone).Format("2006-01-02-15-04-05"), id)
}

func (k *Keys) evaluate(t template, b Batch, p Partition, errorType string) string {
	var key []byte
	randoms := 0
	at := b.Oldest.In(k.zone)
	for _, part := range t.parts {
		switch part.kind {
		case literalPart:
			key = append(key, part.literal...)
		case timestampPart:
			key = part.pattern.format(key, at)
		case errorTypePart:
			key = append(key, errorType...)
		case randomPart:
			key = appendRandom(key, b.ID, p, randoms)
			randoms++
		case partitionPart:
			for i, column := range k.columns {
				if column == part.column && i < len(p.Values) {
					key = append(key, p.Values[i]...)
				}
			}
		}
	}
	return string(key)
}

// appendRandom appends 11 characters drawn from what makes the object unique,
// so that a repeated delivery draws the same.
func appendRandom(dst []byte, id uuid.UUID, p Partition, use int) []byte {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	sum := sha256.Sum256(fmt.Appendf(id[:], "%q %d %d", p.Values, p.Part, use))
	n := binary.BigEndian.Uint64(sum[:])
	for range 11 {
		dst = append(dst, alphabet[n%uint64(len(alphabet))])
		n /= uint64(len(alphabet))
	}
	return dst
}
