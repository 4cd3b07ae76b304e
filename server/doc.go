// Package server puts Leat together: it is the only package that knows all
// parts. It lays out the data folder, opens the parts in an order that has
// reasons, runs them, and stops them in two steps.
//
//	DATA/streams     shardlog: the streams' records
//	DATA/warehouse   the database files
//	DATA/delivery    definitions and plans of delivery streams, staging
//	DATA/buckets     the local buckets, one folder each
//	DATA/tls         the self-signed certificate and its key, if there is one
//	DATA/lock        held by the server that uses the folder
//	DATA/token.key   seals paging tokens and shard iterators
//
// Promises:
//   - A Server that Open returned listens already, on the addresses it reports;
//     Run answers what has queued up since.
//   - Nothing listens beyond loopback without credentials.
//   - Run returns when everything it started has ended. Stopping is only a
//     polite crash: every engine goes on from its checkpoint.
//   - The memory limit is split once, in Config's plan, and no part takes from
//     another's share.
//
// It holds no behaviour of the services themselves: no protocol, no SQL.
package server
