package firehose

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"leat/awsapi"
	"leat/awsapi/shape"
)

func TestWrongRequestsGetTheErrorsOfAWS(t *testing.T) {
	s := newTestService(t)
	if got := s.call("CreateDeliveryStream", s3With("")); got.status != 200 {
		t.Fatalf("%+v", got)
	}
	data := func(bytes int) string { return base64.StdEncoding.EncodeToString(make([]byte, bytes)) }
	const record = `{"Data":"YQ=="}`
	const missing = "Firehose nowhere under account 000000000000 not found."
	for _, test := range []struct{ operation, body, want, message string }{
		{"CreateDeliveryStream", s3With(""), resourceInUse, "Firehose lake under account 000000000000 already exists"},
		{"CreateDeliveryStream", `{"DeliveryStreamName":"a b"}`, awsapi.ValidationException, "1 validation error detected: Value 'a b' at 'deliveryStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
		{"CreateDeliveryStream", strings.Replace(s3With(`"CompressionFormat":"ZIP"`), `"lake"`, `"other"`, 1), invalidArgument, "Leat does not support CompressionFormat ZIP"},
		{"CreateDeliveryStream", strings.Replace(strings.Replace(s3With(""), `"lake"`, `"other"`, 1), "lake-bucket", "..", 1), invalidArgument, "bucket"},
		{"CreateDeliveryStream", strings.Replace(s3With(`"Prefix":"!{nonsense}","ErrorOutputPrefix":"bad/"`), `"lake"`, `"other"`, 1), invalidArgument, "nonsense"},
		{"DescribeDeliveryStream", `{"DeliveryStreamName":"nowhere"}`, resourceNotFound, missing},
		{"DescribeDeliveryStream", `{}`, awsapi.ValidationException, "'deliveryStreamName'"},
		{"DeleteDeliveryStream", `{"DeliveryStreamName":"nowhere"}`, resourceNotFound, missing},
		{"ListDeliveryStreams", `{"Limit":0}`, awsapi.ValidationException, "'limit'"},
		{"PutRecord", `{"DeliveryStreamName":"nowhere","Record":` + record + `}`, resourceNotFound, missing},
		{"PutRecord", `{"DeliveryStreamName":"lake"}`, awsapi.ValidationException, "Value null at 'record'"},
		{"PutRecord", `{"DeliveryStreamName":"lake","Record":{}}`, awsapi.ValidationException, "Value null at 'record.data'"},
		{"PutRecord", `{"DeliveryStreamName":"lake","Record":{"Data":"` + data(maxRecordBytes+1) + `"}}`, awsapi.ValidationException, "Value at 'record.data' failed to satisfy constraint: Member must have length less than or equal to 1024000"},
		{"PutRecordBatch", `{"DeliveryStreamName":"nowhere","Records":[` + record + `]}`, resourceNotFound, missing},
		{"PutRecordBatch", `{"DeliveryStreamName":"lake","Records":[]}`, awsapi.ValidationException, "Value at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"PutRecordBatch", `{"DeliveryStreamName":"lake","Records":[` + strings.Repeat(record+",", 500) + record + `]}`, awsapi.ValidationException, "less than or equal to 500"},
		{"PutRecordBatch", `{"DeliveryStreamName":"lake","Records":[` + strings.Repeat(`{"Data":"`+data(1_000_000)+`"},`, 4) + `{"Data":"` + data(200_000) + `"}]}`, invalidArgument, "4 MB"},
		{"PutRecordBatch", `{"DeliveryStreamName":"lake","Records":[{"Data":"Y"}]}`, awsapi.SerializationException, "multiple of 4"},
		{"UpdateDestination", `{}`, awsapi.UnsupportedOperation, "UpdateDestination"},
	} {
		got := s.call(test.operation, test.body)
		if got.status != 400 || got.Type != test.want || !strings.Contains(got.Message, test.message) {
			if len(test.body) > 300 {
				test.body = test.body[:300] + "…"
			}
			t.Errorf("%s %s:\n got %d %s: %s\nwant 400 %s: %s", test.operation, test.body, got.status, got.Type, got.Message, test.want, test.message)
		}
	}
	status, err := s.delivery.Status("lake")
	if err != nil || status.Pending+status.Read != 0 {
		t.Errorf("refused records were taken: %+v, %v", status, err)
	}
}

func TestBothWaysTakeRecords(t *testing.T) {
	s := newTestService(t)
	s.call("CreateDeliveryStream", s3With(""))
	for _, body := range []string{
		`{"DeliveryStreamName":"lake","Record":{"Data":"YQ=="}}`,
		`{"Record":{"Data":"YQ=="},"DeliveryStreamName":"lake"}`,
		`{"Record":{"Data":"YQ==","Unknown":[1]},"DeliveryStreamName":"lake","Unknown":null}`,
	} {
		if got := s.call("PutRecord", body); got.status != 200 || got.body["RecordId"] == "" || got.body["Encrypted"] != false {
			t.Errorf("%s: %+v", body, got)
		}
	}
	for _, body := range []string{
		`{"DeliveryStreamName":"lake","Records":[{"Data":"Yg=="},{"Data":"Yw=="}]}`,
		`{"Records":[{"Data":"Yg=="},{"Data":"Yw\u003d="}],"DeliveryStreamName":"lake"}`,
		`{"Records":[{"Data":"Yg==","X":1},{"Data":"Yw=="}],"DeliveryStreamName":"lake","DeliveryStreamName":"lake"}`,
	} {
		got := s.call("PutRecordBatch", body)
		if responses, _ := got.body["RequestResponses"].([]any); got.status != 200 || got.body["FailedPutCount"] != 0.0 || len(responses) != 2 {
			t.Errorf("%s: %+v", body, got)
		}
	}
	if err := s.delivery.Flush(t.Context(), "lake"); err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, content := range s.objects("") {
		all += content
	}
	if got := []byte(all); len(got) != 9 {
		t.Errorf("delivered %q", all)
	} else if slices.Sort(got); string(got) != "aaabbbccc" {
		t.Errorf("delivered %q", all)
	}
}

func FuzzPut(f *testing.F) {
	f.Add([]byte(`{"DeliveryStreamName":"lake","Records":[{"Data":"Yg=="},{"Data":"Yw=="}]}`))
	f.Add([]byte(`{"DeliveryStreamName":"lake","Record":{"Data":"YQ=="}}`))
	f.Add([]byte(`{"Record":{"Data":"YQ=="},"Record":{"Data":"Yg=="},"DeliveryStreamName":"lake"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		one := newBatch(body)
		if name, ok := one.scanRequest("Record", (*batch).scanRecord); ok {
			in := ordinary(t, body, false)
			if in == nil || in.Text("DeliveryStreamName") != name || string(in.Object("Record").Bytes("Data")) != string(one.records[0]) || len(one.records) != 1 {
				t.Fatalf("%q: scanned %q %q, the ordinary way %v", body, name, one.records, in)
			}
		}
		many := newBatch(body)
		if name, ok := many.scanRequest("Records", (*batch).scanRecords); ok {
			in := ordinary(t, body, true)
			if in == nil || in.Text("DeliveryStreamName") != name || len(in.Objects("Records")) != len(many.records) {
				t.Fatalf("%q: scanned %q %q, the ordinary way %v", body, name, many.records, in)
			}
			for i, record := range in.Objects("Records") {
				if string(record.Bytes("Data")) != string(many.records[i]) {
					t.Fatalf("%q: record %d is %q", body, i, many.records[i])
				}
			}
		}
	})
}

// ordinary reads a body as the ordinary way does; nil when it refuses it. Names
// it would refuse are taken, as the hot path holds them against what there is.
func ordinary(t *testing.T, body []byte, batch bool) shape.Object {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var tree any
	if decoder.Decode(&tree) != nil || decoder.More() {
		return nil
	}
	record := shape.Struct("Record", shape.Required("Data", shape.Bytes(maxRecordBytes)))
	members := []shape.Member{shape.Required("DeliveryStreamName", shape.String(0, shape.NoMax, ""))}
	if batch {
		members = append(members, shape.Required("Records", shape.ListOf(1, maxRecords, record)))
	} else {
		members = append(members, shape.Required("Record", record))
	}
	in, err := shape.Struct("Input", members...).Check(tree)
	if err != nil {
		return nil
	}
	return in
}
