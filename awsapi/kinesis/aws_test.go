package kinesis

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"leat/awsapi"
	"leat/vfs"
)

// Answers that differ from what one would think, and are AWS's.

func TestThePolicyOfWhatHasNoneIsEmpty(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	handler := s.open()
	registered := call(t, handler, "RegisterStreamConsumer", `{"StreamARN":"`+eventsARN+`","ConsumerName":"reader"}`)
	consumer, _ := registered.body["Consumer"].(map[string]any)["ConsumerARN"].(string)
	for _, arn := range []string{eventsARN, consumer, "arn:aws:kinesis:eu-west-1:123456789012:stream/events", strings.Replace(consumer, "us-east-1", "eu-west-1", 1)} {
		get, remove := `{"ResourceARN":"`+arn+`"}`, `{"ResourceARN":"`+arn+`"}`
		if got := call(t, handler, "GetResourcePolicy", get); got.status != 200 || got.body["Policy"] != "{}" {
			t.Errorf("%s: %+v", arn, got)
		}
		if got := callCBOR(t, handler, "GetResourcePolicy", inCBOR(t, get)); got.status != 200 || got.body["Policy"] != "{}" {
			t.Errorf("%s: in CBOR %+v", arn, got)
		}
		if got := call(t, handler, "DeleteResourcePolicy", remove); got.Type != resourceNotFound || got.Message != "No resource policy found for resource ARN "+arn+"." {
			t.Errorf("%s: %+v", arn, got)
		}
		call(t, handler, "PutResourcePolicy", `{"ResourceARN":"`+arn+`","Policy":"{\"a\":1}"}`)
		if got := call(t, handler, "GetResourcePolicy", get); got.body["Policy"] != `{"a":1}` {
			t.Errorf("%s: %+v", arn, got)
		}
		call(t, handler, "DeleteResourcePolicy", remove)
		if got := call(t, handler, "GetResourcePolicy", get); got.body["Policy"] != "{}" {
			t.Errorf("%s: no longer, but %+v", arn, got)
		}
	}
	missing := "arn:aws:kinesis:eu-west-1:123456789012:stream/nowhere"
	for _, operation := range []string{"GetResourcePolicy", "DeleteResourcePolicy", "ListTagsForResource"} {
		for arn, of := range map[string]string{missing: missing, missing + "/consumer/reader:1700000000": missing} {
			if got := call(t, handler, operation, `{"ResourceARN":"`+arn+`"}`); got.Type != resourceNotFound || got.Message != "Stream "+of+" under account 123456789012 not found." {
				t.Errorf("%s of %s: %+v", operation, arn, got)
			}
		}
	}
}

func TestAStreamOfWhichNothingIsSaidIsOnDemand(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	handler := s.open()
	for body, want := range map[string]struct {
		mode   string
		shards float64
	}{
		`{"StreamName":"bare"}`:                                                                 {onDemand, 4},
		`{"StreamName":"tagged","Tags":{"a":"b"}}`:                                              {onDemand, 4},
		`{"StreamName":"large","MaxRecordSizeInKiB":2048}`:                                      {onDemand, 4},
		`{"StreamName":"spread","RecordDistributionStrategy":"AUTO"}`:                           {onDemand, 4},
		`{"StreamName":"asked","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`:                 {onDemand, 4},
		`{"StreamName":"counted","ShardCount":3}`:                                               {provisioned, 3},
		`{"StreamName":"both","ShardCount":2,"StreamModeDetails":{"StreamMode":"PROVISIONED"}}`: {provisioned, 2},
	} {
		if got := call(t, handler, "CreateStream", body); got.status != 200 {
			t.Errorf("%s: %+v", body, got)
			continue
		}
		name := strings.Split(body, `"`)[3]
		summary, _ := call(t, handler, "DescribeStreamSummary", `{"StreamName":"`+name+`"}`).body["StreamDescriptionSummary"].(map[string]any)
		mode, _ := summary["StreamModeDetails"].(map[string]any)
		if mode["StreamMode"] != want.mode || summary["OpenShardCount"] != want.shards {
			t.Errorf("%s: %v", body, summary)
		}
	}
}

func TestOfAShardsNameOnlyTheNumberCounts(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 4)
	handler := s.open()
	consumer, _ := call(t, handler, "RegisterStreamConsumer", `{"StreamARN":"`+eventsARN+`","ConsumerName":"reader"}`).body["Consumer"].(map[string]any)["ConsumerARN"].(string)
	for _, id := range []string{"shardId-000000000001", "shardId-1", "shard-1", "1", "001", "x-1", "shardId-00000000000000000001", "shardId-1-7", "-1"} {
		for operation, body := range map[string]string{
			"GetShardIterator": `{"StreamName":"events","ShardIteratorType":"TRIM_HORIZON","ShardId":"` + id + `"}`,
			"DescribeStream":   `{"StreamName":"events","ExclusiveStartShardId":"` + id + `"}`,
			"ListShards":       `{"StreamName":"events","ShardFilter":{"Type":"AFTER_SHARD_ID","ShardId":"` + id + `"}}`,
		} {
			if got := call(t, handler, operation, body); got.status != 200 {
				t.Errorf("%s %s: %+v", operation, body, got)
			}
		}
		shards, _ := call(t, handler, "ListShards", `{"StreamName":"events","ExclusiveStartShardId":"`+id+`"}`).body["Shards"].([]any)
		if len(shards) != 2 || shards[0].(map[string]any)["ShardId"] != "shardId-000000000002" {
			t.Errorf("after %s: %v", id, shards)
		}
		// One that is asked for in vain is subscribed to by no one.
		if got := call(t, handler, "SubscribeToShard", `{"ConsumerARN":"`+consumer+`","ShardId":"`+id+`","StartingPosition":{"Type":"LATEST"},"DryRun":true}`); got.Type != dryRunOperation {
			t.Errorf("SubscribeToShard %s: %+v", id, got)
		}
	}
	for _, c := range [][2]string{
		{"SplitShard", `{"StreamName":"events","ShardToSplit":"shard-0","NewStartingHashKey":"1000"}`},
		{"MergeShards", `{"StreamName":"events","ShardToMerge":"1","AdjacentShardToMerge":"shardId-2"}`},
	} {
		if got := call(t, handler, c[0], c[1]); got.status != 200 {
			t.Errorf("%s: %+v", c[0], got)
		}
	}
	if got := strings.Join(s.shards("events", nil), " "); got != "s0 s1 s2 s3. s4<s0. s5<s0. s6<s1<s2." {
		t.Errorf("shards %s", got)
	}
}

func TestABadShardIDIsReportedBeforeAnUnknownStream(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	handler := s.open()
	iterator := func(stream, shard string) string {
		return `{"StreamName":"` + stream + `","ShardIteratorType":"LATEST","ShardId":"` + shard + `"}`
	}
	split := func(stream, shard string) string {
		return `{"StreamName":"` + stream + `","NewStartingHashKey":"1000","ShardToSplit":"` + shard + `"}`
	}
	merge := func(stream, one, other string) string {
		return `{"StreamName":"` + stream + `","ShardToMerge":"` + one + `","AdjacentShardToMerge":"` + other + `"}`
	}
	unknown := func(shard, stream string) string {
		return "Could not find shard " + shard + " in stream " + stream + " under account 000000000000."
	}
	for _, test := range []struct{ operation, body, want string }{
		{"GetShardIterator", iterator("nowhere", "ABKLFD8"), unknown("ABKLFD8", "nowhere")},
		{"GetShardIterator", iterator("nowhere", "shardId-2147483648"), unknown("shardId-2147483648", "nowhere")},
		{"GetShardIterator", iterator("nowhere", "shardId-"), unknown("shardId-", "nowhere")},
		{"GetShardIterator", iterator("events", "shardId-0x1"), unknown("shardId-0x1", "events")},
		{"GetShardIterator", iterator("nowhere", "shard-5"), "Shard shardId-000000000005 in stream nowhere under account 000000000000 does not exist"},
		{"GetShardIterator", iterator("events", "5"), "Shard shardId-000000000005 in stream events under account 000000000000 does not exist"},
		{"SplitShard", split("nowhere", "ABKLFD8"), unknown("ABKLFD8", "nowhere")},
		{"SplitShard", split("nowhere", "2147483648"), unknown("2147483648", "nowhere")},
		{"SplitShard", split("nowhere", "shard-0"), "Stream nowhere under account 000000000000 not found."},
		{"SplitShard", split("events", "shard-9"), unknown("shardId-000000000009", "events")},
		{"MergeShards", merge("nowhere", "0", "ABKLFD8"), unknown("ABKLFD8", "nowhere")},
		{"MergeShards", merge("nowhere", "99999999999", "0"), unknown("99999999999", "nowhere")},
		{"MergeShards", merge("nowhere", "0", "1"), "Stream nowhere under account 000000000000 not found."},
		{"MergeShards", merge("events", "0", "7"), unknown("shardId-000000000007", "events")},
		{"SubscribeToShard", `{"ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/nowhere/consumer/c:1700000000","ShardId":"first","StartingPosition":{"Type":"LATEST"}}`, unknown("first", "nowhere")},
	} {
		if got := call(t, handler, test.operation, test.body); got.status != 400 || got.Type != resourceNotFound || got.Message != test.want {
			t.Errorf("%s %s:\n got %s: %s\nwant %s", test.operation, test.body, got.Type, got.Message, test.want)
		}
	}
}

func TestNumbersOfAWSGoForOrdering(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	handler := s.open()
	ours, _ := call(t, handler, "PutRecord", `{"StreamName":"events","Data":"","PartitionKey":"k"}`).body["SequenceNumber"].(string)
	for number, right := range map[string]bool{
		ours: true, "0": true, "1": true, "21269658000000000000000000000000000": true,
		"49576386617945185524571281180093049961781863423556976642": true,  // one that AWS gave in 2017
		"49039857307708443467467104868809893875799651909875269634": true,  // all zeros of version 2
		"49039857307708443467467104868809893875799651909875269633": true,  // and of version 1
		"49039857307708443467467104868809893875799651909875269632": false, // version 0, that long
		"49039857307708443467467104868809893875799651909875269635": false, // version 3
		"26227199374822427428162556223570313216":                   false, // in the far future
		"73559785961562665201200657303214840813699477864812904449": false, // begins with 3
		"12345678901234567890123456789012345678901234567890":       false,
	} {
		body := `{"StreamName":"events","Data":"","PartitionKey":"k","SequenceNumberForOrdering":"` + number + `"}`
		got := call(t, handler, "PutRecord", body)
		if right != (got.status == 200) {
			t.Errorf("%s: %+v", number, got)
		}
		if want := "ExclusiveMinimumSequenceNumber " + number + " used in PutRecord on stream events under account 000000000000 is invalid."; !right && got.Message != want {
			t.Errorf("%s: %s", number, got.Message)
		}
	}
}

func TestAnIteratorsQuotationMarksArePassedOver(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 3)
	handler := s.open()
	call(t, handler, "PutRecord", `{"StreamName":"events","Data":"YQ==","PartitionKey":"k","ExplicitHashKey":"0"}`)
	iterator, _ := call(t, handler, "GetShardIterator", `{"StreamName":"events","ShardId":"0","ShardIteratorType":"TRIM_HORIZON"}`).body["ShardIterator"].(string)
	for shown, right := range map[string]bool{iterator: true, `\"` + iterator + `\"`: true, `\"` + iterator: false, `'` + iterator + `'`: false, `\"\"`: false} {
		got := call(t, handler, "GetRecords", `{"ShardIterator":"`+shown+`"}`)
		records, _ := got.body["Records"].([]any)
		if right != (len(records) == 1) || !right && got.Message != "Invalid ShardIterator." {
			t.Errorf("%s: %+v", shown, got)
		}
	}
	token, _ := call(t, handler, "ListShards", `{"StreamName":"events","MaxResults":1}`).body["NextToken"].(string)
	if shards, _ := call(t, handler, "ListShards", `{"NextToken":"\"`+token+`\""}`).body["Shards"].([]any); len(shards) != 2 {
		t.Errorf("the page after a token in quotation marks has %v", shards)
	}
}

func TestKeysOfTagsThatGoAreChecked(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	handler := s.open()
	for _, key := range []string{"a;b", "a,b", "tab\\t", "line\\n", "a*", "<x>"} {
		for operation, body := range map[string]string{
			"RemoveTagsFromStream": `{"StreamName":"events","TagKeys":["good","` + key + `"]}`,
			"UntagResource":        `{"ResourceARN":"` + eventsARN + `","TagKeys":["` + key + `"]}`,
			"AddTagsToStream":      `{"StreamName":"events","Tags":{"` + key + `":"x"}}`,
		} {
			if got := call(t, handler, operation, body); got.Type != invalidArgument || !strings.HasPrefix(got.Message, "Some tags contain invalid characters.") {
				t.Errorf("%s %s: %+v", operation, body, got)
			}
		}
	}
	if got := call(t, handler, "RemoveTagsFromStream", `{"StreamName":"events","TagKeys":["ü0 _.","/=+-@"]}`); got.status != 200 {
		t.Errorf("%+v", got)
	}
	if got := call(t, handler, "RemoveTagsFromStream", `{"StreamName":"nowhere","TagKeys":[";"]}`); got.Type != resourceNotFound {
		t.Errorf("%+v", got)
	}
}

func TestARNsHaveTheRegionAndAccountOfTheirCaller(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	handler := func(cfg awsapi.Config) http.Handler {
		cfg.Services = []awsapi.Service{New(Config{Store: s.store, Now: s.clock}).Service()}
		made, err := awsapi.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	free, fixed := handler(awsapi.Config{}), handler(awsapi.Config{Region: "eu-north-1", Account: "210987654321"})
	for _, test := range []struct {
		handler         http.Handler
		key, region, by string
		want            string
	}{
		{free, "", "", "", "arn:aws:kinesis:us-east-1:000000000000:stream/events"},
		{free, "AKID", "eu-west-1", "", "arn:aws:kinesis:eu-west-1:000000000000:stream/events"},
		{free, "AKID", "cn-northwest-1", "", "arn:aws-cn:kinesis:cn-northwest-1:000000000000:stream/events"},
		{free, "AKID", "us-gov-west-1", "", "arn:aws-us-gov:kinesis:us-gov-west-1:000000000000:stream/events"},
		{free, "123456789012", "eu-west-1", "", "arn:aws:kinesis:eu-west-1:123456789012:stream/events"},
		{free, "1234567890123", "eu-west-1", "", "arn:aws:kinesis:eu-west-1:000000000000:stream/events"},
		{free, "AKID", "no region", "", "arn:aws:kinesis:us-east-1:000000000000:stream/events"},
		{free, "AKID", "eu-west-1", "arn:aws:kinesis:ap-east-1:123456789012:stream/events", "arn:aws:kinesis:ap-east-1:123456789012:stream/events"},
		{fixed, "", "", "", "arn:aws:kinesis:eu-north-1:210987654321:stream/events"},
		{fixed, "AKID", "eu-west-1", "", "arn:aws:kinesis:eu-west-1:210987654321:stream/events"},
		{fixed, "123456789012", "eu-west-1", "", "arn:aws:kinesis:eu-west-1:210987654321:stream/events"},
	} {
		body := `{"StreamName":"events"`
		if test.by != "" {
			body += `,"StreamARN":"` + test.by + `"`
		}
		r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(body+"}"))
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", "Kinesis_20131202.DescribeStreamSummary")
		if test.key != "" {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+test.key+"/20260301/"+test.region+"/kinesis/aws4_request, SignedHeaders=host, Signature=00")
		}
		w := httptest.NewRecorder()
		test.handler.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), `"StreamARN":"`+test.want+`"`) {
			t.Errorf("%+v: got %s", test, w.Body)
		}
	}
}
