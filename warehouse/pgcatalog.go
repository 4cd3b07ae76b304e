package warehouse

import (
	"embed"
	"strings"
	"time"

	"leat/duck"
)

// PostgreSQL's catalogs, for clients that look around: psql's \d, drivers,
// editors. They are views and macros, renewed at every open:
//
//	leat       what they are made from: which schemas, relations and columns are shown
//	leat_pg    the relations of schema pg_catalog, and PostgreSQL's functions
//	leat_info  the relations of schema information_schema
//
// What is a session's own comes from DuckDB variables of its connection:
// leat_search_path, a list of names, decides what is visible without a schema
// (unset: public); leat_backend_pid is its number and leat_settings, a map, its
// settings; leat_last_query_id, leat_last_copy_id and leat_last_copy_count say
// what it did last.

//go:embed pgcatalog/*.sql
var pgCatalogSQL embed.FS

// pgCatalogStatements define the emulation of pg_catalog, in schema leat_pg, and
// of information_schema, in schema leat_info.
func pgCatalogStatements(cfg Config) []string {
	return embeddedStatements(pgCatalogSQL, "pgcatalog", cfg)
}

// embeddedStatements are the statements of a folder's files, in order. In them,
// '$database', '$user' and '$started' stand for the database's name, its owner
// and the time of opening, as SQL strings.
func embeddedStatements(fs embed.FS, folder string, cfg Config) []string {
	fill := strings.NewReplacer("'$database'", duck.Literal(cfg.Database), "'$user'", duck.Literal(cfg.User),
		"'$started'", duck.Literal(cfg.Now().UTC().Format(time.RFC3339)))
	files, err := fs.ReadDir(folder)
	if err != nil {
		panic(err) // they are in the program
	}
	var statements []string
	for _, file := range files {
		text, err := fs.ReadFile(folder + "/" + file.Name())
		if err != nil {
			panic(err)
		}
		for statement := range strings.SplitSeq(fill.Replace(string(text)), ";\n") {
			if statement = strings.TrimSpace(statement); statement != "" {
				statements = append(statements, statement)
			}
		}
	}
	return statements
}
