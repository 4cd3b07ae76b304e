// Command leat carries event streams into a warehouse and a data lake, in one
// process: streams with the Kinesis API, delivery with the Firehose API, SQL
// in Redshift's dialect over the PostgreSQL protocol.
//
// Every subcommand is one file here that turns flags into another package's
// configuration: serve and demo run package server; put, sql and bench are
// clients like any other and use only the sockets; verify reads a data folder
// that no server has open. What demo and bench share, and what is too long for
// one file, is in the folders below.
//
// The exit code is 0 when all went well, 1 when what was asked for failed or
// did not hold, and 2 when the command line makes no sense.
package main
