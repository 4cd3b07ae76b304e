package firehose

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"leat/delivery"

	"github.com/google/go-cmp/cmp"
)

// s3With is a request with members added to its destination.
func s3With(members string) string {
	if members != "" {
		members = "," + members
	}
	return fmt.Sprintf(`{"DeliveryStreamName":"lake","ExtendedS3DestinationConfiguration":{
		"RoleARN":"arn:aws:iam::000000000000:role/leat","BucketARN":"arn:aws:s3:::lake-bucket"%s}}`, members)
}

func processors(list string) string {
	return `"ProcessingConfiguration":{"Enabled":true,"Processors":[` + list + `]}`
}

const sqlJSON = `{"Type":"SQL","Parameters":[{"ParameterName":"Query","ParameterValue":"SELECT event_type\nFROM records"},{"ParameterName":"Columns","ParameterValue":"event_type varchar"}]}`

func parquet(serializer string) string {
	return `"DataFormatConversionConfiguration":{"OutputFormatConfiguration":{"Serializer":{"ParquetSerDe":{` + serializer + `}}}}`
}

// treeOf is what a request's body decodes into.
func treeOf(t *testing.T, request string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(request))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	return tree
}

func define(t *testing.T, request string) (delivery.Definition, description, error) {
	t.Helper()
	in, err := createInput.Check(treeOf(t, request))
	if err != nil {
		return delivery.Definition{}, description{}, err
	}
	return new(api).define(in)
}

func TestRequestsBecomeDefinitions(t *testing.T) {
	with := func(change func(*delivery.Definition)) delivery.Definition {
		d := delivery.Definition{Name: "lake", Bucket: "lake-bucket", Format: "json", Compression: "none", BufferBytes: 5 << 20, BufferAge: 300 * time.Second}
		change(&d)
		return d
	}
	for _, test := range []struct {
		name, request string
		want          delivery.Definition
	}{
		{"the least", s3With(""), with(func(*delivery.Definition) {})},
		{"keys", s3With(`"Prefix":"a/","ErrorOutputPrefix":"bad/","FileExtension":".json","CustomTimeZone":"Europe/Oslo"`), with(func(d *delivery.Definition) {
			d.Prefix, d.ErrorPrefix, d.Extension, d.TimeZone = "a/", "bad/", ".json", "Europe/Oslo"
		})},
		{"buffer", s3With(`"BufferingHints":{"SizeInMBs":1,"IntervalInSeconds":0}`), with(func(d *delivery.Definition) {
			d.BufferBytes, d.BufferAge = 1<<20, 0
		})},
		{"gzip", s3With(`"CompressionFormat":"GZIP"`), with(func(d *delivery.Definition) { d.Compression = "gzip" })},
		{"delimiter", s3With(processors(`{"Type":"AppendDelimiterToRecord"}`)), with(func(d *delivery.Definition) { d.Delimiter = true })},
		{"delimiter, said", s3With(processors(`{"Type":"AppendDelimiterToRecord","Parameters":[{"ParameterName":"Delimiter","ParameterValue":"\\n"}]}`)), with(func(d *delivery.Definition) { d.Delimiter = true })},
		{"processing not enabled", s3With(`"ProcessingConfiguration":{"Enabled":false,"Processors":[{"Type":"Lambda"}]}`), with(func(*delivery.Definition) {})},
		{"query", s3With(processors(sqlJSON)), with(func(d *delivery.Definition) {
			d.Query, d.Columns = "SELECT event_type\nFROM records", "event_type varchar"
		})},
		{"parquet", s3With(parquet("")), with(func(d *delivery.Definition) {
			d.Format, d.Compression, d.BufferBytes = "parquet", "snappy", 128<<20
		})},
		{"parquet, zstd", s3With(parquet(`"Compression":"ZSTD"`) + `,"BufferingHints":{"SizeInMBs":64,"IntervalInSeconds":10}`), with(func(d *delivery.Definition) {
			d.Format, d.Compression, d.BufferBytes, d.BufferAge = "parquet", "zstd", 64<<20, 10*time.Second
		})},
		{"parquet, plain", s3With(parquet(`"Compression":"UNCOMPRESSED"`)), with(func(d *delivery.Definition) {
			d.Format, d.Compression, d.BufferBytes = "parquet", "none", 128<<20
		})},
		{"conversion not enabled", s3With(`"DataFormatConversionConfiguration":{"Enabled":false}`), with(func(*delivery.Definition) {})},
		{"partitions", s3With(processors(sqlJSON) + `,"Prefix":"t=!{partitionKeyFromQuery:event_type}/","ErrorOutputPrefix":"bad/","DynamicPartitioningConfiguration":{"Enabled":true,"RetryOptions":{"DurationInSeconds":5}}`), with(func(d *delivery.Definition) {
			d.Query, d.Columns = "SELECT event_type\nFROM records", "event_type varchar"
			d.Prefix, d.ErrorPrefix, d.BufferBytes = "t=!{partitionKeyFromQuery:event_type}/", "bad/", 64<<20
		})},
		{"a stream", `{"DeliveryStreamType":"KinesisStreamAsSource","KinesisStreamSourceConfiguration":{"RoleARN":"arn:aws:iam::000000000000:role/leat","KinesisStreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/events"},` + s3With("")[1:], with(func(d *delivery.Definition) { d.SourceStream = "events" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := define(t, test.request)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatLeatDoesNotDoIsRefusedByName(t *testing.T) {
	kinesis := `"KinesisStreamSourceConfiguration":{"RoleARN":"arn:aws:iam::000000000000:role/leat","KinesisStreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/events"}`
	conversion := func(members string) string { return s3With(`"DataFormatConversionConfiguration":{` + members + `}`) }
	for _, test := range []struct{ request, want string }{
		{`{"DeliveryStreamName":"lake"}`, "ExtendedS3DestinationConfiguration"},
		{`{"DeliveryStreamName":"lake","S3DestinationConfiguration":{}}`, "S3DestinationConfiguration"},
		{`{"DeliveryStreamName":"lake","RedshiftDestinationConfiguration":{"RoleARN":"x"}}`, "Leat does not support RedshiftDestinationConfiguration"},
		{`{"DeliveryStreamName":"lake","IcebergDestinationConfiguration":{}}`, "Leat does not support IcebergDestinationConfiguration"},
		{`{"DeliveryStreamName":"lake","HttpEndpointDestinationConfiguration":{}}`, "Leat does not support HttpEndpointDestinationConfiguration"},
		{`{"Tags":[{"Key":"a"}],` + s3With("")[1:], "Tags"},
		{`{"DeliveryStreamEncryptionConfigurationInput":{"KeyType":"AWS_OWNED_CMK"},` + s3With("")[1:], "DeliveryStreamEncryptionConfigurationInput"},
		{`{"DeliveryStreamType":"MSKAsSource",` + s3With("")[1:], "MSKAsSource"},
		{`{"DeliveryStreamType":"KinesisStreamAsSource",` + s3With("")[1:], "KinesisStreamSourceConfiguration is required"},
		{`{` + kinesis + `,` + s3With("")[1:], "KinesisStreamSourceConfiguration must not"},
		{`{"DeliveryStreamType":"KinesisStreamAsSource","DirectPutSourceConfiguration":{"ThroughputHintInMBs":1},` + kinesis + `,` + s3With("")[1:], "DirectPutSourceConfiguration must not"},
		{s3With(`"CompressionFormat":"ZIP"`), "CompressionFormat ZIP"},
		{s3With(`"CompressionFormat":"Snappy"`), "CompressionFormat Snappy"},
		{s3With(`"CompressionFormat":"zip"`), "'extendedS3DestinationConfiguration.compressionFormat'"},
		{s3With(`"S3BackupMode":"Enabled"`), "S3BackupMode Enabled"},
		{s3With(`"S3BackupConfiguration":{}`), "S3BackupConfiguration"},
		{s3With(`"EncryptionConfiguration":{"KMSEncryptionConfig":{}}`), "KMSEncryptionConfig"},
		{s3With(`"BufferingHints":{"SizeInMBs":1}`), "both SizeInMBs and IntervalInSeconds"},
		{s3With(`"BufferingHints":{"SizeInMBs":129,"IntervalInSeconds":901}`), "2 validation errors detected"},
		{s3With(processors(`{"Type":"Lambda","Parameters":[{"ParameterName":"LambdaArn","ParameterValue":"arn"}]}`)), `type Lambda: use Leat's own, {"Type":"SQL"`},
		{s3With(processors(`{"Type":"MetadataExtraction"}`)), "type MetadataExtraction"},
		{s3With(processors(`{"Type":"RecordDeAggregation"}`)), "type RecordDeAggregation"},
		{s3With(processors(`{"Type":"Decompression"}`)), "type Decompression"},
		{s3With(processors(`{"Type":"Sql"}`)), "enum value set"},
		{s3With(processors(`{"Type":"SQL"}`)), "needs the parameter Query"},
		{s3With(processors(`{"Type":"SQL","Parameters":[{"ParameterName":"Query","ParameterValue":" "}]}`)), `^(?!\s*$).+`},
		{s3With(processors(`{"Type":"SQL","Parameters":[{"ParameterName":"Delimiter","ParameterValue":"x"}]}`)), "no parameter Delimiter"},
		{s3With(processors(sqlJSON + "," + sqlJSON)), "more than one processor of type SQL"},
		{s3With(processors(`{"Type":"AppendDelimiterToRecord","Parameters":[{"ParameterName":"Delimiter","ParameterValue":";"}]}`)), "a Delimiter other than"},
		{conversion(``), "ParquetSerDe is required"},
		{conversion(`"SchemaConfiguration":{"TableName":"t"}`), "SchemaConfiguration"},
		{conversion(`"OutputFormatConfiguration":{"Serializer":{"OrcSerDe":{}}}`), "OrcSerDe"},
		{conversion(`"InputFormatConfiguration":{"Deserializer":{"OpenXJsonSerDe":{"CaseInsensitive":false}}}`), "OpenXJsonSerDe.CaseInsensitive"},
		{conversion(`"InputFormatConfiguration":{"Deserializer":{"HiveJsonSerDe":{"TimestampFormats":["x"]}}}`), "TimestampFormats"},
		{s3With(parquet(`"Compression":"GZIP"`)), "Compression GZIP"},
		{s3With(parquet(`"WriterVersion":"V2"`)), "ParquetSerDe.WriterVersion"},
		{s3With(parquet("") + `,"CompressionFormat":"GZIP"`), "CompressionFormat must be UNCOMPRESSED"},
		{s3With(processors(sqlJSON) + `,"Prefix":"!{partitionKeyFromQuery:a}/","ErrorOutputPrefix":"bad/"`), "DynamicPartitioningConfiguration with Enabled true"},
		{s3With(processors(sqlJSON) + `,"DynamicPartitioningConfiguration":{"Enabled":true}`), "Prefix has no"},
		{s3With(processors(sqlJSON) + `,"Prefix":"!{partitionKeyFromQuery:a}/","DynamicPartitioningConfiguration":{"Enabled":true}`), "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions"},
		{strings.Replace(s3With(""), "lake-bucket", "lake/bucket", 1), "bucketARN"},
		{strings.Replace(s3With(""), "role/leat", "user/leat", 1), "roleARN"},
	} {
		_, _, err := define(t, test.request)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s:\n got %v\nwant …%s…", test.request, err, test.want)
		}
	}
}
