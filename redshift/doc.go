// Package redshift is the dialect: a hand-written lexer and parser for
// Redshift's SQL, its syntax tree, and the translation to DuckDB's SQL. It is
// pure functions; it never touches a database.
//
// Parse makes statements out of text. Translate resolves a statement's names
// against a Catalog and writes DuckDB SQL; TranslateStream does so for the
// query of a streaming view, part by part. Everything else about a statement
// (options of tables, schemas and views) is in its tree.
//
// What holds:
//   - Nothing is recognised by searching in text: every decision is made on
//     tokens and trees.
//   - Only functions of the table in this package, and relations that the
//     Catalog knows, come out of a translation; so no statement of a user
//     reaches DuckDB's functions that touch files, settings or the network.
//   - Parsing never panics and its recursion is bounded.
//   - What is not supported is an *Error with SQLSTATE 0A000 that names it.
//
// Names fold to lower case when a statement is translated, not when it is
// parsed, because the session's settings decide.
package redshift
