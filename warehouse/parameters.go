package warehouse

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"leat/duck"
	"leat/redshift"
)

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
			value = "on"
		case "off", "false", "no", "0", "f", "n":
			value = "off"
		default:
			return "", sqlError(stateParameter, "parameter %q requires a Boolean value", name)
		}
	case kindInteger:
		if _, err := strconv.Atoi(value); err != nil {
			return "", sqlError(stateParameter, "invalid value for parameter %q: %q", name, value)
		}
	case kindMillis:
		if _, err := parseMillis(value); err != nil {
			return "", sqlError(stateParameter, "invalid value for parameter %q: %q", name, value)
		}
	}
	switch {
	case known.only != nil:
		return known.supported(name, value)
	case name == "client_encoding":
		switch strings.ToUpper(strings.ReplaceAll(value, "-", "")) {
		case "UTF8", "UNICODE":
			return "UTF8", nil
		}
		return "", sqlError(stateParameter, "client_encoding %q is not supported", value)
	case name == "datestyle":
		return parseDateStyle(values)
	}
	return value, nil
}

// supported refuses values that would change results and are not supported.
func (known parameter) supported(name, value string) (string, error) {
	if low := strings.ToLower(value); slices.Contains(known.only, low) {
		return low, nil
	}
	return "", sqlError(stateUnsupported, "parameter %q is not supported with the value %q; supported: %s", name, value, strings.Join(known.only, ", "))
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
		DateOrder:                   p.dateOrder(),
		Literals:                    p.literals(),
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
	s.user = s.params.get("session_authorization")
	if s.conn == nil {
		return nil // done when it is connected again
	}
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
	name = parameterName(name)
	value := s.initial(name)
	if !toDefault {
		checked, err := checkParameter(name, values)
		if err != nil {
			return err
		}
		value = checked
	} else if _, ok := knownParameters[name]; !ok && !strings.Contains(name, ".") {
		return sqlError(stateUnknownName, "unrecognized configuration parameter %q", name)
	}
	if name == "datestyle" && !toDefault {
		value = mergeDateStyle(s.params.get(name), value)
	}
	if name == "session_authorization" {
		if exists, err := s.userExists(ctx, value, "user"); err != nil || !exists && value != s.login {
			return errors.Join(err, sqlError(stateUnknownName, "user %q does not exist", value))
		}
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

// parameterName is the name that a setting is kept under.
func parameterName(name string) string {
	if name = strings.ToLower(name); name == "readonly" { // JDBC's setReadOnly
		return "default_transaction_read_only"
	}
	return name
}

// initial is what a setting is in a new session.
func (s *Session) initial(name string) string {
	if name == "session_authorization" {
		return s.login
	}
	return knownParameters[name].initial
}

// showParameters returns all settings, sorted.
func (p parameters) showAll() [][]any {
	var rows [][]any
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		rows = append(rows, []any{name, p.values[name]})
	}
	return rows
}
