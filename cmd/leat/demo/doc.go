// Package demo shows Leat at work: it starts a server in this process, makes
// streams, streaming views and delivery streams through the server's own
// sockets, with the APIs that everybody else uses, and lets producers run while
// it reports what happens.
//
// A few records are bad on purpose: they end in quarantine, and nothing else
// suffers.
//
// When it stops, everything must add up: what the producers were told is
// acknowledged is what the streams hold, what the views and the delivery streams
// have read is accounted for record by record, and the objects in the buckets,
// opened and counted, hold what was delivered. If not, Run returns an error.
//
// Started again on the same data folder, it goes on where it was, also after a
// kill.
package demo
