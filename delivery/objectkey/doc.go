// Package objectkey makes the keys of delivered objects, by the grammar that
// Amazon Data Firehose has for Amazon S3:
//
//	<evaluated prefix><stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid><extension>
//
// Prefixes hold expressions: !{timestamp:…} with a pattern of Java's
// DateTimeFormatter, !{firehose:random-string}, !{firehose:error-output-type}
// and !{partitionKeyFromQuery:column}. They are evaluated on the arrival time
// of the oldest record of the batch.
//
// Everything here is a pure function: the same batch has the same keys however
// often it is delivered, which is what makes a repeated delivery harmless. The
// random strings are drawn from the batch's id for the same reason.
//
// The package does not know buckets, and does not check that a key is one that
// a bucket can hold.
package objectkey
