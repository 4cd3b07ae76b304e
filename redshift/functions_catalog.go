package redshift

// catalogFunctions are the functions of PostgreSQL's catalog that clients
// call. Their SQL calls macros of the schema leat_pg, which the warehouse
// makes; CatalogMacros lists them.
var catalogFunctions = map[string][]variant{
	"pg_get_userbyid":                 {{"i", typeVarchar, "leat_pg.pg_get_userbyid($1)"}},
	"pg_get_viewdef":                  {{"i", typeVarchar, "leat_pg.pg_get_viewdef($1)"}, {"ib", typeVarchar, "leat_pg.pg_get_viewdef($1)"}},
	"pg_get_expr":                     {{"ai", typeVarchar, "leat_pg.pg_get_expr($1, $2)"}, {"aib", typeVarchar, "leat_pg.pg_get_expr($1, $2)"}},
	"pg_get_constraintdef":            {{"i", typeVarchar, "leat_pg.pg_get_constraintdef($1)"}, {"ib", typeVarchar, "leat_pg.pg_get_constraintdef($1)"}},
	"pg_get_indexdef":                 {{"i", typeVarchar, "leat_pg.pg_get_indexdef($1)"}, {"iib", typeVarchar, "leat_pg.pg_get_indexdef($1)"}},
	"pg_get_partkeydef":               {{"i", typeVarchar, "CAST(NULL AS VARCHAR)"}},
	"pg_get_statisticsobjdef_columns": {{"i", typeVarchar, "CAST(NULL AS VARCHAR)"}},
	"pg_get_function_arguments":       {{"i", typeVarchar, "leat_pg.pg_get_function_arguments($1)"}},
	"pg_get_function_result":          {{"i", typeVarchar, "leat_pg.pg_get_function_result($1)"}},
	"pg_table_is_visible":             {{"i", typeBoolean, "leat_pg.pg_table_is_visible($1)"}},
	"pg_type_is_visible":              {{"i", typeBoolean, "true"}},
	"pg_function_is_visible":          {{"i", typeBoolean, "true"}},
	"pg_relation_is_publishable":      {{"a", typeBoolean, "false"}},
	"format_type":                     {{"ia", typeVarchar, "leat_pg.format_type($1, $2)"}},
	"obj_description":                 {{"i", typeVarchar, "leat_pg.obj_description($1, '')"}, {"it", typeVarchar, "leat_pg.obj_description($1, $2)"}},
	"shobj_description":               {{"it", typeVarchar, "CAST(NULL AS VARCHAR)"}},
	"col_description":                 {{"ii", typeVarchar, "leat_pg.col_description($1, $2)"}},
	"pg_encoding_to_char":             {{"i", typeVarchar, "'UTF8'"}},
	"pg_relation_size":                {{"a", typeBigint, "leat_pg.pg_relation_size($1)"}},
	"pg_total_relation_size":          {{"a", typeBigint, "leat_pg.pg_relation_size($1)"}},
	"pg_table_size":                   {{"a", typeBigint, "leat_pg.pg_relation_size($1)"}},
	"pg_database_size":                {{"a", typeBigint, "leat_pg.pg_database_size()"}},
	"pg_tablespace_location":          {{"i", typeVarchar, "''"}},
	"pg_char_to_encoding":             {{"t", typeInteger, "6"}},
	"pg_my_temp_schema":               {{"", typeBigint, "CAST(0 AS BIGINT)"}},
	"pg_is_other_temp_schema":         {{"i", typeBoolean, "false"}},
	"pg_collation_is_visible":         {{"i", typeBoolean, "true"}},
	"has_table_privilege":             {{"at", typeBoolean, "leat_pg.has_table_privilege(CAST($1 AS VARCHAR), $2)"}, {"aat", typeBoolean, "leat_pg.has_table_privilege(CAST($2 AS VARCHAR), $3)"}},
	"has_schema_privilege":            {{"at", typeBoolean, "leat_pg.has_schema_privilege(CAST($1 AS VARCHAR), $2)"}, {"aat", typeBoolean, "leat_pg.has_schema_privilege(CAST($2 AS VARCHAR), $3)"}},
	"has_database_privilege":          {{"at", typeBoolean, "true"}, {"aat", typeBoolean, "true"}},
	"has_column_privilege":            {{"aat", typeBoolean, "true"}, {"aaat", typeBoolean, "true"}},
	"has_function_privilege":          {{"at", typeBoolean, "true"}, {"aat", typeBoolean, "true"}},
	"has_any_column_privilege":        {{"at", typeBoolean, "leat_pg.has_table_privilege(CAST($1 AS VARCHAR), $2)"}, {"aat", typeBoolean, "leat_pg.has_table_privilege(CAST($2 AS VARCHAR), $3)"}},
}

// CatalogMacros are the macros of the DuckDB schema leat_pg that translations
// call, with their parameters. The warehouse makes all of them.
var CatalogMacros = []string{
	"version()", "pg_backend_pid()", "pg_last_query_id()", "pg_last_copy_id()", "pg_last_copy_count()", "txid_current()",
	"current_setting(name)", "pg_postmaster_start_time()", "pg_database_size()",
	"pg_get_userbyid(id)", "pg_get_viewdef(id)", "pg_get_expr(text, id)", "pg_get_constraintdef(id)", "pg_get_indexdef(id)",
	"pg_get_function_arguments(id)", "pg_get_function_result(id)",
	"pg_table_is_visible(id)", "format_type(id, typmod)", "obj_description(id, catalog)", "col_description(id, number)",
	"pg_relation_size(id)", "has_table_privilege(name, privilege)", "has_schema_privilege(name, privilege)",
	"to_regclass(name)", "to_regtype(name)", "to_regproc(name)", "to_regnamespace(name)", "to_regrole(name)",
	"regclass_name(id)", "regtype_name(id)", "regproc_name(id)", "regnamespace_name(id)", "regrole_name(id)",
}
