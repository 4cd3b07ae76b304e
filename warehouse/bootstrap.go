package warehouse

import (
	"context"
	"fmt"

	"leat"
	"leat/duck"
)

// formatVersion is the version of the tables below. A database of a later
// version is refused; migrations from earlier ones go into bootstrap.
const formatVersion = 2

// migrations make a database of version i+1 one of version i+2.
var migrations = [formatVersion - 1]string{
	`ALTER TABLE leat.quarantine ADD COLUMN subsequence_number BIGINT DEFAULT 0`,
}

// ownSchemas are DuckDB schemas that hold no object of a user: Leat's tables,
// its system views, the emulation of pg_catalog, and what DuckDB itself has.
var ownSchemas = map[string]bool{
	"leat": true, "leat_sys": true, "leat_pg": true, "leat_info": true,
	"main": true, "temp": true, "system": true, "pg_catalog": true, "information_schema": true,
}

// ownTables are the tables of the catalog. They change in the transactions of
// the statements they describe.
var ownTables = []string{
	`CREATE SCHEMA IF NOT EXISTS leat`,
	`CREATE SCHEMA IF NOT EXISTS leat_sys`,
	`CREATE SCHEMA IF NOT EXISTS leat_pg`,
	`CREATE SCHEMA IF NOT EXISTS leat_info`,
	`CREATE SCHEMA IF NOT EXISTS public`,
	`CREATE TABLE IF NOT EXISTS leat.meta (format INTEGER NOT NULL)`,
	`CREATE SEQUENCE IF NOT EXISTS leat.ids START 100001`,
	// What CREATE EXTERNAL SCHEMA said; clauses is a JSON object.
	`CREATE TABLE IF NOT EXISTS leat.external_schemas (
		id BIGINT NOT NULL, name VARCHAR NOT NULL, kind VARCHAR NOT NULL, clauses JSON NOT NULL, created TIMESTAMP NOT NULL)`,
	// Materialized views; kind is stream or table, settings and options JSON objects.
	`CREATE TABLE IF NOT EXISTS leat.views (
		id BIGINT NOT NULL, schema_name VARCHAR NOT NULL, name VARCHAR NOT NULL, kind VARCHAR NOT NULL,
		definition VARCHAR NOT NULL, query VARCHAR NOT NULL, settings JSON NOT NULL, options JSON NOT NULL, auto_refresh BOOLEAN NOT NULL,
		external_schema VARCHAR, stream VARCHAR, owner VARCHAR NOT NULL, created TIMESTAMP NOT NULL)`,
	// How far each streaming view is, and its ledger. A refresh changes its row
	// in the transaction of its rows.
	`CREATE TABLE IF NOT EXISTS leat.view_state (
		view_id BIGINT NOT NULL, identity VARCHAR, position VARCHAR,
		read UBIGINT NOT NULL, rows UBIGINT NOT NULL, filtered UBIGINT NOT NULL, quarantined UBIGINT NOT NULL, lost UBIGINT NOT NULL,
		refreshed TIMESTAMP)`,
	// What views and materialized views are made from.
	`CREATE TABLE IF NOT EXISTS leat.dependencies (
		schema_name VARCHAR NOT NULL, name VARCHAR NOT NULL, kind VARCHAR NOT NULL, ref_schema VARCHAR NOT NULL, ref_name VARCHAR NOT NULL)`,
	// Redshift's types and layout of columns, where DuckDB's type does not tell.
	`CREATE TABLE IF NOT EXISTS leat.columns (
		schema_name VARCHAR NOT NULL, relation VARCHAR NOT NULL, name VARCHAR NOT NULL,
		type VARCHAR NOT NULL, length INTEGER NOT NULL, precision INTEGER NOT NULL, scale INTEGER NOT NULL,
		encoding VARCHAR, distkey BOOLEAN, sortkey INTEGER)`,
	// Views as their users wrote them, and what CREATE TABLE said without effect.
	`CREATE TABLE IF NOT EXISTS leat.relations (
		schema_name VARCHAR NOT NULL, name VARCHAR NOT NULL, definition VARCHAR, options JSON, created TIMESTAMP NOT NULL, owner VARCHAR NOT NULL)`,
	// The marks of transactions whose commit is under way, see commitMarked.
	`CREATE TABLE IF NOT EXISTS leat.commits (id BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS leat.users (name VARCHAR NOT NULL, kind VARCHAR NOT NULL, options JSON)`,
	`CREATE TABLE IF NOT EXISTS leat.grants (
		privilege VARCHAR NOT NULL, object_kind VARCHAR NOT NULL, object VARCHAR NOT NULL, grantee_kind VARCHAR NOT NULL, grantee VARCHAR NOT NULL)`,
	// Records that a view's expressions could not take, whole.
	`CREATE TABLE IF NOT EXISTS leat.quarantine (
		view_id BIGINT NOT NULL, schema_name VARCHAR NOT NULL, view_name VARCHAR NOT NULL, external_schema VARCHAR NOT NULL, stream VARCHAR NOT NULL,
		refresh_time TIMESTAMP NOT NULL, data BLOB USING COMPRESSION zstd, partition_key VARCHAR, shard_id VARCHAR NOT NULL, sequence_number VARCHAR NOT NULL,
		arrival TIMESTAMP NOT NULL, column_name VARCHAR, expression VARCHAR, error_code INTEGER NOT NULL, reason VARCHAR NOT NULL,
		subsequence_number BIGINT DEFAULT 0)`,
}

// openStatements are further statements that run at every open, after the
// tables are there: definitions of views in schemas leat_sys, leat_pg and leat_info. A
// relation NAME in leat_sys or leat_pg is visible as NAME and pg_catalog.NAME,
// one in leat_info as information_schema.NAME.
func openStatements(cfg Config) []string {
	return append(pgCatalogStatements(cfg), systemViewStatements(cfg)...)
}

// bootstrap makes what a new database lacks and renews the system views.
func bootstrap(conn *duck.Conn, cfg Config) error {
	if err := conn.Begin(context.Background()); err != nil {
		return err
	}
	if err := bootstrapTables(conn, cfg); err != nil {
		conn.Rollback()
		return err
	}
	return conn.Commit()
}

func bootstrapTables(conn *duck.Conn, cfg Config) error {
	if err := conn.ExecAll(context.Background(), ownTables...); err != nil {
		return err
	}
	row, err := conn.Row(context.Background(), "SELECT format FROM leat.meta")
	switch {
	case err != nil:
		return err
	case row == nil:
		if _, err := conn.Exec(context.Background(), "INSERT INTO leat.meta VALUES ($1)", formatVersion); err != nil {
			return err
		}
	default:
		if err := migrate(conn, int(row[0].(int32))); err != nil {
			return err
		}
	}
	if err := renewLiterals(conn); err != nil {
		return err
	}
	for _, sql := range append(historyTables(), openStatements(cfg)...) {
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			return fmt.Errorf("%.60s…: %w", sql, err)
		}
	}
	return nil
}

// migrate brings the tables of an earlier version up to this program's.
func migrate(conn *duck.Conn, version int) error {
	if version < 1 || version > formatVersion {
		return &leat.Error{
			Code:    leat.Unsupported,
			Message: fmt.Sprintf("the database has format %d, this program reads formats up to %d", version, formatVersion),
			Hint:    "Use the version of Leat that wrote it.",
		}
	}
	if version == formatVersion {
		return nil
	}
	for _, sql := range migrations[version-1:] {
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			return fmt.Errorf("bring the database from format %d to %d: %w", version, formatVersion, err)
		}
	}
	_, err := conn.Exec(context.Background(), "UPDATE leat.meta SET format = $1", formatVersion)
	return err
}
