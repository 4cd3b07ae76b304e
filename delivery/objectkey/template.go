package objectkey

import (
	"fmt"
	"strings"

	"leat"
)

// MaxPrefix is how long an evaluated prefix may be, in bytes.
const MaxPrefix = 512

// A template is a prefix with its expressions taken apart.
type template struct {
	parts []part
}

// A part is literal text or one expression.
type part struct {
	kind    kind
	literal string
	pattern pattern // timestamp
	column  string  // partition
}

type kind int

const (
	literalPart kind = iota
	timestampPart
	randomPart
	errorTypePart
	partitionPart
)

// parseTemplate takes a prefix apart. setting is the name to use in errors.
func parseTemplate(setting, text string) (template, error) {
	invalid := func(format string, args ...any) (template, error) {
		return template{}, &leat.Error{Code: leat.InvalidArgument, Message: setting + " " + fmt.Sprintf(format, args...)}
	}
	var t template
	for text != "" {
		start := strings.Index(text, "!{")
		if start < 0 {
			t.parts = append(t.parts, part{literal: text})
			break
		}
		if start > 0 {
			t.parts = append(t.parts, part{literal: text[:start]})
		}
		end := closingBrace(text[start:])
		if end < 0 {
			return invalid("has an expression without its closing brace: %q", text[start:])
		}
		expression := text[start+2 : start+end]
		text = text[start+end+1:]

		namespace, value, found := strings.Cut(expression, ":")
		if !found || value == "" {
			return invalid("has the expression !{%s}, which is not of the form !{namespace:value}", expression)
		}
		switch namespace {
		case "timestamp":
			pattern, err := parsePattern(value)
			if err != nil {
				return invalid("has the expression !{%s}: %s", expression, err)
			}
			t.parts = append(t.parts, part{kind: timestampPart, pattern: pattern})
		case "firehose":
			switch value {
			case "random-string":
				t.parts = append(t.parts, part{kind: randomPart})
			case "error-output-type":
				t.parts = append(t.parts, part{kind: errorTypePart})
			default:
				return invalid("has the expression !{%s}; the firehose namespace has random-string and error-output-type", expression)
			}
		case "partitionKeyFromQuery":
			t.parts = append(t.parts, part{kind: partitionPart, column: value})
		case "partitionKeyFromLambda":
			return template{}, &leat.Error{
				Code:    leat.Unsupported,
				Message: setting + " uses partitionKeyFromLambda, which Leat does not have",
				Hint:    "compute the key in the transform's query and use !{partitionKeyFromQuery:column}",
			}
		default:
			return invalid("has the expression !{%s}; namespaces are timestamp, firehose and partitionKeyFromQuery", expression)
		}
	}
	return t, nil
}

// closingBrace returns the index of the brace that ends the expression at the
// start of text, or -1. A brace inside quotes of a timestamp pattern is text.
func closingBrace(text string) int {
	quoted := false
	for i := 2; i < len(text); i++ {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case text[i] == '}' && !quoted:
			return i
		}
	}
	// Quotes that do not pair: take the first brace, and let the pattern's
	// parser say what is wrong.
	return strings.IndexByte(text, '}')
}

func (t template) has(k kind) bool {
	for _, p := range t.parts {
		if p.kind == k {
			return true
		}
	}
	return false
}

// expressions tells whether the prefix holds any expression.
func (t template) expressions() bool {
	for _, p := range t.parts {
		if p.kind != literalPart {
			return true
		}
	}
	return false
}

// columns returns the names of the partition columns in order, each once.
func (t template) columns() []string {
	var names []string
	seen := map[string]bool{}
	for _, p := range t.parts {
		if p.kind == partitionPart && !seen[p.column] {
			seen[p.column] = true
			names = append(names, p.column)
		}
	}
	return names
}

// then returns the template with text appended, which must be a valid prefix.
func (t template) then(text string) template {
	more, err := parseTemplate("", text)
	if err != nil {
		panic(err) // only called with the constants of this package
	}
	return template{parts: append(t.parts[:len(t.parts):len(t.parts)], more.parts...)}
}
