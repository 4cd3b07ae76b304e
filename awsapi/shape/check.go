package shape

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// maxViolations is how many broken constraints AWS reports at once.
const maxViolations = 10

// Violations are the broken constraints of a request, at most ten.
type Violations []string

// Error counts and joins the violations as AWS does.
func (v Violations) Error() string {
	s := ""
	if len(v) > 1 {
		s = "s"
	}
	return fmt.Sprintf("%d validation error%s detected: %s", len(v), s, strings.Join(v, "; "))
}

// Add adds what a constraint says of the value at a path, unless there are ten
// already. shown is the value; empty: it is not to be shown.
func (v Violations) Add(shown, path, constraint string) Violations {
	if len(v) == maxViolations {
		return v
	}
	if shown != "" {
		shown += " "
	}
	return append(v, fmt.Sprintf("Value %sat '%s' failed to satisfy constraint: %s", shown, path, constraint))
}

// Check turns a decoded request into the structure that s describes. The
// error is a *TypeError or Violations.
func (s *Shape) Check(tree any) (Object, error) {
	c := checker{}
	value, err := c.value(s, tree, "")
	if err != nil {
		return nil, err
	}
	if len(c.violations) > 0 {
		return nil, c.violations
	}
	object, _ := value.(Object)
	return object, nil
}

type checker struct{ violations Violations }

func (c *checker) violate(path, shown, constraint string) {
	c.violations = c.violations.Add(shown, path, constraint)
}

// value converts one value and collects its violations.
func (c *checker) value(s *Shape, tree any, path string) (any, error) {
	switch s.kind {
	case Structure:
		return c.structure(s, tree, path)
	case List:
		return c.list(s, tree, path)
	case Map:
		return c.mapping(s, tree, path)
	}
	value, err := scalar(s.kind, tree)
	if err != nil {
		return nil, err
	}
	c.constrain(s, value, path)
	return value, nil
}

func (c *checker) structure(s *Shape, tree any, path string) (any, error) {
	fields, ok := tree.(map[string]any)
	if !ok {
		return nil, wrongType(tree, Structure)
	}
	object := make(Object, len(fields))
	for _, member := range s.members {
		at := join(path, lowerFirst(member.Name))
		field, given := fields[member.Name]
		if !given || field == nil {
			if member.Required {
				c.violate(at, "null", "Member must not be null")
			}
			continue
		}
		value, err := c.value(member.Shape, field, at)
		if err != nil {
			return nil, err
		}
		object[member.Name] = value
	}
	return object, nil
}

func (c *checker) list(s *Shape, tree any, path string) (any, error) {
	elements, ok := tree.([]any)
	if !ok {
		return nil, wrongType(tree, List)
	}
	shown := func() string { return showList(s, elements) }
	c.length(s, int64(len(elements)), path, shown)
	list := make([]any, 0, len(elements))
	broken := false
	for i, element := range elements {
		at := path + "." + strconv.Itoa(i+1) + ".member"
		if element == nil {
			c.violate(at, "null", "Member must not be null")
			continue
		}
		value, err := c.part(s.element, element, at, &broken)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	if broken {
		c.violate(path, shown(), "Member must satisfy constraint: "+showConstraints(s.element))
	}
	return list, nil
}

// part converts an element of a list or map. One that has no parts itself only
// reports whether it is broken, as AWS names these once for all of them.
func (c *checker) part(s *Shape, tree any, path string, broken *bool) (any, error) {
	if s.kind >= List {
		return c.value(s, tree, path)
	}
	alone := checker{}
	value, err := alone.value(s, tree, path)
	*broken = *broken || len(alone.violations) > 0
	return value, err
}

func (c *checker) mapping(s *Shape, tree any, path string) (any, error) {
	entries, ok := tree.(map[string]any)
	if !ok {
		return nil, wrongType(tree, Map)
	}
	shown := func() string { return showMap(entries) }
	c.length(s, int64(len(entries)), path, shown)
	mapping := make(map[string]any, len(entries))
	brokenKey, brokenValue := false, false
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if _, err := c.part(s.key, key, path, &brokenKey); err != nil {
			return nil, err
		}
		at := path + "." + clip(key) + ".member"
		if entries[key] == nil {
			c.violate(at, "null", "Member must not be null")
			continue
		}
		value, err := c.part(s.element, entries[key], at, &brokenValue)
		if err != nil {
			return nil, err
		}
		mapping[key] = value
	}
	if brokenKey {
		c.violate(path, shown(), "Map keys must satisfy constraint: "+showConstraints(s.key))
	}
	if brokenValue {
		c.violate(path, shown(), "Map value must satisfy constraint: "+showConstraints(s.element))
	}
	return mapping, nil
}

func (c *checker) constrain(s *Shape, value any, path string) {
	switch value := value.(type) {
	case string:
		shown := func() string { return quote(value) }
		if s.enum != nil {
			for _, allowed := range s.enum {
				if value == allowed {
					return
				}
			}
			c.violate(path, shown(), "Member must satisfy enum value set: ["+strings.Join(s.enum, ", ")+"]")
			return
		}
		c.length(s, units(value), path, shown)
		if s.matches != nil && !s.matches(value) {
			c.violate(path, shown(), "Member must satisfy regular expression pattern: "+s.pattern)
		}
	case []byte:
		c.length(s, int64(len(value)), path, func() string { return "" })
	case int64:
		if value < s.min {
			c.violate(path, quote(strconv.FormatInt(value, 10)), fmt.Sprintf("Member must have value greater than or equal to %d", s.min))
		}
		if value > s.max {
			c.violate(path, quote(strconv.FormatInt(value, 10)), fmt.Sprintf("Member must have value less than or equal to %d", s.max))
		}
	}
}

func (c *checker) length(s *Shape, length int64, path string, shown func() string) {
	if length < s.min {
		c.violate(path, shown(), fmt.Sprintf("Member must have length greater than or equal to %d", s.min))
	}
	if length > s.max {
		c.violate(path, shown(), fmt.Sprintf("Member must have length less than or equal to %d", s.max))
	}
}

// scalar converts a value that has no parts.
func scalar(kind Kind, tree any) (any, error) {
	switch kind {
	case Text:
		if text, ok := tree.(string); ok {
			return text, nil
		}
		return nil, wrongType(tree, kind)
	case Boolean:
		if b, ok := tree.(bool); ok {
			return b, nil
		}
		return nil, wrongType(tree, kind)
	case Blob:
		switch blob := tree.(type) {
		case []byte:
			return blob, nil
		case string:
			return DecodeBlob(blob)
		}
		return nil, wrongType(tree, kind)
	}
	number, ok := tree.(json.Number)
	if !ok {
		if value, ok := typed(kind, tree); ok {
			return value, nil
		}
		return nil, wrongType(tree, kind)
	}
	if kind == Integer {
		if n, err := number.Int64(); err == nil {
			return n, nil
		}
	}
	f, err := number.Float64()
	if err != nil {
		return nil, wrongType(number, kind)
	}
	if kind == Timestamp {
		return moment(f, number)
	}
	// AWS cuts a fraction off.
	if math.Abs(f) >= 1<<63 {
		return nil, wrongType(number, kind)
	}
	return int64(f), nil
}

// typed takes the values of encodings that tell whole numbers, fractions and
// moments apart. A moment must be one: its unit would be a guess.
func typed(kind Kind, tree any) (any, bool) {
	switch value := tree.(type) {
	case int64:
		return value, kind == Integer
	case float64:
		return int64(value), kind == Integer && math.Abs(value) < 1<<63
	case time.Time:
		return value, kind == Timestamp
	}
	return nil, false
}

// maxMoment is the end of the year 9999, the last that dates can name.
const maxMoment = 253402300799

func moment(seconds float64, number json.Number) (any, error) {
	if math.Abs(seconds) > maxMoment {
		return nil, wrongType(number, Timestamp)
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), nil
}

// units counts characters as AWS does, in UTF-16.
func units(text string) int64 {
	n := int64(0)
	for _, r := range text {
		n += int64(utf16.RuneLen(r))
	}
	return n
}
