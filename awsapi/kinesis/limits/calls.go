package limits

import (
	"slices"
	"time"
)

// A rate is how often an operation may be called.
type rate struct {
	perSecond float64
	byStream  bool // or else by all callers of the account together
}

// rates are those of operations other than the ones that read and write
// records. The API reference has the number with most operations; those that it
// leaves out are from the page of quotas.
var rates = map[string]rate{
	"AddTagsToStream":            {5, false},
	"CreateStream":               {5, false},
	"DeleteResourcePolicy":       {5, false},
	"DeleteStream":               {5, false},
	"DescribeAccountSettings":    {5, false},
	"DescribeLimits":             {1, false},
	"DescribeStream":             {10, false},
	"DescribeStreamSummary":      {20, false},
	"GetResourcePolicy":          {5, false},
	"ListStreams":                {5, false},
	"ListTagsForResource":        {5, false},
	"ListTagsForStream":          {5, false},
	"MergeShards":                {5, false},
	"PutResourcePolicy":          {5, false},
	"RegisterStreamConsumer":     {5, false},
	"RemoveTagsFromStream":       {5, false},
	"SplitShard":                 {5, false},
	"TagResource":                {5, false},
	"UntagResource":              {5, false},
	"UpdateAccountSettings":      {5, false},
	"UpdateMaxRecordSize":        {5, false},
	"UpdateShardCount":           {5, false},
	"UpdateStreamMode":           {5, false},
	"UpdateStreamWarmThroughput": {5, false},

	"DecreaseStreamRetentionPeriod": {5, true},
	"DeregisterStreamConsumer":      {5, true},
	"DescribeStreamConsumer":        {20, true},
	"DisableEnhancedMonitoring":     {5, true},
	"EnableEnhancedMonitoring":      {5, true},
	"IncreaseStreamRetentionPeriod": {5, true},
	"ListShards":                    {1000, true},
	"ListStreamConsumers":           {5, true},
	"StartStreamEncryption":         {5, true},
	"StopStreamEncryption":          {5, true},
}

// daily is how often an operation may change a stream in 24 hours.
var daily = map[string]int{
	"StartStreamEncryption": 25,
	"StopStreamEncryption":  25,
	"UpdateShardCount":      10,
	"UpdateStreamMode":      2,
}

// calls are those of one stream or of the account.
type calls struct {
	buckets map[string]*bucket     // by operation
	changes map[string][]time.Time // by operation, of the last day
}

func (c *calls) use(now time.Time, operation string, perSecond float64) bool {
	b := c.buckets[operation]
	if b == nil {
		if c.buckets == nil {
			c.buckets = map[string]*bucket{}
		}
		b = new(bucket)
		c.buckets[operation] = b
	}
	return b.use(now, 1, perSecond)
}

// today counts the changes of the last 24 hours and forgets those before.
func (c *calls) today(now time.Time, operation string) int {
	kept := slices.DeleteFunc(c.changes[operation], func(at time.Time) bool { return now.Sub(at) >= 24*time.Hour })
	if c.changes == nil {
		c.changes = map[string][]time.Time{}
	}
	c.changes[operation] = kept
	return len(kept)
}

// undo takes back a change of some moment.
func (c *calls) undo(at time.Time, operation string) {
	if i := slices.IndexFunc(c.changes[operation], at.Equal); i >= 0 {
		c.changes[operation] = slices.Delete(c.changes[operation], i, i+1)
	}
}
