package warehouse

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"leat/duck"
	"leat/redshift"
)

// The codes of rejected records, after Redshift's load errors.
const (
	codeUnknown   = 1216 // invalid input
	codeRange     = 1204 // out of range for its type, or too long
	codeDate      = 1205
	codeTimestamp = 1206
	codeDigit     = 1207
	codeFloat     = 1208
	codeDecimal   = 1209
	codeBoolean   = 1210
	codeUTF8      = 1220
	codeJSON      = 1224
	codeTooLarge  = 8001 // larger than the column, skipped before any expression
)

var codeOfType = map[string]int{
	"smallint": codeDigit, "integer": codeDigit, "bigint": codeDigit,
	"real": codeFloat, "double precision": codeFloat, "numeric": codeDecimal, "boolean": codeBoolean,
	"date": codeDate, "timestamp": codeTimestamp, "timestamptz": codeTimestamp, "time": codeTimestamp, "timetz": codeTimestamp,
}

// codeOfState are the codes of errors that the translation raises itself.
var codeOfState = map[string]int{"22001": codeRange, "22003": codeRange, "22P02": codeDigit, "22021": codeUTF8, "22007": codeTimestamp, "22008": codeTimestamp, redshift.InvalidJSON: codeJSON, "22P05": codeUTF8}

// reasonFor turns DuckDB's error about a row into a code and plain words.
func (l *load) reasonFor(b *badRow, cause error) (int, string) {
	data := l.batch.Record(int(b.row)).Data
	var failed *duck.Error
	if !errors.As(cause, &failed) {
		return codeUnknown, l.generalReason(b.column)
	}
	words := l.target(b.column) + ": " + plainWords(failed.Message)
	if raised := redshift.RaisedError(failed.Message); raised != nil {
		if raised.SQLSTATE == redshift.InvalidJSON && !utf8.Valid(data) {
			return codeUTF8, l.invalidUTF8(b, data)
		}
		code, ok := codeOfState[raised.SQLSTATE]
		if !ok {
			code = codeUnknown
		}
		message, _, _ := strings.Cut(raised.Message, "; the text begins with ") // the record is kept beside it
		return code, l.target(b.column) + ": " + strings.Replace(message, "invalid JSON", "the data is not valid JSON", 1)
	}
	switch {
	case !utf8.Valid(data) && failed.Type != duck.DivideByZero:
		return codeUTF8, l.invalidUTF8(b, data)
	case failed.Type == duck.OutOfRange:
		return codeRange, words
	case b.column >= 0 && failed.Type == duck.Conversion:
		if strings.Contains(failed.Message, "out of range") {
			return codeRange, words
		}
		if code, ok := codeOfType[l.view.query.Columns[b.column].Type.Name]; ok {
			return code, words
		}
	}
	return codeUnknown, words
}

// target names what failed.
func (l *load) target(column int) string {
	switch {
	case column == badWhere:
		return "WHERE"
	case column >= 0:
		return "column " + l.view.query.Columns[column].Name
	}
	return "record"
}

// generalReason is the reason of rows that no time was left to look at alone.
func (l *load) generalReason(column int) string {
	return l.target(column) + ": the expression fails for this record"
}

// duckTypeWords are DuckDB's names of types and Redshift's.
var duckTypeWords = strings.NewReplacer(
	"INT8", "tinyint", "INT16", "smallint", "INT32", "integer", "INT64", "bigint", "INT128", "numeric",
	"BIGINT", "bigint", "INTEGER", "integer", "SMALLINT", "smallint", "DOUBLE", "double precision", "FLOAT", "real",
	"VARCHAR", "varchar", "BOOLEAN", "boolean", "TIMESTAMP WITH TIME ZONE", "timestamptz", "TIMESTAMP", "timestamp", "DATE", "date",
	"DECIMAL", "numeric", "BOOL", "boolean", "JSON", "JSON",
)

// unconverted is DuckDB's message about text that is no value of a type.
var unconverted = regexp.MustCompile(`^Could not convert string '(.*)' to ([A-Z0-9 ]+)$`)

// syntaxOf words unconverted text as PostgreSQL 8 does, and so Redshift, where
// all integers are one.
func syntaxOf(value, duckType string) string {
	name := duckTypeWords.Replace(duckType)
	switch name {
	case "smallint", "integer", "bigint":
		return fmt.Sprintf("invalid input syntax for integer: \"%s\"", value)
	}
	return fmt.Sprintf("invalid input syntax for type %s: \"%s\"", name, value)
}

// plainWords shortens DuckDB's message to its first line and uses Redshift's
// names of types.
func plainWords(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	line = strings.TrimSpace(line)
	if match := unconverted.FindStringSubmatch(line); match != nil {
		line = syntaxOf(match[1], match[2])
	} else {
		// Quoted text is the record's own; types come after it.
		quoted := strings.LastIndexByte(line, '\'') + 1
		line = line[:quoted] + duckTypeWords.Replace(line[quoted:])
	}
	const most = 500
	if len(line) > most {
		line = strings.ToValidUTF8(line[:most], "") + "…"
	}
	if line == "" {
		return "the expression fails for this record"
	}
	return line
}

func (l *load) invalidUTF8(b *badRow, data []byte) string {
	return fmt.Sprintf("%s: the data is not valid UTF-8 from byte %d on", l.target(b.column), firstInvalid(data))
}

func firstInvalid(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
	return len(data)
}

func itoa(n int) string { return strconv.Itoa(n) }
