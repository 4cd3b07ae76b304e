// Package client is how leat's own commands talk to a server: through the
// sockets and with the SDK that everybody else uses, so that what they show is
// what others get.
//
// A Sender keeps the rule that every Kinesis producer needs: PutRecords can
// take some records and refuse others, and only those refused are sent again.
package client
