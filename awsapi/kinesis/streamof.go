package kinesis

import "leat/awsapi/shape"

// streamOfRequest returns the name of the stream that a request is about, in
// whatever way it names it; empty when it names none. Whether there is such a
// stream is not asked.
func (c *core) streamOfRequest(in shape.Object) string {
	if in.Has("StreamName") {
		return in.Text("StreamName")
	}
	for _, member := range []string{"StreamARN", "ConsumerARN", "ResourceARN"} {
		if name, _, ok := splitARN(in.Text(member)); ok {
			return name
		}
	}
	if in.Has("ShardIterator") {
		it, _ := c.openIterator(in.Text("ShardIterator"))
		return it.stream
	}
	return ""
}
