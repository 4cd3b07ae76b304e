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
	if err := refuseStreamID(in); err != nil {
		return nil, "", err
	}
	name := in.Text("StreamName")
	if in.Has("StreamARN") {
		named, err := a.nameOf(in.Text("StreamARN"))
		if err != nil {
			return nil, "", err
		}
		if name != "" && name != named {
			return nil, "", awsapi.Errorf(invalidArgument, "StreamName %s and StreamARN %s name different streams.", name, in.Text("StreamARN"))
		}
		name = named
	}
	if name == "" {
		return nil, "", awsapi.Errorf(invalidArgument, "The request names no stream: give StreamName or StreamARN.")
	}
	s, err := a.find(name)
	if err != nil {
		return nil, "", err
	}
	return s, name, nil
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
		return awsapi.Errorf(resourceNotFound, "Stream %s under account %s not found.", name, a.account)
	}
	return err
}

func (a *api) arnOf(stream string) string {
	return "arn:aws:kinesis:" + a.region + ":" + a.account + ":stream/" + stream
}

// nameOf returns the stream's name in an ARN of this region and account.
func (a *api) nameOf(arn string) (string, error) {
	name, ok := strings.CutPrefix(arn, a.arnOf(""))
	if !ok || strings.Contains(name, "/") {
		return "", awsapi.Errorf(resourceNotFound, "%s names no stream of account %s in region %s.", arn, a.account, a.region)
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

// shard finds a shard by name.
func (a *api) shard(info shardlog.Info, id string) (shardlog.ShardInfo, error) {
	number, err := strconv.ParseUint(strings.TrimPrefix(id, "shardId-"), 10, 32)
	if err == nil && id == shardName(uint32(number)) {
		i, ok := slices.BinarySearchFunc(info.Shards, uint32(number), func(shard shardlog.ShardInfo, number uint32) int { return cmp.Compare(shard.Number, number) })
		if ok {
			return info.Shards[i], nil
		}
	}
	return shardlog.ShardInfo{}, awsapi.Errorf(resourceNotFound, "Could not find shard %s in stream %s under account %s.", id, info.Name, a.account)
}
