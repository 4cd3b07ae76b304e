package cbor

import (
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf8"
)

const (
	// MaxDepth is how deeply lists and maps may be nested; no request of AWS
	// goes below ten.
	MaxDepth = 100
	// MaxItems bounds a document's items, names of members among them, so that a
	// body of tiny ones does not become a tree a hundred times its size. The
	// largest requests have 500 records of three members: 3,500 items and a few.
	MaxItems = 1 << 14
	// maxMoment is the end of the year 9999, in milliseconds.
	maxMoment = 253402300799999
)

// Decode makes the tree of a document that is one item: map[string]any, []any,
// string, []byte, bool, int64, float64, time.Time, and nil for null. Integers
// out of int64's range become float64. Of repeated keys the last counts. Tags
// other than a timestamp's are read over.
func Decode(src []byte) (any, error) {
	d := decoder{src: src}
	value, err := d.item(0)
	if err == nil && d.pos != len(src) {
		err = errors.New("there is more after the first item")
	}
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %w", d.pos, err)
	}
	return value, nil
}

type decoder struct {
	src   []byte
	pos   int
	items int
}

var (
	errHead  = errors.New("the item is cut short or of a reserved form")
	errShort = errors.New("the item is longer than the document")
	errBreak = errors.New("a break stands where an item must be")
)

func (d *decoder) item(depth int) (any, error) {
	first, number, size, ok := head(d.src[d.pos:])
	switch {
	case !ok:
		return nil, errHead
	case first == breakByte:
		return nil, errBreak
	case depth > MaxDepth:
		return nil, fmt.Errorf("items are nested more than %d deep", MaxDepth)
	case d.items == MaxItems:
		return nil, fmt.Errorf("there are more than %d items", MaxItems)
	}
	d.items++
	major, open := first&majorBits, first&^majorBits == indefinite
	if open && (major < byteString || major == tag) {
		return nil, errHead
	}
	d.pos += size
	switch major {
	case unsigned:
		if number > math.MaxInt64 {
			return float64(number), nil
		}
		return int64(number), nil
	case negative:
		if number > math.MaxInt64 {
			return -1 - float64(number), nil
		}
		return -1 - int64(number), nil
	case byteString:
		return d.bytes(byteString, number, open)
	case textString:
		text, err := d.bytes(textString, number, open)
		return string(text), err
	case array:
		return d.list(Items{number, open}, depth)
	case mapping:
		return d.mapping(Items{number, open}, depth)
	case tag:
		return d.tagged(number, depth)
	}
	return primitive(first, number)
}

// more reports whether a list or map goes on.
func (d *decoder) more(items *Items) bool {
	s := Scanner{d.src, d.pos}
	more := s.Next(items)
	d.pos = s.pos
	return more
}

// bytes reads a string's bytes, in one piece or, when its length is not known,
// in chunks that are joined.
func (d *decoder) bytes(major byte, n uint64, open bool) ([]byte, error) {
	if !open {
		return d.take(major, n)
	}
	joined := []byte{}
	for items := (Items{open: true}); d.more(&items); {
		first, n, size, ok := head(d.src[d.pos:])
		if !ok || first&majorBits != major || first&^majorBits == indefinite {
			return nil, errHead
		}
		d.pos += size
		chunk, err := d.take(major, n)
		if err != nil {
			return nil, err
		}
		joined = append(joined, chunk...)
	}
	return joined, nil
}

func (d *decoder) take(major byte, n uint64) ([]byte, error) {
	if n > uint64(len(d.src)-d.pos) {
		return nil, errShort
	}
	start := d.pos
	end := start + int(n)
	if major == textString && !utf8.Valid(d.src[start:end]) {
		return nil, errors.New("the text is not valid UTF-8")
	}
	d.pos = end
	return d.src[start:end:end], nil
}

func (d *decoder) list(items Items, depth int) (any, error) {
	list := []any{}
	for d.more(&items) {
		element, err := d.item(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, element)
	}
	return list, nil
}

func (d *decoder) mapping(items Items, depth int) (any, error) {
	entries := map[string]any{}
	for d.more(&items) {
		key, err := d.item(depth + 1)
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, errors.New("the map has a key that is not a text")
		}
		if entries[name], err = d.item(depth + 1); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func (d *decoder) tagged(number uint64, depth int) (any, error) {
	content, err := d.item(depth + 1)
	if err != nil || number != timestampTag {
		return content, err
	}
	var milliseconds int64
	switch content := content.(type) {
	case int64:
		milliseconds = content
	case float64:
		// The check below also holds for what does not fit.
		milliseconds = int64(math.Round(max(-maxMoment-1, min(content, maxMoment+1))))
	default:
		return nil, errors.New("the timestamp is not a number")
	}
	if milliseconds > maxMoment || milliseconds < -maxMoment {
		return nil, errors.New("the timestamp is beyond the year 9999")
	}
	return time.UnixMilli(milliseconds).UTC(), nil
}

// primitive returns a simple value or a float.
func primitive(first byte, bits uint64) (any, error) {
	var f float64
	switch first {
	case falseByte, trueByte:
		return first == trueByte, nil
	case nullByte, undefinedByte:
		return nil, nil
	case half:
		f = fromHalf(uint16(bits))
	case single:
		f = float64(math.Float32frombits(uint32(bits)))
	case double:
		f = math.Float64frombits(bits)
	default:
		return nil, errors.New("the simple value has no meaning here")
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errors.New("the number is not finite")
	}
	return f, nil
}

// fromHalf widens a 16-bit float: sign(1) · exponent(5) · fraction(10).
func fromHalf(bits uint16) float64 {
	exponent, fraction := int(bits>>10&31), float64(bits&1023)
	f := math.Ldexp(fraction+1024, exponent-25)
	switch exponent {
	case 0:
		f = math.Ldexp(fraction, -24)
	case 31:
		f = math.Inf(1)
		if fraction != 0 {
			f = math.NaN()
		}
	}
	if bits>>15 == 1 {
		f = -f
	}
	return f
}
