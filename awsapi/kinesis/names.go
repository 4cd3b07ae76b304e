package kinesis

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"leat"
	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// stream finds the stream that a request names by StreamName, StreamARN or
// both.
func (a *api) stream(in shape.Object) (*shardlog.Stream, string, error) {
	name, err := nameIn(in)
	if err != nil {
		return nil, "", err
	}
	s, err := a.find(name)
	if err != nil {
		return nil, "", err
	}
	return s, name, nil
}

// nameIn returns the name of the stream that a request names.
func nameIn(in shape.Object) (string, error) {
	if err := refuseStreamID(in); err != nil {
		return "", err
	}
	name := in.Text("StreamName")
	if in.Has("StreamARN") {
		named, err := nameOf(in.Text("StreamARN"))
		if err != nil {
			return "", err
		}
		if name != "" && name != named {
			return "", awsapi.Errorf(invalidArgument, "StreamName %s and StreamARN %s name different streams.", name, in.Text("StreamARN"))
		}
		name = named
	}
	if name == "" {
		return "", awsapi.Errorf(invalidArgument, "The request names no stream: give StreamName or StreamARN.")
	}
	return name, nil
}

// refuseStreamID refuses what AWS reserves for later.
func refuseStreamID(in shape.Object) error {
	if in.Has("StreamId") {
		return awsapi.Errorf(invalidArgument, "Leat does not support StreamId, which AWS reserves for later: leave it out.")
	}
	return nil
}

// streamError says of a missing stream what AWS says.
func (a *api) streamError(err error, name string) error {
	if leat.CodeOf(err) == leat.NotFound {
		return awsapi.Errorf(resourceNotFound, "Stream %s under account %s not found.", name, a.place.Account)
	}
	return err
}

func (a *api) arnOf(stream string) string { return a.place.ARN("kinesis", "stream/"+stream) }

// splitARN returns the name of the stream in an ARN of a stream, or of one of
// its consumers, whose name and second of registration are then the rest. The
// region and account may be any: there is one set of streams.
func splitARN(arn string) (stream, consumer string, ok bool) {
	_, resource, ok := awsapi.ParseARN(arn, "kinesis")
	path, ours := strings.CutPrefix(resource, "stream/")
	if !ok || !ours {
		return "", "", false
	}
	stream, consumer, _ = strings.Cut(path, "/consumer/")
	return stream, consumer, stream != "" && !strings.Contains(stream, "/")
}

// nameOf returns the stream's name in its ARN.
func nameOf(arn string) (string, error) {
	name, consumer, ok := splitARN(arn)
	if !ok || consumer != "" {
		return "", awsapi.Errorf(resourceNotFound, "%s is not the ARN of a stream.", arn)
	}
	return name, nil
}

// appendShardID appends a shard's name: "shardId-" and twelve digits.
func appendShardID(dst []byte, number uint32) []byte {
	dst = append(dst, "shardId-000000000000"...)
	for i := len(dst) - 1; number > 0; i-- {
		dst[i] = byte('0' + number%10)
		number /= 10
	}
	return dst
}

func shardName(number uint32) string { return string(appendShardID(nil, number)) }

// parseShardID reads a shard's name. As on AWS only the number counts that
// follows the first hyphen, if there is one: shard-7 is shardId-000000000007.
func parseShardID(id string) (number uint32, ok bool) {
	if _, after, cut := strings.Cut(id, "-"); cut && after != "" {
		id, _, _ = strings.Cut(after, "-")
	}
	for _, c := range []byte(id) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(id, 10, 31)
	return uint32(n), err == nil
}

// shardID is parseShardID for a request about a stream, which need not be there.
func (a *api) shardID(stream, id string) (uint32, error) {
	number, ok := parseShardID(id)
	if !ok {
		return 0, awsapi.Errorf(resourceNotFound, "Could not find shard %s in stream %s under account %s.", id, stream, a.place.Account)
	}
	return number, nil
}

// shard finds a shard by its number.
func (a *api) shard(info shardlog.Info, number uint32) (shardlog.ShardInfo, error) {
	i, ok := slices.BinarySearchFunc(info.Shards, number, func(shard shardlog.ShardInfo, number uint32) int { return cmp.Compare(shard.Number, number) })
	if !ok {
		return shardlog.ShardInfo{}, awsapi.Errorf(resourceNotFound, "Could not find shard %s in stream %s under account %s.", shardName(number), info.Name, a.place.Account)
	}
	return info.Shards[i], nil
}

// shardToRead is shard for those who read it, in AWS's words to them.
func (a *api) shardToRead(info shardlog.Info, number uint32) (shardlog.ShardInfo, error) {
	shard, err := a.shard(info, number)
	if err != nil {
		err = a.noShard(info.Name, number)
	}
	return shard, err
}

// noShard is what AWS says to readers of a shard that is not there, or whose
// stream is not.
func (a *api) noShard(stream string, number uint32) error {
	return awsapi.Errorf(resourceNotFound, "Shard %s in stream %s under account %s does not exist", shardName(number), stream, a.place.Account)
}
