package firehose

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"leat/awsapi"
	"leat/awsapi/awstest"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// FuzzRequests sends whole requests, head and body, to the API as it is without
// credentials and as it is with them: none is a fault of ours, and every answer
// can be read.
func FuzzRequests(f *testing.F) {
	s := newTestService(f)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	key := aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "secret"}
	service := Service(Config{Delivery: s.delivery})
	guarded, err := awsapi.New(awsapi.Config{
		Services:    []awsapi.Service{service},
		Credentials: []awsapi.Credential{{AccessKeyID: key.AccessKeyID, Secret: key.SecretAccessKey}},
		Now:         func() time.Time { return at },
	})
	if err != nil {
		f.Fatal(err)
	}
	destination := map[string]any{
		"BucketARN": "arn:aws:s3:::lake", "RoleARN": "arn:aws:iam::000000000000:role/any", "Prefix": "a/!{timestamp:yyyy}/",
		"BufferingHints": map[string]any{"SizeInMBs": 1, "IntervalInSeconds": 60},
	}
	record := map[string]any{"Data": []byte("x")}
	for operation, bodies := range map[string][]map[string]any{
		"CreateDeliveryStream": {
			{"DeliveryStreamName": "other", "DeliveryStreamType": "DirectPut", "ExtendedS3DestinationConfiguration": destination},
			{"DeliveryStreamName": "other", "RedshiftDestinationConfiguration": map[string]any{}},
		},
		"DeleteDeliveryStream":   {{"DeliveryStreamName": "other", "AllowForceDelete": true}},
		"DescribeDeliveryStream": {{"DeliveryStreamName": "lake", "Limit": 1, "ExclusiveStartDestinationId": "x"}},
		"ListDeliveryStreams":    {{"Limit": 1, "ExclusiveStartDeliveryStreamName": "a"}},
		"PutRecord":              {{"DeliveryStreamName": "lake", "Record": record}},
		"PutRecordBatch":         {{"DeliveryStreamName": "lake", "Records": []any{record, record}}},
	} {
		for _, body := range bodies {
			text, err := json.Marshal(body)
			if err != nil {
				f.Fatal(err)
			}
			for _, form := range []awstest.RawForm{{}, {Chunks: true}, {Key: key, At: at}, {Key: key, At: at, Query: true}} {
				f.Add(form.Write(f, "firehose", service.Target+"."+operation, "application/x-amz-json-1.1", text))
			}
		}
	}
	f.Fuzz(func(t *testing.T, request []byte) {
		for _, handler := range []http.Handler{s.handler, guarded} {
			awstest.Raw(t, handler, request)
		}
		names := s.delivery.Names()
		if len(names) <= 20 {
			return
		}
		for _, name := range names {
			if err := s.delivery.Delete(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
	})
}
