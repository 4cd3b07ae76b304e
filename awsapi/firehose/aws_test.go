package firehose

import (
	"strings"
	"testing"

	"leat/awsapi"
	"leat/shardlog"
)

func TestLargeBuffersAreAskedForAsOnAWS(t *testing.T) {
	const partitioned = `,"Prefix":"t=!{partitionKeyFromQuery:event_type}/","ErrorOutputPrefix":"bad/","DynamicPartitioningConfiguration":{"Enabled":true}`
	hints := func(size string) string { return `,"BufferingHints":{"SizeInMBs":` + size + `,"IntervalInSeconds":60}` }
	const converted, dynamic = "BufferingHints.SizeInMBs must be at least 64 when data format conversion is enabled.",
		"BufferingHints.SizeInMBs must be at least 64 when Dynamic Partitioning is enabled."
	for _, test := range []struct{ name, request, want string }{
		{"conversion", s3With(parquet("") + hints("1")), converted},
		{"conversion, just below", s3With(parquet("") + hints("63")), converted},
		{"conversion, said to be enabled", s3With(`"DataFormatConversionConfiguration":{"Enabled":true,"OutputFormatConfiguration":{"Serializer":{"ParquetSerDe":{}}}}` + hints("5")), converted},
		{"partitions", s3With(processors(sqlJSON) + partitioned + hints("1")), dynamic},
		{"partitions, just below", s3With(processors(sqlJSON) + partitioned + hints("63")), dynamic},
		{"both", s3With(parquet("") + "," + processors(sqlJSON) + partitioned + hints("10")), converted},
		{"conversion, enough", s3With(parquet("") + hints("64")), ""},
		{"partitions, enough", s3With(processors(sqlJSON) + partitioned + hints("64")), ""},
		{"the defaults", s3With(parquet("") + "," + processors(sqlJSON) + partitioned), ""},
		{"neither", s3With(`"CompressionFormat":"GZIP"` + hints("1")), ""},
		{"a query", s3With(processors(sqlJSON) + hints("1")), ""},
		{"conversion that is off", s3With(`"DataFormatConversionConfiguration":{"Enabled":false}` + hints("1")), ""},
	} {
		for _, small := range []bool{false, true} {
			want := test.want
			if small {
				want = ""
			}
			in, err := createInput.Check(treeOf(t, test.request))
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = (&api{smallBuffers: small}).define(in)
			named, _ := err.(*awsapi.Error)
			if (err == nil) != (want == "") || err != nil && (named == nil || named.Type != invalidArgument || named.Message != want) {
				t.Errorf("%s, small buffers %v: got %v, want %q", test.name, small, err, want)
			}
		}
	}
}

func TestRefusalsHaveAWSsWords(t *testing.T) {
	s := newTestService(t)
	if _, err := s.streams.Create(t.Context(), shardlog.Spec{Name: "events", Shards: 1}); err != nil {
		t.Fatal(err)
	}
	fromStream := func(arn string) string {
		return `{"DeliveryStreamType":"KinesisStreamAsSource","KinesisStreamSourceConfiguration":{"RoleARN":"arn:aws:iam::000000000000:role/leat","KinesisStreamARN":"` + arn + `"},` + s3With("")[1:]
	}
	if got := s.call("CreateDeliveryStream", fromStream("arn:aws:kinesis:eu-west-1:123456789012:stream/events")); got.status != 200 {
		t.Fatalf("%+v", got)
	}
	other := func(request string) string { return strings.Replace(request, `"lake"`, `"other"`, 1) }
	const record, permitted = `{"Data":"YQ=="}`, "This operation is not permitted on KinesisStreamAsSource delivery stream type."
	const prefix, one = "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions", "Exactly one destination configuration is supported for a Firehose"
	for _, test := range []struct{ operation, body, want, message string }{
		{"PutRecord", `{"DeliveryStreamName":"lake","Record":` + record + `}`, invalidArgument, permitted},
		{"PutRecordBatch", `{"DeliveryStreamName":"lake","Records":[` + record + `]}`, invalidArgument, permitted},
		{"PutRecord", `{"DeliveryStreamName":"lake","Record":` + record + `,"More":1}`, invalidArgument, permitted}, // the ordinary way
		{"CreateDeliveryStream", other(s3With(`"Prefix":"!{timestamp:yyyy}/"`)), invalidArgument, prefix},
		{"CreateDeliveryStream", other(s3With(`"Prefix":"a/!{firehose:random-string}/","ErrorOutputPrefix":""`)), invalidArgument, prefix},
		{"CreateDeliveryStream", other(s3With(`"Prefix":"d=!{partitionKeyFromQuery:d}/","DynamicPartitioningConfiguration":{"Enabled":true}`)), invalidArgument, prefix},
		{"CreateDeliveryStream", other(`{"HttpEndpointDestinationConfiguration":{},` + s3With("")[1:]), invalidArgument, one},
		{"CreateDeliveryStream", other(`{"S3DestinationConfiguration":{},` + s3With("")[1:]), invalidArgument, one},
		{"CreateDeliveryStream", `{"DeliveryStreamName":"other","SplunkDestinationConfiguration":{},"RedshiftDestinationConfiguration":{}}`, invalidArgument, one},
		{"CreateDeliveryStream", other(strings.Replace(fromStream("arn:aws:kinesis:eu-west-1:123456789012:stream/nowhere"), "us-east-1", "eu-west-1", 1)), invalidArgument, "stream nowhere does not exist"},
		{"CreateDeliveryStream", other(strings.Replace(s3With(""), "lake-bucket", strings.Repeat("b", 256), 1)), awsapi.ValidationException, "bucketARN"},
		{"CreateDeliveryStream", other(strings.Replace(s3With(""), "lake-bucket", "a+b", 1)), awsapi.ValidationException, "bucketARN"},
		{"PutRecord", `{"DeliveryStreamName":7,"Record":` + record + `}`, awsapi.SerializationException, "NUMBER_VALUE can not be converted to a String"},
		{"PutRecord", `{"DeliveryStreamName":"lake","Record":{"Data":"Foo"}}`, awsapi.SerializationException, "'Foo' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
		{"PutRecordBatch", `{"DeliveryStreamName":"lake","Records":{}}`, awsapi.SerializationException, "Start of structure or map found where not expected."},
	} {
		got := s.call(test.operation, test.body)
		if got.status != 400 || got.Type != test.want || !strings.Contains(got.Message, test.message) {
			t.Errorf("%s %.200s:\n got %d %s: %s\nwant 400 %s: %s", test.operation, test.body, got.status, got.Type, got.Message, test.want, test.message)
		}
	}
}

func TestBucketsMayBeCalledWhatTheModelSays(t *testing.T) {
	s := newTestService(t)
	for i, bucket := range []string{"My_Bucket", "UPPER", "a", "_", "a..b", "-x-", strings.Repeat("b", 255)} {
		request := strings.Replace(strings.Replace(s3With(""), "lake-bucket", bucket, 1), `"lake"`, `"lake-`+string(rune('a'+i))+`"`, 1)
		if got := s.call("CreateDeliveryStream", request); got.status != 200 {
			t.Errorf("%s: %+v", bucket, got)
		}
	}
	for _, bucket := range []string{".", ".."} {
		if got := s.call("CreateDeliveryStream", strings.Replace(s3With(""), "lake-bucket", bucket, 1)); got.Type != invalidArgument || !strings.Contains(got.Message, "bucket name") {
			t.Errorf("%s: %+v", bucket, got)
		}
	}
}
