package kinesis

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"leat/awsapi/cbor"
	"leat/awsapi/shape"
	"leat/shardlog"
	"leat/vfs"

	library "github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const cborType = "application/x-amz-cbor-1.1"

// inCBOR writes a request given in JSON as the AWS SDK for Java would: data as
// bytes, moments as tagged milliseconds, maps and lists without their lengths.
func inCBOR(t testing.TB, body string) []byte {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return appendCBOR(nil, "", tree)
}

func appendCBOR(dst []byte, name string, value any) []byte {
	switch value := value.(type) {
	case map[string]any:
		dst = append(dst, 0xbf)
		for name, member := range value {
			dst = appendCBOR(cbor.AppendText(dst, name), name, member)
		}
		return append(dst, 0xff)
	case []any:
		dst = append(dst, 0x9f)
		for _, element := range value {
			dst = appendCBOR(dst, "", element)
		}
		return append(dst, 0xff)
	case string:
		if name == "Data" {
			if data, err := base64.StdEncoding.DecodeString(value); err == nil {
				return cbor.AppendBlob(dst, data)
			}
		}
		return cbor.AppendText(dst, value)
	case json.Number:
		f, _ := value.Float64()
		if strings.HasSuffix(name, "Timestamp") {
			return cbor.AppendTimestamp(dst, int64(math.Round(f*1000)))
		}
		if n, err := value.Int64(); err == nil {
			return cbor.AppendInt(dst, n)
		}
	}
	encoded, err := cbor.Marshal(value)
	if err != nil {
		panic(err)
	}
	return append(dst, encoded...)
}

// callCBOR is call in CBOR.
func callCBOR(t testing.TB, handler http.Handler, operation string, body []byte) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost/", bytes.NewReader(body))
	r.Header.Set("Content-Type", cborType)
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+operation)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	got := answer{status: w.Code, body: map[string]any{}}
	if w.Header().Get("Content-Type") != cborType {
		t.Errorf("%s: answered in %s", operation, w.Header().Get("Content-Type"))
	}
	reply, _ := io.ReadAll(w.Body)
	if len(reply) > 0 {
		tree, err := cbor.Decode(reply)
		if err != nil {
			t.Fatalf("%s: answer %x: %v", operation, reply, err)
		}
		got.body = tree.(map[string]any)
	}
	got.Type, _ = got.body["__type"].(string)
	got.Message, _ = got.body[messageMember(got.Type)].(string)
	if got.status != http.StatusOK && w.Header().Get("x-amzn-errortype") != got.Type {
		t.Errorf("%s: error %s in the header, %s in the body", operation, w.Header().Get("x-amzn-errortype"), got.Type)
	}
	return got
}

func TestEveryOperationSpeaksCBOR(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	handler := s.open()
	do := func(operation, body string) map[string]any {
		t.Helper()
		got := callCBOR(t, handler, operation, inCBOR(t, body))
		if got.status != http.StatusOK {
			t.Fatalf("%s %s: %+v", operation, body, got)
		}
		return got.body
	}
	do("CreateStream", `{"StreamName":"events","ShardCount":2}`)
	before := s.clock()
	data := []byte{0, 0xff, 0x80, 'x'}
	put := do("PutRecord", `{"StreamName":"events","Data":"`+base64.StdEncoding.EncodeToString(data)+`","PartitionKey":"日本","ExplicitHashKey":"0"}`)
	if len(put["SequenceNumber"].(string)) != 56 || put["ShardId"] != "shardId-000000000000" || len(put) != 2 {
		t.Errorf("put %v", put)
	}
	s.sleep(10 * time.Second)
	batch := do("PutRecords", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/events","Records":[{"Data":"YQ==","PartitionKey":"k","ExplicitHashKey":"0"},{"Data":"","PartitionKey":"k","ExplicitHashKey":"0"}]}`)
	if batch["FailedRecordCount"] != int64(0) || len(batch["Records"].([]any)) != 2 {
		t.Errorf("put %v", batch)
	}
	s.sleep(3 * time.Second)
	description := do("DescribeStream", `{"StreamName":"events"}`)["StreamDescription"].(map[string]any)
	if created, ok := description["StreamCreationTimestamp"].(time.Time); !ok || created.UnixMilli() != before.UnixMilli() || len(description["Shards"].([]any)) != 2 || description["HasMoreShards"] != false {
		t.Errorf("described %v", description)
	}
	if summaries := do("ListStreams", `{}`)["StreamSummaries"].([]any); len(summaries) != 1 {
		t.Errorf("listed %v", summaries)
	}

	moment, _ := json.Marshal(float64(before.Add(5*time.Second).UnixMilli()) / 1000)
	iterator := do("GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP","Timestamp":`+string(moment)+`}`)["ShardIterator"].(string)
	if got := do("GetRecords", `{"ShardIterator":"`+iterator+`"}`)["Records"].([]any); len(got) != 2 {
		t.Errorf("after the moment: %v", got)
	}
	iterator = do("GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"TRIM_HORIZON"}`)["ShardIterator"].(string)
	page := do("GetRecords", `{"ShardIterator":"`+iterator+`","Limit":1}`)
	want := []any{map[string]any{
		"SequenceNumber": put["SequenceNumber"], "Data": data, "PartitionKey": "日本",
		"ApproximateArrivalTimestamp": before.UTC().Truncate(time.Millisecond),
	}}
	if diff := cmp.Diff(want, page["Records"].([]any)); diff != "" {
		t.Error(diff)
	}
	if page["NextShardIterator"] == "" || page["MillisBehindLatest"] != int64(3000) {
		t.Errorf("page %v", page)
	}
	if body := do("IncreaseStreamRetentionPeriod", `{"StreamName":"events","RetentionPeriodHours":48}`); len(body) != 0 {
		t.Errorf("nothing came as %v", body)
	}
}

func TestBadCBORIsASerializationFault(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	handler := s.open()
	seconds, _ := library.Marshal(map[string]any{"StreamName": "events", "ShardId": "shardId-000000000000", "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 5})
	number, _ := library.Marshal(map[string]any{"StreamName": 5})
	blob, _ := library.Marshal(map[string]any{"StreamName": []byte("events")})
	for want, body := range map[string][]byte{
		"no body":                   {},
		"not valid CBOR: at byte 1": {0xbf},
		"NUMBER_VALUE can not be converted to milliseconds since epoch": seconds,
		"NUMBER_VALUE can not be converted to a String":                 number,
		"BLOB_VALUE can not be converted to a String":                   blob,
		"Start of list found where not expected":                        {0x80},
		"Expected null":                                                 {0xc1, 0x00},
	} {
		got := callCBOR(t, handler, "GetShardIterator", body)
		if got.status != 400 || got.Type != "SerializationException" || !strings.Contains(got.Message, want) {
			t.Errorf("%x: got %+v, want %s", body, got, want)
		}
	}
	if got := callCBOR(t, handler, "DescribeStream", inCBOR(t, `{"StreamName":"a b","Limit":0}`)); !strings.HasPrefix(got.Message, "2 validation errors detected") {
		t.Errorf("got %+v", got)
	}
	if got := callCBOR(t, handler, "DescribeStream", inCBOR(t, `{"StreamName":"nowhere"}`)); got.Type != resourceNotFound {
		t.Errorf("got %+v", got)
	}
}

// ordinaryCBOR reads a body as the ordinary way does.
func ordinaryCBOR(body []byte, input *shape.Shape) (putRequest, error) {
	tree, err := cbor.Decode(body)
	if err != nil {
		return putRequest{}, err
	}
	return ordinaryTree(tree, input)
}

func hotRecordsCBOR(body []byte) (putRequest, bool) {
	b := newBatch("PutRecords")
	b.cbor.Reset(body)
	fields, ok := scanPutRecordsCBOR(&b.cbor, b)
	return putRequest{string(fields.stream), string(fields.arn), b.entries}, ok
}

func hotRecordCBOR(body []byte) (putRequest, bool) {
	b := newBatch("PutRecords")
	b.cbor.Reset(body)
	fields, ok := scanPutRecordCBOR(&b.cbor)
	return putRequest{string(fields.stream), string(fields.arn), b.entries}, ok && fields.addTo(b)
}

func FuzzPutRecordsCBOR(f *testing.F) {
	for _, body := range append(wellFormed, leftToTheOrdinaryWay...) {
		if json.Valid([]byte(body)) {
			f.Add(inCBOR(f, body))
		}
	}
	f.Add(inCBOR(f, `{"StreamName":"events","Data":"YQ==","PartitionKey":"k","ExplicitHashKey":"7"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if hot, ok := hotRecordsCBOR(body); ok {
			want, err := ordinaryCBOR(body, inputs["PutRecords"])
			if err == nil {
				compare(t, body, hot, want)
			} else if !nameOnly(err) {
				t.Fatalf("%x: scanned, but the ordinary way says %v", body, err)
			}
		}
		if hot, ok := hotRecordCBOR(body); ok {
			want, err := ordinaryCBOR(body, inputs["PutRecord"])
			if err == nil {
				compare(t, body, hot, want)
			} else if !nameOnly(err) {
				t.Fatalf("%x: scanned, but the ordinary way says %v", body, err)
			}
		}
	})
}

func TestTheHotPathTakesCBOR(t *testing.T) {
	for _, body := range wellFormed {
		encoded := inCBOR(t, body)
		hot, ok := hotRecordsCBOR(encoded)
		if !ok {
			t.Errorf("%s is left to the ordinary way", body)
			continue
		}
		want, err := ordinaryCBOR(encoded, inputs["PutRecords"])
		if err != nil {
			t.Fatal(err)
		}
		compare(t, encoded, hot, want)
	}
	for _, body := range leftToTheOrdinaryWay {
		if json.Valid([]byte(body)) && !strings.Contains(body, `"Data":"YQ=="`) && !strings.Contains(body, `"Data","`) {
			if hot, ok := hotRecordsCBOR(inCBOR(t, body)); ok {
				t.Errorf("%s is taken as %v", body, hot)
			}
		}
	}
}

// TestBothWaysReadTheSameCBOR makes bodies with a library, lengths and all.
func TestBothWaysReadTheSameCBOR(t *testing.T) {
	type record struct {
		Data            []byte
		PartitionKey    string
		ExplicitHashKey string `json:",omitempty"`
	}
	rapid.Check(t, func(rt *rapid.T) {
		request := struct {
			StreamName string
			Records    []record
		}{StreamName: "events"}
		for range rapid.IntRange(1, 20).Draw(rt, "n") {
			request.Records = append(request.Records, record{
				Data:            append([]byte{}, rapid.SliceOf(rapid.Byte()).Draw(rt, "data")...),
				PartitionKey:    rapid.StringOfN(rapid.Rune(), 1, 100, 256).Draw(rt, "key"),
				ExplicitHashKey: rapid.SampledFrom([]string{"", "0", "340282366920938463463374607431768211455"}).Draw(rt, "hash"),
			})
		}
		body, err := library.Marshal(request)
		if err != nil {
			rt.Fatal(err)
		}
		hot, ok := hotRecordsCBOR(body)
		if !ok {
			rt.Fatalf("%x is left to the ordinary way", body)
		}
		want, err := ordinaryCBOR(body, inputs["PutRecords"])
		if err != nil {
			rt.Fatal(err)
		}
		compare(t, body, hot, want)
	})
}

func BenchmarkScanPutRecordsCBOR(b *testing.B) {
	body := inCBOR(b, string(putBody(500, 315)))
	batch := new(batch)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		batch.entries, batch.bytes = batch.entries[:0], 0
		batch.cbor.Reset(body)
		if _, ok := scanPutRecordsCBOR(&batch.cbor, batch); !ok {
			b.Fatal("left to the ordinary way")
		}
	}
	b.ReportMetric(float64(500*b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkAppendPutRecordsCBOR(b *testing.B) {
	receipts := make([]shardlog.Receipt, 500)
	for i := range receipts {
		receipts[i].Sequence.Created, receipts[i].Sequence.Ordinal = 1_700_000_000, 1_000_000_000+uint64(i)
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = putRecordsOutput{receipts: receipts, encryption: notEncrypted}.AppendCBOR(dst[:0])
	}
	b.ReportMetric(float64(500*b.N)/b.Elapsed().Seconds(), "records/s")
}
