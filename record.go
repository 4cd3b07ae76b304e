package leat

// A Record is one event as a stream keeps it.
//
// Its byte slices belong to whoever handed the record out and stay valid only
// as long as that reader promises; copy what must live longer.
type Record struct {
	// Shard is the number of the shard the record went to.
	Shard uint32
	// Sequence is the record's place in its stream, final once acknowledged.
	Sequence Sequence
	// Subsequence tells the user records of one KPL aggregate apart, which share
	// the aggregate's Sequence: their place in it, from 0. It is 0 for a record
	// that is no part of an aggregate. Both together are what the Kinesis Client
	// Library calls an extended sequence number.
	Subsequence uint32
	// Arrival is when the stream took the record, in milliseconds of Unix time.
	Arrival int64
	// PartitionKey is the producer's key, up to 256 characters of UTF-8. It is
	// empty only where a stream takes records without one.
	PartitionKey []byte
	// Data is the payload, any bytes.
	Data []byte
}
