package shape

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown bounds how much of a refused value an error repeats.
const maxShown = 1024

// quote shows a value between the marks AWS uses, cut when it is very long.
func quote(text string) string {
	if cut := clip(text); len(cut) < len(text) {
		text = cut + "..."
	}
	return "'" + text + "'"
}

// clip cuts a text that is longer than what is shown.
func clip(text string) string {
	if len(text) <= maxShown {
		return text
	}
	cut := maxShown
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

// showList shows a list: texts as they are, structures by their type, as AWS
// does; the structures themselves would make errors of megabytes. Of one that
// holds blobs, which are users' data, AWS shows nothing.
func showList(s *Shape, elements []any) string {
	if s.element.hasBlob() {
		return ""
	}
	name := s.element.name
	if name == "" {
		name = "value"
	}
	const most = 20
	parts := make([]string, 0, most+1)
	for i, element := range elements {
		if i == most {
			parts = append(parts, "...")
			break
		}
		if text, ok := element.(string); ok {
			parts = append(parts, clip(text))
		} else {
			parts = append(parts, name)
		}
	}
	return quote("[" + strings.Join(parts, ", ") + "]")
}

// showMap shows a map as Java prints it, which is what AWS does.
func showMap(entries map[string]any) string {
	var shown strings.Builder
	separator := "{"
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if shown.Len() > maxShown {
			break // the rest would be cut off again
		}
		shown.WriteString(separator + clip(key) + "=" + showValue(entries[key]))
		separator = ", "
	}
	if len(entries) == 0 {
		shown.WriteString("{")
	}
	return quote(shown.String() + "}")
}

// showConstraints lists what a value without parts must satisfy.
func showConstraints(s *Shape) string {
	var all []string
	switch {
	case s.enum != nil:
		all = append(all, "Member must satisfy enum value set: ["+strings.Join(s.enum, ", ")+"]")
	case s.kind == Text || s.kind == Blob:
		if s.max != NoMax {
			all = append(all, fmt.Sprintf("Member must have length less than or equal to %d", s.max))
		}
		all = append(all, fmt.Sprintf("Member must have length greater than or equal to %d", s.min))
		if s.pattern != "" {
			all = append(all, "Member must satisfy regular expression pattern: "+s.pattern)
		}
	default:
		all = append(all, fmt.Sprintf("Member must have value less than or equal to %d", s.max),
			fmt.Sprintf("Member must have value greater than or equal to %d", s.min))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// hasBlob reports whether values of a shape hold blobs.
func (s *Shape) hasBlob() bool {
	if s.kind == Structure {
		return slices.ContainsFunc(s.members, func(m Member) bool { return m.Shape.hasBlob() })
	}
	return s.kind == Blob || s.element != nil && s.element.hasBlob()
}

// lowerFirst turns a member's name into the form that AWS prints.
func lowerFirst(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[size:]
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// showValue shows a map's value: a list or map, which is of the wrong type there,
// by its marks alone.
func showValue(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return clip(value)
	case []any:
		return "[...]"
	case map[string]any:
		return "{...}"
	}
	return fmt.Sprint(value)
}
