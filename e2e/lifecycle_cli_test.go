package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTheCommandLineWalksAStreamsWholeLife makes, fills, reads, splits, merges
// and deletes a stream with the AWS CLI.
func TestTheCommandLineWalksAStreamsWholeLife(t *testing.T) {
	campaign(t)
	t.Parallel()
	p := serve(t, t.TempDir())
	// ok runs a command that must succeed, and decodes its answer.
	ok := func(answer any, args ...string) {
		t.Helper()
		code, out, errs := p.aws(t, append([]string{"kinesis"}, args...)...)
		if code != 0 {
			t.Fatalf("aws kinesis %s: %s", strings.Join(args, " "), errs)
		}
		if answer != nil {
			if err := json.Unmarshal([]byte(out), answer); err != nil {
				t.Fatalf("aws kinesis %s: %v in %s", strings.Join(args, " "), err, out)
			}
		}
	}
	ok(nil, "create-stream", "--stream-name", "life", "--shard-count", "1", "--tags", "team=core")
	ok(nil, "wait", "stream-exists", "--stream-name", "life")
	ok(nil, "add-tags-to-stream", "--stream-name", "life", "--tags", "cost=low")
	ok(nil, "remove-tags-from-stream", "--stream-name", "life", "--tag-keys", "team")
	var tags struct{ Tags []struct{ Key, Value string } }
	ok(&tags, "list-tags-for-stream", "--stream-name", "life")
	if len(tags.Tags) != 1 || tags.Tags[0].Key != "cost" || tags.Tags[0].Value != "low" {
		t.Errorf("tags %+v", tags.Tags)
	}

	// put puts a text and returns its sequence number. It goes where the lowest
	// hash keys are.
	put := func(text string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "text")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var put struct{ SequenceNumber string }
		ok(&put, "put-record", "--stream-name", "life", "--partition-key", text, "--explicit-hash-key", "0", "--data", "fileb://"+file)
		return put.SequenceNumber
	}
	// read reads a shard's texts from an iterator on.
	read := func(iterator string) (texts []string) {
		t.Helper()
		var got struct{ Records []struct{ Data []byte } }
		ok(&got, "get-records", "--shard-iterator", iterator)
		for _, record := range got.Records {
			texts = append(texts, string(record.Data))
		}
		return texts
	}
	iterator := func(shard, kind string, args ...string) string {
		t.Helper()
		var got struct{ ShardIterator string }
		ok(&got, append([]string{"get-shard-iterator", "--stream-name", "life", "--shard-id", shard, "--shard-iterator-type", kind}, args...)...)
		return got.ShardIterator
	}
	first := shardName(0)
	latest := iterator(first, "LATEST")
	a, _ := put("a"), put("b")
	before := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	for _, test := range []struct {
		name, iterator, want string
	}{
		{"LATEST", latest, "ab"},
		{"TRIM_HORIZON", iterator(first, "TRIM_HORIZON"), "ab"},
		{"AT_SEQUENCE_NUMBER", iterator(first, "AT_SEQUENCE_NUMBER", "--starting-sequence-number", a), "ab"},
		{"AFTER_SEQUENCE_NUMBER", iterator(first, "AFTER_SEQUENCE_NUMBER", "--starting-sequence-number", a), "b"},
		{"AT_TIMESTAMP", iterator(first, "AT_TIMESTAMP", "--timestamp", before), "ab"},
	} {
		if got := strings.Join(read(test.iterator), ""); got != test.want {
			t.Errorf("%s reads %q, want %q", test.name, got, test.want)
		}
	}

	// open returns the names of the open shards.
	open := func() (names []string) {
		t.Helper()
		var got struct{ Shards []struct{ ShardId string } }
		ok(&got, "list-shards", "--stream-name", "life", "--shard-filter", "Type=AT_LATEST")
		for _, shard := range got.Shards {
			names = append(names, shard.ShardId)
		}
		return names
	}
	const middle = "170141183460469231731687303715884105728"
	ok(nil, "split-shard", "--stream-name", "life", "--shard-to-split", first, "--new-starting-hash-key", middle)
	ok(nil, "wait", "stream-exists", "--stream-name", "life") // until it is ACTIVE again
	left, right := shardName(1), shardName(2)
	if got := open(); !slices.Equal(got, []string{left, right}) {
		t.Errorf("after the split: %v", got)
	}
	put("c")
	ok(nil, "merge-shards", "--stream-name", "life", "--shard-to-merge", left, "--adjacent-shard-to-merge", right)
	ok(nil, "wait", "stream-exists", "--stream-name", "life")
	merged := shardName(3)
	if got := open(); !slices.Equal(got, []string{merged}) {
		t.Errorf("after the merge: %v", got)
	}
	put("d")
	for shard, want := range map[string]string{first: "ab", left: "c", merged: "d"} {
		if got := strings.Join(read(iterator(shard, "TRIM_HORIZON")), ""); got != want {
			t.Errorf("%s has %q, want %q", shard, got, want)
		}
	}

	const arn = "arn:aws:kinesis:us-east-1:000000000000:stream/life"
	ok(nil, "register-stream-consumer", "--stream-arn", arn, "--consumer-name", "reader")
	var consumers struct {
		Consumers []struct{ ConsumerName, ConsumerStatus string }
	}
	ok(&consumers, "list-stream-consumers", "--stream-arn", arn)
	if len(consumers.Consumers) != 1 || consumers.Consumers[0].ConsumerName != "reader" {
		t.Errorf("consumers %+v", consumers)
	}
	ok(nil, "deregister-stream-consumer", "--stream-arn", arn, "--consumer-name", "reader")
	ok(nil, "delete-stream", "--stream-name", "life")
	ok(nil, "wait", "stream-not-exists", "--stream-name", "life")
}
