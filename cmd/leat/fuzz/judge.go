package fuzz

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Kinds of findings about one statement.
const (
	notUTF8  = "not UTF-8"
	internal = "internal error"
	late     = "late"
	hung     = "hung"
	died     = "the server died"
	lost     = "a connection was lost"
)

// judge says what is wrong with an answer: a kind, and what was expected; ""
// when nothing is.
func judge(a answer) (kind, what string) {
	var told *pgconn.PgError
	switch {
	case a.wrong != "":
		return notUTF8, a.wrong
	case a.hung:
		return hung, fmt.Sprintf("no answer after %v", hangs)
	case errors.As(a.err, &told) && isInternal(told):
		return internal, fmt.Sprintf("answered %s: %s %s", told.Code, told.Message, told.Detail)
	case a.took > answerWithin:
		return late, fmt.Sprintf("answered after %v, statement_timeout is %v (%v)", a.took.Round(1e7), statementTimeout, a.err)
	}
	return "", ""
}

var internalWords = regexp.MustCompile(`(?i)internal error|panic|assertion|runtime error|goroutine |stack trace|nil pointer|unsuccessful or closed|database has been invalidated|FATAL error`)

// isInternal says whether a refusal is a fault of the server, not of the statement.
func isInternal(e *pgconn.PgError) bool {
	return strings.HasPrefix(e.Code, "XX") || internalWords.MatchString(e.Message+" "+e.Detail)
}

var variable = regexp.MustCompile(`'[^']*'|"[^"]*"|[0-9]+|[^\x00-\x7f]+`)

// likeness is what findings have in common that are one.
func likeness(kind, what, sql string) string {
	if kind == late || kind == hung || kind == died || kind == lost {
		what = sql // what was said is the same for all
	}
	return kind + " " + alike(what)
}

// alike is the beginning of a text without what differs each time.
func alike(text string) string {
	text = variable.ReplaceAllString(text, "…")
	return text[:min(len(text), 60)]
}
