package shape

import (
	"math"
	"regexp"
	"strings"
)

// A Kind is the type of a value.
type Kind int

// The kinds, and the Go types that Check gives their values.
const (
	Text      Kind = iota // string
	Integer               // int64
	Boolean               // bool
	Timestamp             // time.Time
	Blob                  // []byte
	List                  // []any of the element's type
	Map                   // map[string]any of the element's type
	Structure             // Object
)

// NoMax and NoMin leave a bound open above and below.
const (
	NoMax = math.MaxInt64
	NoMin = math.MinInt64
)

// A Shape describes one value. Shapes are made once, by the functions below,
// and never change.
type Shape struct {
	kind    Kind
	name    string // of a structure
	min     int64  // of the value, or of its length
	max     int64
	pattern string // as AWS prints it
	matches func(string) bool
	enum    []string
	element *Shape // of a list, or a map's values
	key     *Shape // of a map
	members []Member
}

// A Member is a named part of a structure.
type Member struct {
	Name     string
	Shape    *Shape
	Required bool
}

// String is text of min to max characters (UTF-16 units, as AWS counts).
// A pattern, when not empty, must match all of it.
func String(min, max int64, pattern string) *Shape {
	s := &Shape{kind: Text, min: min, max: max, pattern: pattern}
	switch pattern {
	case "":
	case NotBlank:
		s.matches = func(text string) bool {
			line, _, more := strings.Cut(text, "\n")
			return !more && strings.TrimSpace(line) != ""
		}
	default:
		s.matches = regexp.MustCompile("^(?:" + pattern + ")$").MatchString
	}
	return s
}

// NotBlank is a pattern of the models that Go's regular expressions cannot
// say: one line that is not all spaces.
const NotBlank = `^(?!\s*$).+`

// NotBlankText is like NotBlank but lets the text have several lines.
func NotBlankText(min, max int64) *Shape {
	return &Shape{kind: Text, min: min, max: max, pattern: NotBlank,
		matches: func(text string) bool { return strings.TrimSpace(text) != "" }}
}

// Enum is one of the given texts.
func Enum(values ...string) *Shape {
	return &Shape{kind: Text, max: NoMax, enum: values}
}

// Int is a whole number from min to max.
func Int(min, max int64) *Shape { return &Shape{kind: Integer, min: min, max: max} }

// Bool is true or false.
func Bool() *Shape { return &Shape{kind: Boolean} }

// Time is a moment: seconds of Unix time, with a fraction.
func Time() *Shape { return &Shape{kind: Timestamp} }

// Bytes is up to max bytes.
func Bytes(max int64) *Shape { return &Shape{kind: Blob, max: max} }

// ListOf is min to max elements.
func ListOf(min, max int64, element *Shape) *Shape {
	return &Shape{kind: List, min: min, max: max, element: element}
}

// MapOf is min to max entries.
func MapOf(min, max int64, key, element *Shape) *Shape {
	return &Shape{kind: Map, min: min, max: max, key: key, element: element}
}

// Struct is a structure with the name it has in the model.
func Struct(name string, members ...Member) *Shape {
	return &Shape{kind: Structure, name: name, members: members}
}

// Required is a member that must be there.
func Required(name string, s *Shape) Member { return Member{Name: name, Shape: s, Required: true} }

// Optional is a member that may be missing or null.
func Optional(name string, s *Shape) Member { return Member{Name: name, Shape: s} }
