package warehouse

import "embed"

// Redshift's system views, in schema leat_sys: views over Leat's own tables,
// renewed at every open.

//go:embed sysviews/*.sql
var systemViewsSQL embed.FS

// systemViewStatements define the system views. They read what
// pgCatalogStatements define.
func systemViewStatements(cfg Config) []string {
	return embeddedStatements(systemViewsSQL, "sysviews", cfg)
}
