// Package awsapi answers AWS APIs over HTTP, all on one port: it routes by the
// X-Amz-Target header, checks signatures, decodes and validates requests by
// their shapes, and writes results and errors as AWS writes them, in JSON or,
// where AWS does too, in CBOR. Clients of services that are not here are told so
// in the protocol that they speak.
//
// Signatures (version 4) may stand in the Authorization header or in the query
// string; they cover the whole body, or its chunks, or leave it out where the
// client says so under the signature.
//
// A service (kinesis, firehose, …) is a table of operations in a package of
// its own below this one. An operation reads a checked shape.Object and
// returns a value or an error; it sees nothing of HTTP. The hot operations may
// also take the body's bytes as they came.
//
// What holds for every request:
//   - With credentials configured no body is read for someone unknown, but for
//     one of at most 4 KiB that tells whether it is one at all, and nothing is done
//     before the signature has been verified.
//   - Without, requests of pages from elsewhere are refused (origin.go).
//   - Bodies in memory are bounded over all requests; those above wait.
//   - A panic ends one request, with InternalFailure, and is logged.
//
// The package holds no state but who may sign and the buffers it reuses, starts
// no goroutines and does not listen: the server does. Its package faults decides
// which requests go wrong on purpose, when an administrator wants that.
package awsapi
