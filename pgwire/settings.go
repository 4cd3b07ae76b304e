package pgwire

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// reportedParameters are the settings that clients are told at start-up and
// whenever they change, with the values of a session that has none of its own.
// The version is the one Redshift has always reported.
var reportedParameters = []struct{ name, value string }{
	{"server_version", "8.0.2"},
	{"server_encoding", "UTF8"},
	{"client_encoding", "UTF8"},
	{"DateStyle", "ISO, MDY"},
	{"TimeZone", "UTC"},
	{"integer_datetimes", "on"},
	{"standard_conforming_strings", "off"},
	{"is_superuser", "on"},
	{"session_authorization", ""},
	{"application_name", ""},
}

// driverParameters are what Redshift's and other drivers tell about themselves in
// the start-up packet. They have no effect here.
var driverParameters = []string{
	"user", "database", "replication", "options",
	"driver_version", "os_version", "plugin_name", "client_protocol_version",
	"idp_type", "preferred_role", "db_user", "db_groups", "application",
}

// applyStartup makes the settings of the start-up packet the session's.
func (c *conn) applyStartup(ctx context.Context, params map[string]string) error {
	settings := make(map[string]string)
	for name, value := range params {
		name = strings.ToLower(name)
		if !slices.Contains(driverParameters, name) && !strings.HasPrefix(name, "_pq_.") {
			settings[name] = value
		}
	}
	if err := parseOptions(params["options"], settings); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if err := c.applySetting(ctx, name, settings[name]); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) applySetting(ctx context.Context, name, value string) error {
	if name == "client_encoding" {
		// Text is UTF-8 and nothing else. SQL_ASCII is what clients ask
		// for who do not care.
		switch strings.ToUpper(strings.ReplaceAll(value, "-", "")) {
		case "UTF8", "UNICODE", "SQL_ASCII":
			return nil
		}
		e := errorf("22023", "client_encoding %q is not supported", value)
		e.Hint = "Use UTF8."
		return e
	}
	return c.run(ctx, "SET "+quoteIdent(name)+" TO "+quoteLiteral(value))
}

// parseOptions reads the settings of an options parameter: -c name=value and
// --name=value, words separated by blanks, a backslash before what is literal.
func parseOptions(options string, settings map[string]string) error {
	words := splitOptions(options)
	for i := 0; i < len(words); i++ {
		var setting string
		switch word := words[i]; {
		case word == "-c" && i+1 < len(words):
			i++
			setting = words[i]
		case strings.HasPrefix(word, "-c"):
			setting = word[2:]
		case strings.HasPrefix(word, "--"):
			setting = word[2:]
		default:
			return errorf("42601", "start-up option %q is not supported", word)
		}
		name, value, ok := strings.Cut(setting, "=")
		if !ok || name == "" {
			return errorf("42601", "start-up option %q is not of the form name=value", setting)
		}
		settings[strings.ToLower(strings.ReplaceAll(name, "-", "_"))] = value
	}
	return nil
}

func splitOptions(options string) []string {
	var words []string
	var word strings.Builder
	inWord := false
	for i := 0; i < len(options); i++ {
		switch b := options[i]; {
		case b == '\\' && i+1 < len(options):
			i++
			word.WriteByte(options[i])
			inWord = true
		case b == ' ' || b == '\t' || b == '\n':
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteByte(b)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}

func quoteIdent(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// quoteLiteral writes a literal that means the same in every session.
func quoteLiteral(s string) string {
	text := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(text, `\`, `\\`)
	}
	return text
}

// reportParameters tells the client the settings that have changed since it
// was told last.
func (c *conn) reportParameters() {
	for _, p := range reportedParameters {
		value := c.sess.Parameter(p.name)
		if value == "" {
			value = p.value
		}
		if last, told := c.reported[p.name]; told && last == value {
			continue
		}
		c.reported[p.name] = value
		c.send(&pgproto3.ParameterStatus{Name: p.name, Value: value})
	}
}
