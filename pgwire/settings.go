package pgwire

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"leat/redshift"
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

// protocolParameters are the names of a start-up packet that are not settings.
var protocolParameters = []string{"user", "database", "replication", "options"}

// refusedParameters are settings of PostgreSQL and Redshift that change results
// or what a session may do, with the value that is no change; this server has
// none of them. Any other name that the session does not know is what a driver
// tells about itself, or steers only a server's speed, and has no effect.
var refusedParameters = map[string]string{
	"array_nulls": "on", "backslash_quote": "safe_encoding", "default_transaction_deferrable": "off", "default_with_oids": "off",
	"describe_field_name_in_uppercase": "off", "downcase_delimited_identifier": "on", "enable_numeric_rounding": "on",
	"error_on_nondeterministic_update": "off", "json_serialization_enable": "off", "json_serialization_parse_nested_strings": "off",
	"lc_monetary": "C", "lc_numeric": "C", "lc_time": "C", "quote_all_identifiers": "off", "role": "none",
	"session_replication_role": "origin", "sql_inheritance": "on", "transaction_deferrable": "off", "transaction_read_only": "off",
	"transaction_timeout": "0", "transform_null_equals": "off", "xmlbinary": "base64", "xmloption": "content",
}

// applyStartup makes the settings of the start-up packet the session's. Names in
// the options parameter are settings; beside it they may be anything.
func (c *conn) applyStartup(ctx context.Context, params map[string]string) error {
	settings := make(map[string]string)
	if err := parseOptions(params["options"], settings); err != nil {
		return err
	}
	asked := maps.Clone(settings)
	for name, value := range params {
		name = strings.ToLower(name)
		if !slices.Contains(protocolParameters, name) && !strings.HasPrefix(name, "_pq_.") {
			settings[name] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		value := settings[name]
		err := c.applySetting(ctx, name, value)
		if _, setting := asked[name]; err != nil && !setting && isUnknownSetting(err) {
			err = refuseParameter(name, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func isUnknownSetting(err error) bool {
	var sqlErr *redshift.Error
	return errors.As(err, &sqlErr) && sqlErr.SQLSTATE == "42704"
}

// refuseParameter refuses a start-up parameter that cannot be honoured and
// matters.
func refuseParameter(name, value string) error {
	harmless, refused := refusedParameters[name]
	if !refused || strings.EqualFold(value, harmless) {
		return nil
	}
	e := errorf("0A000", "start-up parameter %q is not supported with the value %q", name, value)
	e.Hint = "Leave it out, or use " + harmless + "."
	return e
}

func (c *conn) applySetting(ctx context.Context, name, value string) error {
	if name == "client_encoding" {
		return checkEncoding(value)
	}
	return c.run(ctx, "SET "+quoteIdent(name)+" TO "+quoteLiteral(value))
}

// checkEncoding holds the client's encoding: text is UTF-8 and nothing else.
// SQL_ASCII is what clients ask for who do not care. Letters and digits decide,
// as in PostgreSQL: 'utf-8' with its quotes is utf8.
func checkEncoding(value string) error {
	name := strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9', 'a' <= r && r <= 'z':
			return r
		case 'A' <= r && r <= 'Z':
			return r + ('a' - 'A')
		}
		return -1
	}, value)
	switch name {
	case "utf8", "unicode", "sqlascii":
		return nil
	}
	e := errorf("22023", "client_encoding %q is not supported", value)
	e.Hint = "Use UTF8."
	return e
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
		c.send(&pgproto3.ParameterStatus{Name: p.name, Value: sendable(value)})
	}
}
