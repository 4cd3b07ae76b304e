package warehouse

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
	// idle settings are kept and shown: they steer the speed or the upkeep of a
	// cluster, and no statement's result, isolation or safety depends on them. The
	// others do what they do in Redshift.
	idle bool
	// only are the values, in lower case, that are supported where Redshift takes
	// more: the others are refused by name. nil: all of the kind.
	only []string
}

// isolationLevels are what Redshift takes; whichever is asked for, transactions
// have snapshots, see Session.setModes.
var isolationLevels = []string{"snapshot", "serializable", "repeatable read", "read committed", "read uncommitted"}

// knownParameters are the settings, by name in lower case.
var knownParameters = map[string]parameter{
	"application_name":                      {kind: kindText},
	"bytea_output":                          {kind: kindText, initial: "hex", only: []string{"hex"}},
	"cast_super_null_on_error":              {kind: kindBool, initial: "on"},
	"client_encoding":                       {kind: kindText, initial: "UTF8"},
	"client_min_messages":                   {kind: kindText, initial: "notice", only: []string{"debug5", "debug4", "debug3", "debug2", "debug1", "debug", "log", "info", "notice", "warning", "error", "fatal", "panic"}},
	"datestyle":                             {kind: kindText, initial: "ISO, MDY", show: "DateStyle"},
	"default_geometry_encoding":             {kind: kindText, initial: "1", only: []string{"1"}},
	"default_transaction_isolation":         {kind: kindText, initial: "snapshot", only: isolationLevels},
	"default_transaction_read_only":         {kind: kindBool, initial: "off"},
	"describe_field_name_in_uppercase":      {kind: kindBool, initial: "off"},
	"downcase_delimited_identifier":         {kind: kindBool, initial: "on", only: []string{"on"}},
	"enable_case_sensitive_identifier":      {kind: kindBool, initial: "off"},
	"enable_case_sensitive_super_attribute": {kind: kindBool, initial: "off"},
	"error_on_nondeterministic_update":      {kind: kindBool, initial: "off", only: []string{"off"}},
	"extra_float_digits":                    {kind: kindInteger, initial: "0"},
	"idle_in_transaction_session_timeout":   {kind: kindMillis, initial: "0"},
	"idle_session_timeout":                  {kind: kindMillis, initial: "0"},
	"intervalstyle":                         {kind: kindText, initial: "postgres", show: "IntervalStyle", only: []string{"postgres"}},
	"json_parse_dedup_attributes":           {kind: kindBool, initial: "off", only: []string{"off"}},
	"json_parse_truncate_strings":           {kind: kindBool, initial: "off", only: []string{"off"}},
	"lock_timeout":                          {kind: kindMillis, initial: "0"},
	"navigate_super_null_on_error":          {kind: kindBool, initial: "on", only: []string{"on"}},
	"row_security":                          {kind: kindBool, initial: "on"},
	"search_path":                           {kind: kindText, initial: `"$user", public`},
	"session_authorization":                 {kind: kindText},
	"standard_conforming_strings":           {kind: kindBool, initial: "off"},
	"statement_timeout":                     {kind: kindMillis, initial: "0"},
	"timezone":                              {kind: kindText, initial: "UTC", show: "TimeZone"},
	"transaction_isolation":                 {kind: kindText, initial: "snapshot", only: isolationLevels},
	"transaction_read_only":                 {kind: kindBool, initial: "off"},

	"analyze_threshold_percent":        {kind: kindText, initial: "10", idle: true},
	"auto_analyze":                     {kind: kindBool, initial: "on", idle: true},
	"auto_mv":                          {kind: kindBool, initial: "on", idle: true},
	"enable_result_cache_for_session":  {kind: kindBool, initial: "on", idle: true},
	"enable_vacuum_boost":              {kind: kindBool, initial: "off", idle: true},
	"max_concurrency_scaling_clusters": {kind: kindInteger, initial: "1", idle: true},
	"max_cursor_result_set_size":       {kind: kindInteger, initial: "0", idle: true},
	"mv_enable_aqmv_for_session":       {kind: kindBool, initial: "on", idle: true},
	"query_group":                      {kind: kindText, initial: "default", idle: true},
	"spectrum_enable_pseudo_columns":   {kind: kindBool, initial: "on", idle: true},
	"spectrum_query_maxerror":          {kind: kindInteger, initial: "0", idle: true},
	"stored_proc_log_min_messages":     {kind: kindText, initial: "LOG", idle: true},
	"synchronize_seqscans":             {kind: kindBool, initial: "on", idle: true},
	"wlm_query_slot_count":             {kind: kindInteger, initial: "1", idle: true},

	"integer_datetimes":  {kind: kindFixed, initial: "on"},
	"is_superuser":       {kind: kindFixed, initial: "on"},
	"lc_collate":         {kind: kindFixed, initial: "C"},
	"lc_ctype":           {kind: kindFixed, initial: "C"},
	"max_index_keys":     {kind: kindFixed, initial: "32"},
	"server_encoding":    {kind: kindFixed, initial: "UTF8"},
	"server_version":     {kind: kindFixed, initial: "8.0.2"},
	"server_version_num": {kind: kindFixed, initial: "80002"},
}
