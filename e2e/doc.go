// Package e2e tests leat from outside: it builds the real binary once, runs it
// on temporary folders and free ports, and uses it through the clients that
// people use: the AWS CLI, psql, the AWS SDKs for Go, Java, JavaScript and
// Python, the Kinesis Client and Producer Libraries, and the SQL port's drivers:
// pgx, asyncpg, psycopg, redshift_connector, Redshift's JDBC driver, node-postgres,
// postgres.js, Sequelize and SQLAlchemy.
//
// Its tests are the promises of the README, tried to be broken: kills at random
// moments, bad records among good ones, bad input of every kind. Whoever checks
// a promise here compares with what was sent, not with what the server says of
// itself.
//
// The programs in other languages are in clients, each with one idea; make
// clients installs what they need. A test whose client is missing is skipped,
// unless LEAT_E2E=required.
package e2e
