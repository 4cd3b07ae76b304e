package kinesis

import (
	"context"
	"encoding/json"
	"time"

	"leat"
	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// ListShards
//
// Behavior: lists a stream's shards, those that a ShardFilter lets through, in
// pages: MaxResults shards, then more with NextToken, which carries the filter.
// Closed shards are listed until the retention since their end has passed and
// none of their records is left. A timestamp before the oldest shard that is
// listed means the oldest.
//
// Differs from AWS: none known.
//
// Limits: 1,000 shards a page when MaxResults is not given, 10,000 at most; a
// NextToken is good for five minutes.

const (
	afterShardID    = "AFTER_SHARD_ID"
	atTrimHorizon   = "AT_TRIM_HORIZON"
	fromTrimHorizon = "FROM_TRIM_HORIZON"
	atLatest        = "AT_LATEST"
	fromTimestamp   = "FROM_TIMESTAMP"

	listShardsPage  = 1000
	listShardsToken = "ListShards"
)

type listShardsOutput struct {
	Shards    []shardDescription
	NextToken string `json:",omitempty"`
}

// A shardListing is what a NextToken remembers of the request before it.
type shardListing struct {
	Stream, ID string
	After      string // the shard that the page before ended with
	Filter     string
	FilterFrom string // AFTER_SHARD_ID's shard
	FilterTime time.Time
}

func (a *api) listShards(_ context.Context, in shape.Object) (any, error) {
	s, listing, err := a.shardListing(in)
	if err != nil {
		return nil, err
	}
	info := s.Info()
	if status := a.statusOf(info); status == creating || status == deleting {
		return nil, a.notActive(info.Name, status)
	}
	shards, err := a.filterShards(info, listing)
	if err != nil {
		return nil, err
	}
	if listing.After != "" {
		if shards, err = a.shardsAfter(info, shards, listing.After); err != nil {
			return nil, err
		}
	}
	page := shards[:min(len(shards), int(in.Int("MaxResults", listShardsPage)))]
	out := listShardsOutput{Shards: describeShards(page)}
	if len(page) < len(shards) {
		listing.After = shardName(page[len(page)-1].Number)
		content, err := json.Marshal(listing)
		if err != nil {
			return nil, err
		}
		out.NextToken = a.tokens.Seal(listShardsToken, content, a.now())
	}
	return out, nil
}

// shardListing returns what to list: from the request, or from its NextToken.
func (a *api) shardListing(in shape.Object) (*shardlog.Stream, shardListing, error) {
	var listing shardListing
	if in.Has("NextToken") {
		for _, member := range []string{"StreamName", "StreamARN", "StreamId", "ExclusiveStartShardId", "StreamCreationTimestamp", "ShardFilter"} {
			if in.Has(member) {
				return nil, listing, awsapi.Errorf(invalidArgument, "NextToken and %s cannot be provided together.", member)
			}
		}
		content, err := a.openNextToken(listShardsToken, in.Text("NextToken"))
		if err != nil {
			return nil, listing, err
		}
		if err := json.Unmarshal(content, &listing); err != nil {
			return nil, listing, err
		}
		s, err := a.find(listing.Stream)
		if err == nil && s.Info().ID != listing.ID {
			err = &leat.Error{Code: leat.NotFound, Message: "another stream has the name"}
		}
		if err != nil {
			return nil, listing, a.streamError(err, listing.Stream)
		}
		return s, listing, nil
	}
	s, name, err := a.stream(in)
	if err != nil {
		return nil, listing, err
	}
	info := s.Info()
	if err := a.checkCreation(in, info); err != nil {
		return nil, listing, err
	}
	filter := in.Object("ShardFilter")
	listing = shardListing{Stream: name, ID: info.ID, After: in.Text("ExclusiveStartShardId"), Filter: filter.Text("Type"), FilterFrom: filter.Text("ShardId")}
	if filter.Has("Timestamp") {
		listing.FilterTime = filter.Time("Timestamp")
	}
	return s, listing, checkFilter(filter)
}

// checkFilter holds a filter to the members that its type needs.
func checkFilter(filter shape.Object) error {
	kind := filter.Text("Type")
	needsShard := kind == afterShardID
	needsTime := kind == atTimestamp || kind == fromTimestamp
	switch {
	case needsShard && !filter.Has("ShardId"):
		return awsapi.Errorf(invalidArgument, "A ShardFilter of type %s needs ShardId.", kind)
	case !needsShard && filter.Has("ShardId"):
		return awsapi.Errorf(invalidArgument, "A ShardFilter of type %s takes no ShardId.", kind)
	case needsTime && !filter.Has("Timestamp"):
		return awsapi.Errorf(invalidArgument, "A ShardFilter of type %s needs Timestamp.", kind)
	case !needsTime && filter.Has("Timestamp"):
		return awsapi.Errorf(invalidArgument, "A ShardFilter of type %s takes no Timestamp.", kind)
	}
	return nil
}

func (a *api) filterShards(info shardlog.Info, listing shardListing) ([]shardlog.ShardInfo, error) {
	if listing.Filter == afterShardID {
		return a.shardsAfter(info, info.Shards, listing.FilterFrom)
	}
	listed := map[int64]bool{}
	for _, shard := range info.Shards {
		listed[int64(shard.Number)] = true
	}
	at := listing.FilterTime
	var shards []shardlog.ShardInfo
	for _, shard := range info.Shards {
		// A shard whose parents are still listed was opened after the horizon.
		oldest := !listed[shard.Parent] && !listed[shard.AdjacentParent]
		keep := true
		switch listing.Filter {
		case atLatest:
			keep = shard.End == nil
		case atTrimHorizon:
			keep = oldest
		case atTimestamp:
			keep = (oldest || !shard.Created.After(at)) && (shard.End == nil || !shard.Closed.Before(at))
		case fromTimestamp:
			keep = shard.End == nil || !shard.Closed.Before(at)
		}
		if keep {
			shards = append(shards, shard)
		}
	}
	return shards, nil
}
