package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// writeServerError shows an error and the line of the statement it is about, with
// a caret below the place.
func writeServerError(w io.Writer, e *pgconn.PgError, statement string) {
	fmt.Fprintf(w, "%s: %s (%s)\n", e.Severity, e.Message, e.Code)
	if line, number, column, ok := lineAt(statement, int(e.Position)); ok {
		label := fmt.Sprintf("LINE %d: ", number)
		fmt.Fprintf(w, "%s%s\n%s^\n", label, line, strings.Repeat(" ", len(label)+column))
	}
	if e.Detail != "" {
		fmt.Fprintf(w, "DETAIL: %s\n", e.Detail)
	}
	if e.Hint != "" {
		fmt.Fprintf(w, "HINT: %s\n", e.Hint)
	}
}

// lineAt finds the line that holds the character at a position, counted from
// 1, and its column, counted from 0. Tabs become blanks, so that a caret stands
// where it should.
func lineAt(text string, position int) (line string, number, column int, ok bool) {
	characters := []rune(text)
	if position < 1 || position > len(characters)+1 {
		return "", 0, 0, false
	}
	before := string(characters[:position-1])
	number = strings.Count(before, "\n") + 1
	start := strings.LastIndex(before, "\n") + 1
	column = len([]rune(before[start:]))
	rest, _, _ := strings.Cut(string(characters[position-1:]), "\n")
	return strings.ReplaceAll(before[start:]+rest, "\t", " "), number, column, true
}
