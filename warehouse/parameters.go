package warehouse

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"leat/duck"
	"leat/redshift"
)

// A parameterKind says what a setting takes.
type parameterKind int

const (
	kindText parameterKind = iota
	kindBool
	kindInteger
	kindMillis
	kindFixed // cannot be changed
)

// A parameter is a setting that sessions know.
type parameter struct {
	kind    parameterKind
	initial string
	// show is the name as SHOW and the protocol write it, when not in lower case.
	show string
}

// knownParameters are the settings, by name in lower case. Those that the
// program does not look at are accepted for the clients that set them: they
// change nothing in Redshift's results either.
var knownParameters = map[string]parameter{
	"enable_case_sensitive_identifier":      {kind: kindBool, initial: "off"},
	"enable_case_sensitive_super_attribute": {kind: kindBool, initial: "off"},
	"navigate_super_null_on_error":          {kind: kindBool, initial: "on"},
	"cast_super_null_on_error":              {kind: kindBool, initial: "on"},
	"search_path":                           {kind: kindText, initial: `"$user", public`},
	"statement_timeout":                     {kind: kindMillis, initial: "0"},
	"timezone":                              {kind: kindText, initial: "UTC", show: "TimeZone"},
	"client_encoding":                       {kind: kindText, initial: "UTF8"},
	"application_name":                      {kind: kindText},
	"datestyle":                             {kind: kindText, initial: "ISO, MDY", show: "DateStyle"},
	"intervalstyle":                         {kind: kindText, initial: "postgres", show: "IntervalStyle"},
	"extra_float_digits":                    {kind: kindInteger, initial: "0"},
	"standard_conforming_strings":           {kind: kindBool, initial: "on"},
	"client_min_messages":                   {kind: kindText, initial: "notice"},
	"query_group":                           {kind: kindText, initial: "unset"},
	"wlm_query_slot_count":                  {kind: kindInteger, initial: "1"},
	"enable_result_cache_for_session":       {kind: kindBool, initial: "on"},
	"bytea_output":                          {kind: kindText, initial: "hex"},
	"default_transaction_isolation":         {kind: kindText, initial: "serializable"},
	"default_transaction_read_only":         {kind: kindBool, initial: "off"},
	"transaction_isolation":                 {kind: kindText, initial: "serializable"},
	"transaction":                           {kind: kindText},
	"lock_timeout":                          {kind: kindMillis, initial: "0"},
	"idle_in_transaction_session_timeout":   {kind: kindMillis, initial: "0"},
	"idle_session_timeout":                  {kind: kindMillis, initial: "0"},
	"row_security":                          {kind: kindBool, initial: "on"},
	"synchronize_seqscans":                  {kind: kindBool, initial: "on"},
	"max_index_keys":                        {kind: kindFixed, initial: "32"},
	"server_version":                        {kind: kindFixed, initial: "8.0.2"},
	"server_version_num":                    {kind: kindFixed, initial: "80002"},
	"server_encoding":                       {kind: kindFixed, initial: "UTF8"},
	"integer_datetimes":                     {kind: kindFixed, initial: "on"},
	"is_superuser":                          {kind: kindFixed, initial: "on"},
	"session_authorization":                 {kind: kindText},
	"lc_collate":                            {kind: kindFixed, initial: "C"},
	"lc_ctype":                              {kind: kindFixed, initial: "C"},
}

// parameters are a session's settings.
type parameters struct {
	values map[string]string
	local  map[string]bool // set by SET LOCAL in the open transaction
}

func newParameters(user string) parameters {
	p := parameters{values: map[string]string{}, local: map[string]bool{}}
	for name, known := range knownParameters {
		p.values[name] = known.initial
	}
	p.values["session_authorization"] = user
	return p
}

func (p parameters) clone() parameters {
	return parameters{values: maps.Clone(p.values), local: map[string]bool{}}
}

func (p parameters) get(name string) string { return p.values[strings.ToLower(name)] }

func (p parameters) on(name string) bool { return p.values[name] == "on" }

// dropLocal takes back what SET LOCAL set, to what was before.
func (p parameters) dropLocal(before parameters) bool {
	any := len(p.local) > 0
	for name := range p.local {
		if value, ok := before.values[name]; ok {
			p.values[name] = value
		} else {
			delete(p.values, name)
		}
		delete(p.local, name)
	}
	return any
}

// check returns a setting's value as it is kept.
func checkParameter(name string, values []string) (string, error) {
	known, ok := knownParameters[name]
	if !ok && !strings.Contains(name, ".") { // a name with a dot is the client's own
		return "", sqlError(stateUnknownName, "unrecognized configuration parameter %q", name)
	}
	value := strings.Join(values, ", ")
	switch known.kind {
	case kindFixed:
		return "", sqlError("55P02", "parameter %q cannot be changed", name)
	case kindBool:
		switch strings.ToLower(value) {
		case "on", "true", "yes", "1", "t", "y":
			return "on", nil
		case "off", "false", "no", "0", "f", "n":
			return "off", nil
		}
		return "", sqlError(stateParameter, "parameter %q requires a Boolean value", name)
	case kindInteger:
		if _, err := strconv.Atoi(value); err != nil {
			return "", sqlError(stateParameter, "invalid value for parameter %q: %q", name, value)
		}
	case kindMillis:
		if _, err := parseMillis(value); err != nil {
			return "", sqlError(stateParameter, "invalid value for parameter %q: %q", name, value)
		}
	}
	if name == "client_encoding" {
		switch strings.ToUpper(strings.ReplaceAll(value, "-", "")) {
		case "UTF8", "UNICODE":
			return "UTF8", nil
		}
		return "", sqlError(stateParameter, "client_encoding %q is not supported", value)
	}
	return value, nil
}

// parseMillis reads 500, 500ms, 30s, 5min, 1h.
func parseMillis(text string) (time.Duration, error) {
	text = strings.TrimSpace(strings.ToLower(text))
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return time.Duration(n) * time.Millisecond, nil
	}
	text = strings.ReplaceAll(strings.Replace(text, "min", "m", 1), " ", "")
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = strconv.ErrRange
	}
	return d, err
}

func (p parameters) statementTimeout() time.Duration {
	d, _ := parseMillis(p.values["statement_timeout"])
	return d
}

// lockTimeout is how long a statement may wait for another one; 0: not said.
func (p parameters) lockTimeout() time.Duration { return p.duration("lock_timeout") }

// duration is a setting that is a time; 0 stands for none.
func (p parameters) duration(name string) time.Duration {
	d, _ := parseMillis(p.values[name])
	return d
}

func (p parameters) settings() redshift.Settings {
	return redshift.Settings{
		CaseSensitiveIdentifier:     p.on("enable_case_sensitive_identifier"),
		CaseSensitiveSuperAttribute: p.on("enable_case_sensitive_super_attribute"),
		NavigateSuperNullOnError:    p.on("navigate_super_null_on_error"),
		CastSuperNullOnError:        p.on("cast_super_null_on_error"),
		SearchPath:                  p.searchPath(),
	}
}

func (p parameters) searchPath() []string {
	var path []string
	for _, part := range strings.Split(p.values["search_path"], ",") {
		part = strings.Trim(strings.TrimSpace(part), `"'`)
		if part != "" {
			path = append(path, part)
		}
	}
	return path
}

// applyParameters tells DuckDB of the settings that it must know, when they
// differ from before; nil stands for a fresh connection.
func (s *Session) applyParameters(ctx context.Context, before *parameters) error {
	if before == nil || before.get("timezone") != s.params.get("timezone") {
		if _, err := s.conn.Exec(ctx, "SET TimeZone = "+duck.Literal(s.params.get("timezone"))); err != nil {
			return err
		}
	}
	if _, err := s.conn.Exec(ctx, "SET VARIABLE leat_settings = "+s.params.literal()); err != nil {
		return err
	}
	if before == nil {
		if _, err := s.conn.Exec(ctx, "SET VARIABLE leat_backend_pid = "+strconv.Itoa(int(s.id))); err != nil {
			return err
		}
	}
	if before == nil || before.get("search_path") != s.params.get("search_path") {
		var names []string
		for _, name := range s.params.searchPath() {
			if name == "$user" {
				name = s.user
			}
			names = append(names, duck.Literal(name))
		}
		if _, err := s.conn.Exec(ctx, "SET VARIABLE leat_search_path = ["+strings.Join(names, ", ")+"]::VARCHAR[]"); err != nil {
			return err
		}
	}
	return nil
}

// literal is the settings as a map of DuckDB's, for current_setting and
// pg_settings.
func (p parameters) literal() string {
	var entries []string
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		entries = append(entries, duck.Literal(name)+": "+duck.Literal(p.values[name]))
	}
	return "MAP {" + strings.Join(entries, ", ") + "}"
}

// setParameter is SET; no values means the default.
func (s *Session) setParameter(ctx context.Context, name string, values []string, toDefault, local bool) error {
	name = strings.ToLower(name)
	if name == "transaction" {
		return nil // isolation levels: there is one
	}
	value := knownParameters[name].initial
	if !toDefault {
		checked, err := checkParameter(name, values)
		if err != nil {
			return err
		}
		value = checked
	} else if _, ok := knownParameters[name]; !ok && !strings.Contains(name, ".") {
		return sqlError(stateUnknownName, "unrecognized configuration parameter %q", name)
	}
	before := s.params.clone()
	s.params.values[name] = value
	if local && s.tx.state == txOpen {
		s.params.local[name] = true
	}
	if err := s.applyParameters(ctx, &before); err != nil {
		s.params.values[name] = before.values[name]
		return sqlError(stateParameter, "invalid value for parameter %q: %q", name, value)
	}
	return nil
}

// showParameters returns all settings, sorted.
func (p parameters) showAll() [][]any {
	var rows [][]any
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		if name != "transaction" {
			rows = append(rows, []any{name, p.values[name]})
		}
	}
	return rows
}
