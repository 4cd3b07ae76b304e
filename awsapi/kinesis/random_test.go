package kinesis

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"leat/awsapi"
	"leat/awsapi/cbor"
	"leat/awsapi/shape"
	"leat/vfs"

	"pgregory.net/rapid"
)

// known are the texts of earlier answers by their members' names, which later
// requests use: so they meet streams, shards, iterators and consumers that are
// there, were there, or have changed since.
type known map[string][]string

// sameAs says which members of answers a request's member may be taken from.
var sameAs = map[string][]string{
	"StreamARN":                 {"StreamARN"},
	"ResourceARN":               {"StreamARN", "ConsumerARN"},
	"ConsumerARN":               {"ConsumerARN"},
	"ConsumerName":              {"ConsumerName"},
	"ShardId":                   {"ShardId"},
	"ShardToSplit":              {"ShardId"},
	"ShardToMerge":              {"ShardId"},
	"AdjacentShardToMerge":      {"ShardId"},
	"ExclusiveStartShardId":     {"ShardId"},
	"ShardIterator":             {"ShardIterator", "NextShardIterator"},
	"NextToken":                 {"NextToken"},
	"StartingSequenceNumber":    {"SequenceNumber", "StartingSequenceNumber", "EndingSequenceNumber"},
	"SequenceNumber":            {"SequenceNumber", "StartingSequenceNumber", "EndingSequenceNumber"},
	"SequenceNumberForOrdering": {"SequenceNumber"},
	"ExplicitHashKey":           {"StartingHashKey", "EndingHashKey"},
	"NewStartingHashKey":        {"StartingHashKey", "EndingHashKey"},
	"KeyId":                     {"KeyId"},
	"Policy":                    {"Policy"},
	"Key":                       {"Key"}, // of tags
	"TagKey":                    {"Key"},
}

// keptTexts is how many texts are known of each member: the newest.
const keptTexts = 30

func (k known) learn(name string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			k.learn(name, member)
		}
	case []any:
		for _, element := range value[:min(len(value), keptTexts)] {
			k.learn(name, element)
		}
	case string:
		if all := k[name]; !slices.Contains(all, value) {
			k[name] = append(all[max(0, len(all)-keptTexts+1):], value)
		}
	}
}

// draw makes any value of a shape, for a member of some name. It need not
// satisfy the shape where two constraints meet: see request.
func (k known) draw(rt *rapid.T, s *shape.Shape, name string) any {
	least, most := s.Bounds()
	switch s.Kind() {
	case shape.Structure:
		members := map[string]any{}
		for _, member := range s.Members() {
			often := 25 // in a hundred
			switch member.Name {
			case "StreamName":
				often = 90
			case "StreamId":
				often = 1 // always refused
			case "StreamARN":
				often = 10 // mostly names another stream
			case "DryRun":
				often = 5
			}
			if member.Required || rapid.IntRange(1, 100).Draw(rt, member.Name) <= often {
				members[member.Name] = k.draw(rt, member.Shape, member.Name)
			}
		}
		return members
	case shape.List:
		list := []any{}
		for range rapid.Int64Range(least, min(most, least+3)).Draw(rt, "length") {
			list = append(list, k.draw(rt, s.Element(), strings.TrimSuffix(name, "s"))) // TagKeys
		}
		return list
	case shape.Map:
		entries := map[string]any{}
		for range rapid.Int64Range(least, min(most, least+3)).Draw(rt, "length") {
			entries[k.text(rt, s.Key(), "Key")] = k.draw(rt, s.Element(), "Key")
		}
		return entries
	case shape.Text:
		return k.text(rt, s, name)
	case shape.Blob:
		return rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(rt, "blob")
	case shape.Boolean:
		return rapid.Bool().Draw(rt, "bool")
	case shape.Timestamp:
		return rapid.SampledFrom([]float64{0, -1, 1e11, float64(time.Now().Unix()), rapid.Float64Range(-2e11, 2e11).Draw(rt, "time")}).Draw(rt, "moment")
	}
	if name == "RetentionPeriodHours" {
		return rapid.SampledFrom([]int{24, 25, 48, 8760}).Draw(rt, "hours")
	}
	least, most = max(least, math.MinInt32), min(most, math.MaxInt32)
	if rapid.IntRange(0, 9).Draw(rt, "any") == 0 {
		return rapid.Int64Range(least, most).Draw(rt, "number")
	}
	least = max(least, min(0, most))
	return rapid.Int64Range(least, min(most, least+8)).Draw(rt, "small")
}

func (k known) text(rt *rapid.T, s *shape.Shape, name string) string {
	if values := s.Values(); values != nil {
		return rapid.SampledFrom(values).Draw(rt, "value")
	}
	if name == "StreamName" || name == "ExclusiveStartStreamName" {
		return rapid.SampledFrom([]string{"a", "b", "c", "nowhere"}).Draw(rt, "stream")
	}
	var texts []string
	for _, same := range sameAs[name] {
		texts = append(texts, k[same]...)
	}
	if len(texts) > 0 && rapid.IntRange(0, 9).Draw(rt, "known") > 0 {
		return rapid.SampledFrom(texts).Draw(rt, "text")
	}
	least, most := s.Bounds()
	if s.Pattern() != "" && s.Pattern() != shape.NotBlank {
		return rapid.StringMatching(s.Pattern()).Draw(rt, "text")
	}
	return rapid.StringN(int(least), int(min(most, least+20)), -1).Draw(rt, "text")
}

// inJSON and inCBORType encode what draw made.
func inJSON(tree any) []byte {
	text, err := json.Marshal(tree) // blobs become base64
	if err != nil {
		panic(err)
	}
	return text
}

func inCBORType(dst []byte, s *shape.Shape, tree any) []byte {
	switch value := tree.(type) {
	case map[string]any:
		dst = append(dst, 0xbf)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			element := s.Element()
			if s.Kind() == shape.Structure {
				i := slices.IndexFunc(s.Members(), func(m shape.Member) bool { return m.Name == name })
				element = s.Members()[i].Shape
			}
			dst = inCBORType(cbor.AppendText(dst, name), element, value[name])
		}
		return append(dst, 0xff)
	case []any:
		dst = append(dst, 0x9f)
		for _, element := range value {
			dst = inCBORType(dst, s.Element(), element)
		}
		return append(dst, 0xff)
	case float64:
		return cbor.AppendTimestamp(dst, int64(math.Round(value*1000)))
	}
	encoded, err := cbor.Marshal(tree)
	if err != nil {
		panic(err)
	}
	return append(dst, encoded...)
}

// request draws a request that satisfies its shape, or nil.
func (k known) request(rt *rapid.T, operation awsapi.Operation) any {
	tree := k.draw(rt, operation.Input, "")
	var plain any
	decoder := json.NewDecoder(strings.NewReader(string(inJSON(tree))))
	decoder.UseNumber()
	if err := decoder.Decode(&plain); err != nil {
		rt.Fatal(err)
	}
	var violations shape.Violations
	if _, err := operation.Input.Check(plain); errors.As(err, &violations) {
		return nil
	} else if err != nil {
		rt.Fatalf("%s %s: %v", operation.Name, inJSON(tree), err)
	}
	return tree
}

// modelled are the exceptions that a valid request may get.
var modelled = []string{
	invalidArgument, resourceNotFound, resourceInUse, limitExceeded, expiredIterator, expiredNextToken, throughputExceeded, dryRunOperation,
}

// byTheModel says whether an answer is one that a valid request may get.
func byTheModel(status int, exception, body string) bool {
	if status == http.StatusOK {
		return true
	}
	// Whether a record needs a partition key is not for the shape to say. Other
	// constraints are; but the exception has uses of its own, as on AWS.
	noKey := strings.Contains(body, "artitionKey' failed to satisfy constraint: Member must not be null")
	if exception == awsapi.ValidationException {
		return noKey || !strings.Contains(body, " failed to satisfy constraint: ")
	}
	return status == http.StatusBadRequest && slices.Contains(modelled, exception)
}

// firstRequests make something to talk about.
var firstRequests = []struct{ operation, body string }{
	{"CreateStream", `{"StreamName":"a","ShardCount":2}`},
	{"CreateStream", `{"StreamName":"b","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`},
	{"RegisterStreamConsumer", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/a","ConsumerName":"consumer"}`},
	{"PutRecords", `{"StreamName":"a","Records":[{"Data":"YQ==","PartitionKey":"k"},{"Data":"YQ==","PartitionKey":"l","ExplicitHashKey":"0"}]}`},
	{"SplitShard", `{"StreamName":"a","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"42535295865117307932921825928971026432"}`},
	{"GetShardIterator", `{"StreamName":"a","ShardId":"shardId-000000000000","ShardIteratorType":"TRIM_HORIZON"}`},
	{"ListShards", `{"StreamName":"a","MaxResults":1}`},
	{"DescribeStream", `{"StreamName":"b"}`},
}

// TestAnyValidRequestIsAnsweredByTheModel sends requests that satisfy their
// shapes to streams in any state, one after the other, in both encodings: each
// is done or gets an exception of the model. Time goes on in between.
func TestAnyValidRequestIsAnsweredByTheModel(t *testing.T) {
	operations := New(Config{}).Service().Operations
	answered := map[string]int{} // with 200
	drawn, valid := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		s := newTestService(t, vfs.NewMem(), "streams")
		defer s.store.Close() // not only when the test ends: there are many
		handler := s.open()
		if ending, ok := handler.(interface{ EndStreams() }); ok {
			ending.EndStreams() // subscriptions end at once
		}
		k := known{"Policy": {`{"Version":"2012-10-17","Statement":[]}`}, "Key": {"k", "l"}}
		send := func(operation awsapi.Operation, request any, cborToo bool) {
			media, body := "application/x-amz-json-1.1", inJSON(request)
			if cborToo {
				media, body = cborType, inCBORType(nil, operation.Input, request)
			}
			r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(string(body)))
			r.Header.Set("Content-Type", media)
			r.Header.Set("X-Amz-Target", "Kinesis_20131202."+operation.Name)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			exception := w.Header().Get("x-amzn-errortype")
			if !byTheModel(w.Code, exception, w.Body.String()) {
				rt.Fatalf("%s %s: %d %s %q", operation.Name, inJSON(request), w.Code, exception, w.Body)
			}
			if w.Code == http.StatusOK {
				answered[operation.Name]++
			}
			if tree, err := treeOf(w); err != nil {
				rt.Fatalf("%s %s was answered %q: %v", operation.Name, inJSON(request), w.Body, err)
			} else if w.Code == http.StatusOK {
				k.learn("", tree)
			}
		}
		for _, first := range firstRequests {
			i := slices.IndexFunc(operations, func(o awsapi.Operation) bool { return o.Name == first.operation })
			var request any
			if err := json.Unmarshal([]byte(first.body), &request); err != nil {
				rt.Fatal(err)
			}
			k.learn("", request)
			send(operations[i], request, false)
		}
		for range rapid.IntRange(1, 100).Draw(rt, "requests") {
			operation := rapid.SampledFrom(operations).Draw(rt, "operation")
			drawn++
			request := k.request(rt, operation)
			if request == nil {
				continue
			}
			valid++
			k.learn("", request)
			send(operation, request, rapid.Bool().Draw(rt, "in CBOR"))
			if rapid.IntRange(0, 5).Draw(rt, "wait") == 0 {
				s.sleep(rapid.SampledFrom([]time.Duration{time.Second, 6 * time.Minute, 30 * time.Hour}).Draw(rt, "for"))
			}
		}
	})
	if valid < drawn/2 {
		t.Errorf("only %d of %d requests are valid", valid, drawn)
	}
	for _, operation := range operations {
		if answered[operation.Name] == 0 {
			t.Logf("%s was never done", operation.Name)
		}
	}
	t.Logf("%d requests, done: %v", valid, answered)
}

// treeOf decodes an answer that is one document; other answers are nil.
func treeOf(w *httptest.ResponseRecorder) (any, error) {
	if w.Body.Len() == 0 {
		return nil, nil
	}
	var tree any
	switch w.Header().Get("Content-Type") {
	case cborType:
		return cbor.Decode(w.Body.Bytes())
	case "application/x-amz-json-1.1":
		err := json.Unmarshal(w.Body.Bytes(), &tree)
		return tree, err
	}
	return nil, nil
}
