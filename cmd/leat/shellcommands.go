package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// shellHelp is what \? shows.
const shellHelp = `  SQL;              runs when the semicolon is there; Ctrl-C cancels it
  \d                tables and views          \d NAME    columns of one
  \dt  \dv          tables; views             \dn        schemas
  \i FILE           run the statements of a file
  \format FORMAT    print rows as table, csv or json
  \timing           say how long statements take, or no longer
  \r                forget what has been typed of a statement
  \q                quit, as Ctrl-D does
`

// relations lists what pg_class knows of some kinds.
const relations = `SELECT n.nspname AS schema, c.relname AS name,
  CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'other' END AS type,
  pg_get_userbyid(c.relowner) AS owner
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN (%s) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2`

// columnsOf lists the columns of what has a name, maybe with a schema before it.
const columnsOf = `SELECT n.nspname AS schema, c.relname AS name, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
  CASE WHEN a.attnotnull THEN 'not null' ELSE '' END AS nullable
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relname = %s %s
ORDER BY 1, 2, a.attnum`

// shellQueries are the commands that are queries.
var shellQueries = map[string]string{
	`\d`:  fmt.Sprintf(relations, "'r', 'v', 'm'"),
	`\dt`: fmt.Sprintf(relations, "'r'"),
	`\dv`: fmt.Sprintf(relations, "'v', 'm'"),
	`\dn`: "SELECT nspname AS schema, pg_get_userbyid(nspowner) AS owner FROM pg_namespace ORDER BY 1",
}

// command runs a line that begins with a backslash.
func (s *shell) command(ctx context.Context, line string) {
	name, argument, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(line), ";"), " ")
	argument = strings.TrimSpace(argument)
	query, isQuery := shellQueries[name]
	switch {
	case name == `\q`:
		s.ended = true
	case name == `\?`, name == `\h`:
		s.help()
	case name == `\r`:
		s.typed = ""
	case name == `\timing`:
		s.timing = !s.timing
		fmt.Fprintf(s.term.out, "Timing is %s.\n", map[bool]string{true: "on", false: "off"}[s.timing])
	case name == `\format`:
		s.setFormat(argument)
	case name == `\i` && argument != "":
		s.runFile(ctx, argument)
	case name == `\d` && argument != "":
		s.runStatement(ctx, describe(argument))
	case isQuery && argument == "":
		s.runStatement(ctx, query)
	default:
		fmt.Fprintf(s.term.err, "There is no %s here. \\? lists what there is.\n", line)
	}
}

func (s *shell) help() { fmt.Fprint(s.term.out, shellHelp) }

func (s *shell) setFormat(format string) {
	switch format {
	case "table", "csv", "json":
		s.Format = format
	default:
		fmt.Fprintf(s.term.err, "\\format takes table, csv or json; it is %s now.\n", s.Format)
	}
}

// runFile runs a file's statements up to the first that fails.
func (s *shell) runFile(ctx context.Context, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintf(s.term.err, "leat: %v\n", err)
		return
	}
	for _, statement := range statements(string(text)) {
		if !s.runStatement(ctx, statement) {
			return
		}
	}
}

// describe is the query for the columns of name or schema.name; names may be
// quoted.
func describe(name string) string {
	parts := nameParts(name)
	schema, table := "", parts[len(parts)-1]
	if len(parts) > 1 {
		schema = "AND n.nspname = " + dollarQuoted(parts[len(parts)-2])
	}
	return fmt.Sprintf(columnsOf, dollarQuoted(table), schema)
}

// dollarQuoted is text as a constant in which no character means anything else.
func dollarQuoted(text string) string {
	return "$name$" + strings.ReplaceAll(text, "$name$", "") + "$name$"
}

// nameParts takes a.b or "A"."b" apart, as far as a person types such names;
// without quotes names are in lower case.
func nameParts(name string) []string {
	var parts []string
	for part := range strings.SplitSeq(name, ".") {
		if quoted, ok := strings.CutPrefix(part, `"`); ok {
			parts = append(parts, strings.TrimSuffix(quoted, `"`))
		} else {
			parts = append(parts, strings.ToLower(part))
		}
	}
	return parts
}
