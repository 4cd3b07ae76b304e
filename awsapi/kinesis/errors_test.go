package kinesis

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"leat/awsapi"
	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
)

func TestWrongRequestsGetTheErrorsOfAWS(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 2)
	s.create("other", 1)
	handler := s.open()
	ours := call(t, handler, "PutRecord", `{"StreamName":"events","Data":"","PartitionKey":"k","ExplicitHashKey":"0"}`).body["SequenceNumber"].(string)
	record := `{"Data":"YQ==","PartitionKey":"k"}`
	data := func(bytes int) string { return base64.StdEncoding.EncodeToString(make([]byte, bytes)) }
	tomorrow := fmt.Sprint(s.clock().Add(24 * time.Hour).Unix())
	const missing = "Stream nowhere under account 000000000000 not found."

	for _, test := range []struct{ operation, body, want, message string }{
		{"CreateStream", `{}`, awsapi.ValidationException, "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null"},
		{"CreateStream", `{"StreamName":"a b","ShardCount":0}`, awsapi.ValidationException, "2 validation errors detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{"CreateStream", `{"StreamName":"a","ShardCount":"1"}`, awsapi.SerializationException, "Integer"},
		{"CreateStream", `{"StreamName":"a","StreamModeDetails":{"StreamMode":"PROVISIONED"}}`, invalidArgument, "ShardCount must be given"},
		{"CreateStream", `{"StreamName":"a","ShardCount":10001}`, limitExceeded, "10001 shards"},
		{"CreateStream", `{"StreamName":"a","ShardCount":1,"StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`, invalidArgument, "ShardCount must not"},
		{"CreateStream", `{"StreamName":"a","ShardCount":1,"StreamModeDetails":{"StreamMode":"SOMETIMES"}}`, awsapi.ValidationException, "Value 'SOMETIMES' at 'streamModeDetails.streamMode' failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]"},
		{"CreateStream", `{"StreamName":"a","ShardCount":1,"Tags":{"a;":"b"}}`, invalidArgument, "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @ :."},
		{"CreateStream", `{"StreamName":"a","ShardCount":1,"WarmThroughputMiBps":1}`, invalidArgument, "is not in mode ON_DEMAND"},
		{"CreateStream", `{"StreamName":"a","ShardCount":1,"MaxRecordSizeInKiB":10241}`, awsapi.ValidationException, "less than or equal to 10240"},
		{"CreateStream", `{"StreamName":"events","ShardCount":1}`, resourceInUse, "Stream events under account 000000000000 already exists."},
		{"DeleteStream", `{"StreamName":"nowhere"}`, resourceNotFound, missing},
		{"DescribeStream", `{}`, invalidArgument, "names no stream"},
		{"DescribeStream", `{"StreamId":"abcdefghijabcdefghij-abc"}`, invalidArgument, "StreamId"},
		{"DescribeStream", `{"StreamName":"nowhere"}`, resourceNotFound, missing},
		{"DescribeStream", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/nowhere"}`, resourceNotFound, missing},
		{"DescribeStream", `{"StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/nowhere"}`, resourceNotFound, "Stream nowhere under account 123456789012 not found."},
		{"DescribeStream", `{"StreamARN":"events"}`, awsapi.ValidationException, `Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\d{12}:stream/\S+`},
		{"DescribeStream", `{"StreamName":"other","StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/events"}`, invalidArgument, "different streams"},
		{"DescribeStream", `{"StreamName":"events","ExclusiveStartShardId":"first"}`, invalidArgument, "first"},
		{"DescribeStream", `{"StreamName":"events","Limit":0}`, awsapi.ValidationException, "greater than or equal to 1"},
		{"DescribeStreamSummary", `{"StreamName":"nowhere"}`, resourceNotFound, missing},
		{"ListStreams", `{"NextToken":"x"}`, invalidArgument, "NextToken is invalid"},
		{"ListStreams", `{"NextToken":"x","ExclusiveStartStreamName":"y"}`, invalidArgument, "together"},
		{"ListShards", `{}`, invalidArgument, "names no stream"},
		{"ListShards", `{"StreamName":"nowhere"}`, resourceNotFound, missing},
		{"ListShards", `{"StreamName":"events","NextToken":"x"}`, invalidArgument, "NextToken and StreamName"},
		{"ListShards", `{"NextToken":"x"}`, invalidArgument, "NextToken is invalid"},
		{"ListShards", `{"StreamName":"events","StreamCreationTimestamp":5}`, resourceNotFound, "created at"},
		{"ListShards", `{"StreamName":"events","ShardFilter":{"Type":"AFTER_SHARD_ID"}}`, invalidArgument, "needs ShardId"},
		{"ListShards", `{"StreamName":"events","ShardFilter":{"Type":"AT_LATEST","ShardId":"shardId-000000000000"}}`, invalidArgument, "takes no ShardId"},
		{"ListShards", `{"StreamName":"events","ShardFilter":{"Type":"AT_TIMESTAMP"}}`, invalidArgument, "needs Timestamp"},
		{"ListShards", `{"StreamName":"events","ShardFilter":{"Type":"AT_LATEST","Timestamp":1}}`, invalidArgument, "takes no Timestamp"},
		{"IncreaseStreamRetentionPeriod", `{"StreamName":"events","RetentionPeriodHours":23}`, invalidArgument, "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."},
		{"IncreaseStreamRetentionPeriod", `{"StreamName":"events","RetentionPeriodHours":8761}`, invalidArgument, "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long."},
		{"DecreaseStreamRetentionPeriod", `{"StreamName":"events","RetentionPeriodHours":25}`, invalidArgument, "Requested retention period (25 hours) for stream events can not be longer than existing retention period (24 hours). Use IncreaseRetentionPeriod API."},
		{"IncreaseStreamRetentionPeriod", `{"StreamName":"nowhere","RetentionPeriodHours":25}`, resourceNotFound, missing},
		{"IncreaseStreamRetentionPeriod", `{"StreamName":"events"}`, awsapi.ValidationException, "'retentionPeriodHours'"},

		{"PutRecord", `{"StreamName":"events","PartitionKey":"k"}`, awsapi.ValidationException, "Value null at 'data'"},
		{"PutRecord", `{"StreamName":"events","Data":"YQ==","PartitionKey":""}`, awsapi.ValidationException, "Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"PutRecord", `{"StreamName":"events","Data":"YQ==","PartitionKey":"` + strings.Repeat("k", 257) + `"}`, awsapi.ValidationException, "less than or equal to 256"},
		{"PutRecord", `{"StreamName":"events","Data":"YQ==","PartitionKey":"k","ExplicitHashKey":"1e3"}`, awsapi.ValidationException, `0|([1-9]\d{0,38})`},
		{"PutRecord", `{"StreamName":"events","Data":"YQ==","PartitionKey":"k","ExplicitHashKey":"340282366920938463463374607431768211456"}`, invalidArgument, "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was 340282366920938463463374607431768211456"},
		{"PutRecord", `{"StreamName":"events","Data":"YQ==","PartitionKey":"k","SequenceNumberForOrdering":"26227199374822427428162556223570313216"}`, invalidArgument, "ExclusiveMinimumSequenceNumber 26227199374822427428162556223570313216 used in PutRecord on stream events under account 000000000000 is invalid."},
		{"PutRecord", `{"StreamName":"nowhere","Data":"YQ==","PartitionKey":"k"}`, resourceNotFound, missing},
		{"PutRecord", `{"StreamName":"../events","Data":"YQ==","PartitionKey":"k"}`, awsapi.ValidationException, "'../events' at 'streamName'"},
		{"PutRecord", `{"StreamName":"events","Data":"Y","PartitionKey":"k"}`, awsapi.SerializationException, "multiple of 4"},
		{"PutRecord", `{"StreamName":"events","Data":"` + data(1<<20) + `","PartitionKey":"k"}`, invalidArgument, "1048576"},
		{"PutRecord", `{"StreamName":"events","Data":"` + data(10<<20+1) + `","PartitionKey":"k"}`, awsapi.ValidationException, "Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 10485760"},
		{"PutRecords", `{"StreamName":"events","Records":[]}`, awsapi.ValidationException, "1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"PutRecords", `{"StreamName":"events","Records":[` + strings.Repeat(record+",", 500) + record + `]}`, awsapi.ValidationException, "Value at 'records' failed to satisfy constraint: Member must have length less than or equal to 500"},
		{"PutRecords", `{"StreamName":"events","Records":[` + record + `,{"Data":"YQ=="}]}`, awsapi.ValidationException, "Value null at 'records.2.member.partitionKey'"},
		{"PutRecords", `{"StreamName":"nowhere","Records":[` + record + `]}`, resourceNotFound, missing},
		{"PutRecords", `{"StreamName":"events","Records":[` + strings.Repeat(`{"Data":"`+data(1_000_000)+`","PartitionKey":"k"},`, 10) + `{"Data":"` + data(500_000) + `","PartitionKey":"k"}]}`, invalidArgument, "Records size exceeds 10 MiB limit."},

		{"GetShardIterator", `{"StreamName":"nowhere","ShardId":"shardId-000000000000","ShardIteratorType":"LATEST"}`, resourceNotFound, "Shard shardId-000000000000 in stream nowhere under account 000000000000 does not exist"},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000009","ShardIteratorType":"LATEST"}`, resourceNotFound, "Shard shardId-000000000009 in stream events under account 000000000000 does not exist"},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"first","ShardIteratorType":"LATEST"}`, resourceNotFound, "Could not find shard first"},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"SOON"}`, awsapi.ValidationException, "Value 'SOON' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: [AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST, AT_TIMESTAMP]"},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"LATEST","StartingSequenceNumber":"1"}`, invalidArgument, "Request specified LATEST and also a StartingSequenceNumber."},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER"}`, invalidArgument, "Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber."},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"1"}`, invalidArgument, "StartingSequenceNumber 1 used in GetShardIterator on shard shardId-000000000000 in stream events under account 000000000000 is invalid."},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000001","ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"` + ours + `"}`, invalidArgument, "Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a shard with shardId-000000000001"},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"` + ours[:3] + "9" + ours[4:] + `"}`, invalidArgument, "is invalid because it did not come from this stream."},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"` + ours[:20] + "9" + ours[21:] + `"}`, invalidArgument, "is not one of shard"},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP"}`, invalidArgument, "timestamp"},
		{"GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP","Timestamp":` + tomorrow + `}`, invalidArgument, "cannot be greater than the currentTimestampInMillis"},
		{"GetRecords", `{}`, awsapi.ValidationException, "'shardIterator'"},
		{"GetRecords", `{"ShardIterator":"x"}`, invalidArgument, "Invalid ShardIterator."},
		{"GetRecords", `{"ShardIterator":"` + strings.Repeat("A", 513) + `"}`, awsapi.ValidationException, "less than or equal to 512"},
		{"GetRecords", `{"ShardIterator":"x","Limit":10001}`, awsapi.ValidationException, "less than or equal to 10000"},
	} {
		got := call(t, handler, test.operation, test.body)
		if got.status != 400 || got.Type != test.want || !strings.Contains(got.Message, test.message) {
			if len(test.body) > 300 {
				test.body = test.body[:300] + "…"
			}
			t.Errorf("%s %s:\n got %d %s: %s\nwant 400 %s: %s", test.operation, test.body, got.status, got.Type, got.Message, test.want, test.message)
		}
		if test.want == awsapi.SerializationException || len(test.body) > 1<<20 {
			continue // the encodings differ in what they can get wrong
		}
		if inCBOR := callCBOR(t, handler, test.operation, inCBOR(t, test.body)); inCBOR.status != got.status || inCBOR.Type != got.Type || inCBOR.Message != got.Message {
			t.Errorf("%s %s: in CBOR %d %s: %s", test.operation, test.body, inCBOR.status, inCBOR.Type, inCBOR.Message)
		}
	}
}

func TestEveryOperationOfTheAPIIsAnswered(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	handler := s.open()
	service := New(Config{}).Service()
	names := slices.Clone(service.Unsupported)
	for _, name := range names {
		got := call(t, handler, name, `{}`)
		if got.Type != awsapi.UnsupportedOperation || !strings.Contains(got.Message, name) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	for _, operation := range service.Operations {
		names = append(names, operation.Name)
		// Nothing in a request is an answer to any of them, but for those
		// about the account.
		about := []string{"ListStreams", "DescribeLimits", "DescribeAccountSettings"}
		if got := call(t, handler, operation.Name, `{}`); got.status != 400 && !slices.Contains(about, operation.Name) {
			t.Errorf("%s: got %+v", operation.Name, got)
		}
	}
	slices.Sort(names)
	if len(names) != 57 || len(slices.Compact(names)) != 57 {
		t.Errorf("the API has 57 operations, the tables have %d", len(names))
	}
}

func TestIteratorsAreGoodForFiveMinutesAndOneStream(t *testing.T) {
	files := vfs.NewMem()
	var iterator string
	t.Run("before the restart", func(t *testing.T) {
		s := newTestService(t, files, "streams")
		s.create("events", 1)
		handler := s.open()
		call(t, handler, "PutRecord", `{"StreamName":"events","Data":"YQ==","PartitionKey":"k"}`)
		get := func() string {
			return call(t, handler, "GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"TRIM_HORIZON"}`).body["ShardIterator"].(string)
		}
		old := get()
		s.sleep(5 * time.Minute)
		if got := call(t, handler, "GetRecords", `{"ShardIterator":"`+old+`"}`); got.status != 200 {
			t.Errorf("after five minutes: %+v", got)
		}
		s.sleep(time.Second)
		if got := call(t, handler, "GetRecords", `{"ShardIterator":"`+old+`"}`); got.Type != expiredIterator || !strings.Contains(got.Message, "tolerated delay of 300000 milliseconds") {
			t.Errorf("after more: %+v", got)
		}
		iterator = get()
		if len(iterator) > 512 {
			t.Errorf("an iterator has %d characters", len(iterator))
		}
		foreign := call(t, handler, "GetRecords", `{"ShardIterator":"`+iterator+`","StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/other"}`)
		if foreign.Type != invalidArgument {
			t.Errorf("with the ARN of another stream: %+v", foreign)
		}
	})
	t.Run("after the restart", func(t *testing.T) {
		s := newTestService(t, files, "streams")
		handler := s.open()
		if got := call(t, handler, "GetRecords", `{"ShardIterator":"`+iterator+`"}`); got.status != 200 || len(got.body["Records"].([]any)) != 1 {
			t.Errorf("got %+v", got)
		}
		call(t, handler, "DeleteStream", `{"StreamName":"events"}`)
		if got := call(t, handler, "GetRecords", `{"ShardIterator":"`+iterator+`"}`); got.Type != resourceNotFound {
			t.Errorf("of a deleted stream: %+v", got)
		}
		s.create("events", 1)
		if got := call(t, handler, "GetRecords", `{"ShardIterator":"`+iterator+`"}`); got.Type != expiredIterator {
			t.Errorf("of a stream made again: %+v", got)
		}
	})
}

func TestTheLongestNameFitsIntoAnIterator(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	name := strings.Repeat("n", 128)
	s.create(name, 1)
	out, err := s.client().GetShardIterator(t.Context(), &sdk.GetShardIteratorInput{
		StreamName: &name, ShardId: aws.String("shardId-000000000000"), ShardIteratorType: "LATEST"})
	if err != nil || len(*out.ShardIterator) > 512 {
		t.Errorf("got %v, %v", out, err)
	}
}
