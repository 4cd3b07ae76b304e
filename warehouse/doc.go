// Package warehouse is the database behind Redshift's SQL: catalog, sessions,
// tables, streaming views and system views, over one DuckDB database file.
//
// Promises:
//   - Each record of a stream counts once in a view: its row (or its place in
//     quarantine) and the view's new position are committed in one
//     transaction.
//   - A refresh never fails because of a record. What a view's expressions
//     cannot take is kept whole in leat_quarantine, with the reason; the rest
//     goes in.
//   - The ledger of a view adds up: read = rows + filtered + quarantined.
//   - SQL of users reaches the database and nothing else: DuckDB is opened
//     closed to the outside, and statements come here as syntax trees that
//     package redshift translates by an allow-list.
//
// It does not parse SQL or speak a protocol, and it holds no stream: records
// come from a source.Source that the Config opens. DESIGN.md, beside this
// file, follows one refresh and one statement through it.
package warehouse
