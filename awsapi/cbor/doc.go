// Package cbor reads and writes the CBOR of AWS's APIs
// (application/x-amz-cbor-1.1), which the AWS SDK for Java and the Kinesis
// Client Library speak instead of JSON.
//
// It is the CBOR of RFC 8949 with one difference: a timestamp, tag 1, counts
// milliseconds of Unix time and not seconds. So a general library would misread
// it, and reading is done here, in two ways as for JSON: Decode makes the tree
// that shapes check, and a Scanner walks a hot request's bytes without a tree
// and leaves to Decode whatever is wrong or rare.
//
// Nothing here trusts a length that a client sends: what is read is bounded by
// the bytes there are, the depth by MaxDepth, and the tree by MaxItems.
// Blobs that either way returns point into the source.
package cbor
