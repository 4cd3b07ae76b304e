// Package e2e tests leat from outside: it builds the real binary once, runs it
// on temporary folders and free ports, and uses it through the clients that
// people use: the AWS CLI, psql, the Go SDK and pgx.
//
// Its tests are the promises of the README, tried to be broken: kills at random
// moments, bad records among good ones, bad input of every kind. Whoever checks
// a promise here compares with what was sent, not with what the server says of
// itself.
//
// The AWS CLI and psql must be installed; without them the tests that need them
// are skipped, unless LEAT_E2E=required.
package e2e
