package kinesis

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"
)

const eventsARN = "arn:aws:kinesis:us-east-1:000000000000:stream/events"

func TestTagsBySDK(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	client, ctx := s.client(), t.Context()
	must[*sdk.CreateStreamOutput](t)(client.CreateStream(ctx, &sdk.CreateStreamInput{
		StreamName: aws.String("events"), ShardCount: aws.Int32(1), Tags: map[string]string{"team": "core"}}))
	registered := must[*sdk.RegisterStreamConsumerOutput](t)(client.RegisterStreamConsumer(ctx, &sdk.RegisterStreamConsumerInput{
		StreamARN: aws.String(eventsARN), ConsumerName: aws.String("reader"), Tags: map[string]string{"who": "reader"}}))
	list := func(arn string) map[string]string {
		t.Helper()
		out := must[*sdk.ListTagsForResourceOutput](t)(client.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceARN: &arn}))
		tags := map[string]string{}
		for _, tag := range out.Tags {
			tags[*tag.Key] = *tag.Value
		}
		return tags
	}
	must[*sdk.AddTagsToStreamOutput](t)(client.AddTagsToStream(ctx, &sdk.AddTagsToStreamInput{
		StreamName: aws.String("events"), Tags: map[string]string{"team": "edge", "ü0 _.": "", "/=+-@:%": "x"}}))
	if diff := cmp.Diff(map[string]string{"team": "edge", "ü0 _.": "", "/=+-@:%": "x"}, list(eventsARN)); diff != "" {
		t.Error(diff)
	}
	page := must[*sdk.ListTagsForStreamOutput](t)(client.ListTagsForStream(ctx, &sdk.ListTagsForStreamInput{StreamARN: aws.String(eventsARN), Limit: aws.Int32(2)}))
	if !*page.HasMoreTags || len(page.Tags) != 2 {
		t.Errorf("page %+v", page)
	}
	page = must[*sdk.ListTagsForStreamOutput](t)(client.ListTagsForStream(ctx, &sdk.ListTagsForStreamInput{StreamName: aws.String("events"), ExclusiveStartTagKey: page.Tags[1].Key}))
	if *page.HasMoreTags || len(page.Tags) != 1 {
		t.Errorf("page %+v", page)
	}
	must[*sdk.RemoveTagsFromStreamOutput](t)(client.RemoveTagsFromStream(ctx, &sdk.RemoveTagsFromStreamInput{StreamName: aws.String("events"), TagKeys: []string{"ü0 _.", "missing"}}))
	consumerARN := registered.Consumer.ConsumerARN
	must[*sdk.TagResourceOutput](t)(client.TagResource(ctx, &sdk.TagResourceInput{ResourceARN: consumerARN, Tags: map[string]string{"more": "1"}}))
	must[*sdk.UntagResourceOutput](t)(client.UntagResource(ctx, &sdk.UntagResourceInput{ResourceARN: aws.String(eventsARN), TagKeys: []string{"/=+-@:%"}}))
	if diff := cmp.Diff(map[string]string{"team": "edge"}, list(eventsARN)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"who": "reader", "more": "1"}, list(*consumerARN)); diff != "" {
		t.Error(diff)
	}
}

func TestAStreamsStateBySDK(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 2)
	client, ctx := s.client(), t.Context()
	name, arn := aws.String("events"), aws.String(eventsARN)
	summary := func() *types.StreamDescriptionSummary {
		t.Helper()
		return must[*sdk.DescribeStreamSummaryOutput](t)(client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamARN: arn})).StreamDescriptionSummary
	}
	put := func() (types.EncryptionType, types.EncryptionType) {
		t.Helper()
		one := must[*sdk.PutRecordOutput](t)(client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: name, Data: []byte("x"), PartitionKey: aws.String("k")}))
		many := must[*sdk.PutRecordsOutput](t)(client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: name, Records: []types.PutRecordsRequestEntry{{Data: []byte("x"), PartitionKey: aws.String("k")}}}))
		return one.EncryptionType, many.EncryptionType
	}

	must[*sdk.StartStreamEncryptionOutput](t)(client.StartStreamEncryption(ctx, &sdk.StartStreamEncryptionInput{StreamName: name, EncryptionType: "KMS", KeyId: aws.String("alias/aws/kinesis")}))
	if got := summary(); got.EncryptionType != "KMS" || *got.KeyId != "alias/aws/kinesis" {
		t.Errorf("encrypted: %+v", got)
	}
	if one, many := put(); one != "KMS" || many != "KMS" {
		t.Errorf("put says %s, %s", one, many)
	}
	must[*sdk.StopStreamEncryptionOutput](t)(client.StopStreamEncryption(ctx, &sdk.StopStreamEncryptionInput{StreamARN: arn, EncryptionType: "KMS", KeyId: aws.String("alias/aws/kinesis")}))
	if got := summary(); got.EncryptionType != "NONE" || got.KeyId != nil {
		t.Errorf("not encrypted: %+v", got)
	}
	// The key's name in a tag is not a key.
	must[*sdk.AddTagsToStreamOutput](t)(client.AddTagsToStream(ctx, &sdk.AddTagsToStreamInput{StreamName: name, Tags: map[string]string{"key_id": "x"}}))
	if one, many := put(); one != "" || many != "" {
		t.Errorf("put says %s, %s", one, many)
	}

	enabled := must[*sdk.EnableEnhancedMonitoringOutput](t)(client.EnableEnhancedMonitoring(ctx, &sdk.EnableEnhancedMonitoringInput{
		StreamName: name, ShardLevelMetrics: []types.MetricsName{"OutgoingBytes", "IncomingBytes"}}))
	if len(enabled.CurrentShardLevelMetrics) != 0 || !slices.Equal(enabled.DesiredShardLevelMetrics, []types.MetricsName{"IncomingBytes", "OutgoingBytes"}) || *enabled.StreamARN != eventsARN {
		t.Errorf("enabled %+v", enabled)
	}
	must[*sdk.EnableEnhancedMonitoringOutput](t)(client.EnableEnhancedMonitoring(ctx, &sdk.EnableEnhancedMonitoringInput{StreamARN: arn, ShardLevelMetrics: []types.MetricsName{"ALL"}}))
	disabled := must[*sdk.DisableEnhancedMonitoringOutput](t)(client.DisableEnhancedMonitoring(ctx, &sdk.DisableEnhancedMonitoringInput{
		StreamName: name, ShardLevelMetrics: []types.MetricsName{"IncomingBytes"}}))
	if len(disabled.CurrentShardLevelMetrics) != 7 || len(disabled.DesiredShardLevelMetrics) != 6 {
		t.Errorf("disabled %+v", disabled)
	}
	if got := summary().EnhancedMonitoring[0].ShardLevelMetrics; !slices.Equal(got, disabled.DesiredShardLevelMetrics) {
		t.Errorf("described %v", got)
	}

	must[*sdk.UpdateMaxRecordSizeOutput](t)(client.UpdateMaxRecordSize(ctx, &sdk.UpdateMaxRecordSizeInput{StreamARN: arn, MaxRecordSizeInKiB: aws.Int32(2048)}))
	if got := summary(); *got.MaxRecordSizeInKiB != 2048 {
		t.Errorf("record size: %+v", got)
	}
	must[*sdk.PutRecordOutput](t)(client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: name, Data: make([]byte, 1500<<10), PartitionKey: aws.String("k")}))

	limits := must[*sdk.DescribeLimitsOutput](t)(client.DescribeLimits(ctx, &sdk.DescribeLimitsInput{}))
	if *limits.OpenShardCount != 2 || *limits.OnDemandStreamCount != 0 || *limits.ShardLimit != shardLimit || *limits.OnDemandStreamCountLimit != onDemandLimit {
		t.Errorf("limits %+v", limits)
	}
	must[*sdk.UpdateStreamModeOutput](t)(client.UpdateStreamMode(ctx, &sdk.UpdateStreamModeInput{StreamARN: arn, StreamModeDetails: &types.StreamModeDetails{StreamMode: "ON_DEMAND"}}))
	limits = must[*sdk.DescribeLimitsOutput](t)(client.DescribeLimits(ctx, &sdk.DescribeLimitsInput{}))
	if got := summary(); got.StreamModeDetails.StreamMode != "ON_DEMAND" || *limits.OnDemandStreamCount != 1 || *limits.OpenShardCount != 0 {
		t.Errorf("on demand: %+v, limits %+v", got, limits)
	}
}

func TestAccountSettingsAndWarmThroughputBySDK(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	client, ctx := s.client(), t.Context()
	set := func(status types.MinimumThroughputBillingCommitmentInputStatus) *types.MinimumThroughputBillingCommitmentOutput {
		t.Helper()
		return must[*sdk.UpdateAccountSettingsOutput](t)(client.UpdateAccountSettings(ctx, &sdk.UpdateAccountSettingsInput{
			MinimumThroughputBillingCommitment: &types.MinimumThroughputBillingCommitmentInput{Status: status}})).MinimumThroughputBillingCommitment
	}
	get := func() *types.MinimumThroughputBillingCommitmentOutput {
		t.Helper()
		return must[*sdk.DescribeAccountSettingsOutput](t)(client.DescribeAccountSettings(ctx, &sdk.DescribeAccountSettingsInput{})).MinimumThroughputBillingCommitment
	}
	if got := get(); got.Status != commitmentDisabled || got.StartedAt != nil {
		t.Errorf("at first: %+v", got)
	}
	if got := set("DISABLED"); got.Status != commitmentDisabled {
		t.Errorf("disabled when it is: %+v", got)
	}
	if got := set("ENABLED"); got.Status != commitmentEnabled || !got.EarliestAllowedEndAt.Equal(got.StartedAt.Add(24*time.Hour)) {
		t.Errorf("enabled: %+v", got)
	}
	must[*sdk.CreateStreamOutput](t)(client.CreateStream(ctx, &sdk.CreateStreamInput{
		StreamName: aws.String("events"), StreamModeDetails: &types.StreamModeDetails{StreamMode: "ON_DEMAND"}, WarmThroughputMiBps: aws.Int32(7)}))
	warm := must[*sdk.UpdateStreamWarmThroughputOutput](t)(client.UpdateStreamWarmThroughput(ctx, &sdk.UpdateStreamWarmThroughputInput{StreamARN: aws.String(eventsARN), WarmThroughputMiBps: aws.Int32(100)}))
	if *warm.WarmThroughput.TargetMiBps != 100 || *warm.StreamName != "events" {
		t.Errorf("warm %+v", warm)
	}
	described := must[*sdk.DescribeStreamSummaryOutput](t)(client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: aws.String("events")}))
	if *described.StreamDescriptionSummary.WarmThroughput.CurrentMiBps != 100 {
		t.Errorf("described %+v", described.StreamDescriptionSummary.WarmThroughput)
	}

	s.sleep(time.Hour)
	if got := set("DISABLED"); got.Status != commitmentEnding {
		t.Errorf("disabled too soon: %+v", got)
	}
	if got := set("ENABLED"); got.Status != commitmentEnabled {
		t.Errorf("enabled again: %+v", got)
	}
	set("DISABLED")
	s.sleep(24 * time.Hour)
	if got := get(); got.Status != commitmentDisabled || got.EndedAt == nil {
		t.Errorf("when the time is over: %+v", got)
	}
}

func TestConsumersBySDK(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	s.create("other", 1)
	client, ctx := s.client(), t.Context()
	arns := map[string]string{}
	for i := range maxConsumers {
		name := fmt.Sprintf("reader-%02d", maxConsumers-i)
		out := must[*sdk.RegisterStreamConsumerOutput](t)(client.RegisterStreamConsumer(ctx, &sdk.RegisterStreamConsumerInput{StreamARN: aws.String(eventsARN), ConsumerName: &name}))
		arns[name] = *out.Consumer.ConsumerARN
		if out.Consumer.ConsumerStatus != "ACTIVE" || !strings.HasPrefix(arns[name], eventsARN+"/consumer/"+name+":") {
			t.Errorf("registered %+v", out.Consumer)
		}
	}
	var listed []string
	pages := sdk.NewListStreamConsumersPaginator(client, &sdk.ListStreamConsumersInput{StreamARN: aws.String(eventsARN), MaxResults: aws.Int32(6)})
	for pages.HasMorePages() {
		page := must[*sdk.ListStreamConsumersOutput](t)(pages.NextPage(ctx))
		for _, c := range page.Consumers {
			listed = append(listed, *c.ConsumerName)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(arns)), listed); diff != "" {
		t.Error(diff)
	}
	arn := aws.String(arns["reader-05"])
	for _, in := range []*sdk.DescribeStreamConsumerInput{
		{ConsumerARN: arn}, {StreamARN: aws.String(eventsARN), ConsumerName: aws.String("reader-05")},
		{ConsumerARN: arn, StreamARN: aws.String(eventsARN), ConsumerName: aws.String("reader-05")},
	} {
		got := must[*sdk.DescribeStreamConsumerOutput](t)(client.DescribeStreamConsumer(ctx, in)).ConsumerDescription
		if *got.ConsumerARN != *arn || *got.StreamARN != eventsARN || got.ConsumerCreationTimestamp.Unix() != s.clock().Unix() {
			t.Errorf("described %+v", got)
		}
	}
	if got := must[*sdk.DescribeStreamSummaryOutput](t)(client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: aws.String("events")})); *got.StreamDescriptionSummary.ConsumerCount != maxConsumers {
		t.Errorf("summary %+v", got.StreamDescriptionSummary)
	}
	must[*sdk.DeregisterStreamConsumerOutput](t)(client.DeregisterStreamConsumer(ctx, &sdk.DeregisterStreamConsumerInput{ConsumerARN: arn}))
	handler := s.open()
	for _, test := range []struct{ operation, body, want, message string }{
		{"DescribeStreamConsumer", `{"ConsumerARN":"` + *arn + `"}`, resourceNotFound, "Consumer " + *arn + " not found."},
		{"DescribeStreamConsumer", `{"StreamARN":"` + eventsARN + `","ConsumerName":"reader-05"}`, resourceNotFound, "Consumer reader-05 of stream events under account 000000000000 not found."},
		{"DescribeStreamConsumer", `{"StreamARN":"` + eventsARN + `"}`, invalidArgument, "names no consumer"},
		{"DescribeStreamConsumer", `{"ConsumerARN":"` + arns["reader-06"] + `","ConsumerName":"reader-07"}`, invalidArgument, "another consumer"},
		{"DescribeStreamConsumer", `{"ConsumerARN":"` + arns["reader-06"] + `","StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/other"}`, invalidArgument, "another consumer"},
		{"RegisterStreamConsumer", `{"StreamARN":"` + eventsARN + `","ConsumerName":"reader-06"}`, resourceInUse, "already exists"},
		{"RegisterStreamConsumer", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/nowhere","ConsumerName":"reader-06"}`, resourceNotFound, "Stream nowhere under account 000000000000 not found."},
		{"ListStreamConsumers", `{"StreamARN":"` + eventsARN + `","NextToken":"x"}`, invalidArgument, "NextToken is invalid."},
		{"ListStreamConsumers", `{"StreamARN":"` + eventsARN + `","StreamCreationTimestamp":7}`, resourceNotFound, "created at"},
		{"DeleteStream", `{"StreamName":"events"}`, resourceInUse, "19 registered consumers"},
		{"DeleteStream", `{"StreamName":"events","EnforceConsumerDeletion":false}`, resourceInUse, "19 registered consumers"},
		{"TagResource", `{"ResourceARN":"` + *arn + `","Tags":{"a":"b"}}`, resourceNotFound, "Consumer"},
		{"TagResource", `{"ResourceARN":"arn:aws:kinesis:us-east-1:000000000000:stream/nowhere","Tags":{"a":"b"}}`, resourceNotFound, "Stream arn:aws:kinesis:us-east-1:000000000000:stream/nowhere under account 000000000000 not found."},
		{"AddTagsToStream", `{"StreamName":"events","Tags":{"aws:x":"b"}}`, invalidArgument, "reserved"},
		{"AddTagsToStream", `{"StreamName":"events","Tags":{` + manyTags(51) + `}}`, invalidArgument, "more than 50 tags"},
		{"DeleteResourcePolicy", `{"ResourceARN":"` + eventsARN + `"}`, resourceNotFound, "No resource policy found for resource ARN " + eventsARN + "."},
		{"PutResourcePolicy", `{"ResourceARN":"` + eventsARN + `","Policy":"[]"}`, invalidArgument, "not a JSON object"},
		{"PutResourcePolicy", `{"ResourceARN":"` + eventsARN + `","Policy":"` + strings.Repeat(" ", maxPolicyBytes) + `{}"}`, invalidArgument, "at most 20480"},
		{"StartStreamEncryption", `{"StreamName":"events","EncryptionType":"NONE","KeyId":"k"}`, invalidArgument, "NONE"},
		{"EnableEnhancedMonitoring", `{"StreamName":"events","ShardLevelMetrics":["Heat"]}`, "ValidationException", "Value '[Heat]' at 'shardLevelMetrics' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [IncomingBytes, "},
		{"UpdateStreamWarmThroughput", `{"StreamName":"events","WarmThroughputMiBps":1}`, invalidArgument, "ON_DEMAND"},
		{"CreateStream", `{"StreamName":"new","StreamModeDetails":{"StreamMode":"ON_DEMAND"},"WarmThroughputMiBps":1}`, invalidArgument, "MinimumThroughputBillingCommitment"},
		{"UpdateMaxRecordSize", `{"MaxRecordSizeInKiB":1024}`, invalidArgument, "names no stream"},
	} {
		got := call(t, handler, test.operation, test.body)
		if got.status != 400 || got.Type != test.want || !strings.Contains(got.Message, test.message) {
			t.Errorf("%s %.200s:\n got %d %s: %s\nwant %s: %s", test.operation, test.body, got.status, got.Type, got.Message, test.want, test.message)
		}
	}
	must[*sdk.DeleteStreamOutput](t)(client.DeleteStream(ctx, &sdk.DeleteStreamInput{StreamName: aws.String("events"), EnforceConsumerDeletion: aws.Bool(true)}))
}

func manyTags(n int) string {
	tags := make([]string, n)
	for i := range tags {
		tags[i] = fmt.Sprintf(`"k%d":"v"`, i)
	}
	return strings.Join(tags, ",")
}

// TestStateSurvivesARestart makes all kinds of state and compares every
// description before and after.
func TestStateSurvivesARestart(t *testing.T) {
	files := vfs.NewMem()
	const policy = `{"Version":"2012-10-17","Statement":[ ]}`
	var now time.Time
	var consumerARN string
	describe := func(s *testService) map[string]any {
		handler, state := s.open(), map[string]any{}
		for operation, body := range map[string]string{
			"DescribeStream":          `{"StreamName":"events"}`,
			"DescribeStreamSummary":   `{"StreamName":"events"}`,
			"ListTagsForStream":       `{"StreamName":"events"}`,
			"ListStreamConsumers":     `{"StreamARN":"` + eventsARN + `"}`,
			"DescribeStreamConsumer":  `{"StreamARN":"` + eventsARN + `","ConsumerName":"reader"}`,
			"GetResourcePolicy":       `{"ResourceARN":"` + eventsARN + `"}`,
			"ListTagsForResource":     `{"ResourceARN":"` + consumerARN + `"}`,
			"DescribeAccountSettings": `{}`,
			"DescribeLimits":          `{}`,
		} {
			got := call(t, handler, operation, body)
			if got.status != 200 {
				t.Errorf("%s: %+v", operation, got)
			}
			state[operation] = got.body
		}
		return state
	}
	var before map[string]any
	t.Run("before", func(t *testing.T) {
		s := newTestService(t, files, "streams")
		now = s.clock()
		handler := s.open()
		do := func(operation, body string) map[string]any {
			t.Helper()
			got := callCBOR(t, handler, operation, inCBOR(t, body))
			if got.status != 200 {
				t.Fatalf("%s: %+v", operation, got)
			}
			return got.body
		}
		do("UpdateAccountSettings", `{"MinimumThroughputBillingCommitment":{"Status":"ENABLED"}}`)
		do("CreateStream", `{"StreamName":"events","StreamModeDetails":{"StreamMode":"ON_DEMAND"},"WarmThroughputMiBps":5,"MaxRecordSizeInKiB":3000,"Tags":{"a":"ü x"}}`)
		do("StartStreamEncryption", `{"StreamName":"events","EncryptionType":"KMS","KeyId":"alias/k"}`)
		do("EnableEnhancedMonitoring", `{"StreamName":"events","ShardLevelMetrics":["ALL"]}`)
		do("PutResourcePolicy", `{"ResourceARN":"`+eventsARN+`","Policy":"`+strings.ReplaceAll(policy, `"`, `\"`)+`"}`)
		registered := do("RegisterStreamConsumer", `{"StreamARN":"`+eventsARN+`","ConsumerName":"reader","Tags":{"t":"u"}}`)
		consumerARN = registered["Consumer"].(map[string]any)["ConsumerARN"].(string)
		do("PutResourcePolicy", `{"ResourceARN":"`+consumerARN+`","Policy":"{}"}`)
		do("UpdateMaxRecordSize", `{"StreamARN":"`+eventsARN+`","MaxRecordSizeInKiB":4000}`)
		before = describe(s)
		if got := before["GetResourcePolicy"].(map[string]any)["Policy"]; got != policy {
			t.Errorf("policy %v", got)
		}
	})
	t.Run("after", func(t *testing.T) {
		s := newTestService(t, files, "streams")
		s.now = now
		if diff := cmp.Diff(before, describe(s)); diff != "" {
			t.Error(diff)
		}
	})
}
