package kinesis

import (
	"encoding/base64"
	"strings"
	"testing"

	"leat/awsapi/awstest"
	"leat/vfs"
)

func TestTheAWSCommandLineWorks(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	cli := awstest.NewCLI(t, s.url, "AKIDTEST", "secret")
	cli.OK(nil, "kinesis", "create-stream", "--stream-name", "events", "--shard-count", "2")
	cli.OK(nil, "kinesis", "wait", "stream-exists", "--stream-name", "events")
	var put struct{ ShardId, SequenceNumber string }
	cli.OK(&put, "kinesis", "put-record", "--stream-name", "events", "--partition-key", "k", "--explicit-hash-key", "0",
		"--data", base64.StdEncoding.EncodeToString([]byte("one")))
	if put.ShardId != "shardId-000000000000" || len(put.SequenceNumber) != 56 {
		t.Errorf("put %+v", put)
	}
	var batch struct {
		FailedRecordCount int
		Records           []struct{ ShardId string }
	}
	cli.OK(&batch, "kinesis", "put-records", "--stream-name", "events", "--records",
		`[{"Data":"dHdv","PartitionKey":"k","ExplicitHashKey":"0"},{"Data":"dGhyZWU=","PartitionKey":"k","ExplicitHashKey":"340282366920938463463374607431768211455"}]`)
	if batch.FailedRecordCount != 0 || len(batch.Records) != 2 || batch.Records[1].ShardId != "shardId-000000000001" {
		t.Errorf("put %+v", batch)
	}
	var iterator struct{ ShardIterator string }
	cli.OK(&iterator, "kinesis", "get-shard-iterator", "--stream-name", "events", "--shard-id", "shardId-000000000000", "--shard-iterator-type", "TRIM_HORIZON")
	var got struct {
		Records            []struct{ Data, PartitionKey, SequenceNumber string }
		NextShardIterator  string
		MillisBehindLatest *int
	}
	cli.OK(&got, "kinesis", "get-records", "--shard-iterator", iterator.ShardIterator)
	if len(got.Records) != 2 || got.Records[0].SequenceNumber != put.SequenceNumber || got.Records[0].PartitionKey != "k" ||
		got.NextShardIterator == "" || got.MillisBehindLatest == nil {
		t.Errorf("got %+v", got)
	}
	var listed struct{ StreamNames []string }
	cli.OK(&listed, "kinesis", "list-streams")
	if len(listed.StreamNames) != 1 {
		t.Errorf("listed %v", listed.StreamNames)
	}

	for _, test := range []struct{ args, want string }{
		{"describe-stream-summary --stream-name nowhere", "An error occurred (ResourceNotFoundException) when calling the DescribeStreamSummary operation: Stream nowhere under account 000000000000 not found."},
		{"create-stream --stream-name events --shard-count 1", "(ResourceInUseException)"},
		{"get-records --shard-iterator x", "(InvalidArgumentException)"},
		{"merge-shards --stream-name events --shard-to-merge shardId-000000000000 --adjacent-shard-to-merge shardId-000000000000", "(InvalidArgumentException) when calling the MergeShards operation: Shards shardId-000000000000 and shardId-000000000000 in stream events under account 000000000000 are not an adjacent pair"},
	} {
		if _, complaint := cli.Run(append([]string{"kinesis"}, strings.Fields(test.args)...)...); !strings.Contains(complaint, test.want) {
			t.Errorf("aws kinesis %s: %s", test.args, complaint)
		}
	}
	if _, complaint := awstest.NewCLI(t, s.url, "AKIDTEST", "wrong").Run("kinesis", "list-streams"); !strings.Contains(complaint, "(InvalidSignatureException)") {
		t.Errorf("with a wrong secret: %s", complaint)
	}
	if _, complaint := cli.Run("kinesis", "list-streams", "--no-sign-request"); !strings.Contains(complaint, "(MissingAuthenticationTokenException) when calling the ListStreams operation: Missing Authentication Token") {
		t.Errorf("without a signature: %s", complaint)
	}
	cli.OK(nil, "kinesis", "delete-stream", "--stream-name", "events")
}
