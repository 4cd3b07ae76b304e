// Package kinesis answers the API of Kinesis Data Streams from the embedded
// log.
//
// Each operation has a file of its own, which begins with what the operation
// does, where it differs from AWS, and its limits; operations.go has the table of
// operations, shapes_gen.go the constraints of their requests as the service's
// model states them. All that a request can get wrong by itself is reported
// by the shapes; operations report what depends on the streams.
//
// PutRecords and PutRecord are the hot path: their bodies are read without a
// tree, in JSON and (cbor.go) in CBOR, and whatever it cannot read goes the
// ordinary way, which either accepts it or says why not. Both ways end in the
// same append, where limits and faults may refuse single records (refusal.go).
//
// SubscribeToShard is the one operation that goes on after its answer has begun:
// subscriptions.go says who may subscribe, follower.go makes the events. With a
// StatusDelay streams show CREATING, UPDATING and DELETING (status.go); with
// EnforceLimits quota.go and throttle.go keep callers to AWS's limits.
//
// The package keeps nothing: streams are the log's, which also stores what only
// the API knows of them (attributes.go), and iterators and paging tokens are
// sealed text in the client's hands.
package kinesis
