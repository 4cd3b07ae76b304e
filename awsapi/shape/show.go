package shape

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown bounds how much of a refused value an error repeats.
const maxShown = 1024

// quote shows a value between the marks AWS uses, cut when it is very long.
func quote(text string) string {
	if len(text) > maxShown {
		cut := maxShown
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "..."
	}
	return "'" + text + "'"
}

// showList shows a list by its elements' type, as AWS shows structures; the
// elements themselves would make errors of megabytes.
func showList(s *Shape, n int) string {
	name := s.element.name
	if name == "" {
		name = "value"
	}
	shown := min(n, 20)
	parts := make([]string, shown)
	for i := range parts {
		parts[i] = name
	}
	list := strings.Join(parts, ", ")
	if n > shown {
		list += ", ..."
	}
	return "'[" + list + "]'"
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
