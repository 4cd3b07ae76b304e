// Package pgwire is the PostgreSQL protocol: it lets psql, pgx, JDBC and every
// other PostgreSQL client talk to the warehouse as they would to Redshift.
//
// A connection is one goroutine and one warehouse session. It reads a message,
// hands SQL to the session, and streams the rows back through a buffer of fixed
// size, so a slow client slows its own statement down and costs no memory.
//
// Promises:
//   - Serve returns only when every connection's goroutine has ended.
//   - Several statements in one message, or between two Syncs, are one
//     transaction unless they open their own, as in PostgreSQL.
//   - A statement that fails, a message that makes no sense or a panic harms
//     one connection, never the server.
//   - Nothing that a client sends before it has proved who it is costs more than
//     a small buffer and the start-up timeout.
//
// It does not understand SQL: parsing is package redshift's, running is package
// warehouse's. It does not carry COPY data.
package pgwire
