package kinesis

import (
	"strings"

	"leat/awsapi/shape"
)

// streamOfRequest returns the name of the stream that a request is about, in
// whatever way it names it; empty when it names none. Whether there is such a
// stream is not asked.
func (a *api) streamOfRequest(in shape.Object) string {
	if in.Has("StreamName") {
		return in.Text("StreamName")
	}
	for _, member := range []string{"StreamARN", "ConsumerARN", "ResourceARN"} {
		if name, ok := strings.CutPrefix(in.Text(member), a.arnOf("")); ok {
			name, _, _ = strings.Cut(name, "/") // a consumer's goes on
			return name
		}
	}
	if in.Has("ShardIterator") {
		it, _ := a.openIterator(in.Text("ShardIterator"))
		return it.stream
	}
	return ""
}
