// Package scan reads the bodies of the hot operations, PutRecords and its
// kin, straight from their bytes: no reflection, no tree, no allocation for a
// record.
//
// A Scanner walks JSON from left to right and answers false as soon as it
// meets something it does not do: malformed JSON, but also rarities such as
// null or a text with invalid UTF-8. False is never an answer to a client: the
// caller then decodes the body the ordinary way, which accepts what is right
// and reports what is wrong. So the scanner need not explain anything, but it
// must never accept what the ordinary way refuses, nor read another value; a
// fuzz test holds it to that.
package scan
