package firehose

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"leat/shardlog"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
)

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

var (
	role   = aws.String("arn:aws:iam::000000000000:role/leat")
	bucket = aws.String("arn:aws:s3:::lake-bucket")
)

// objects returns the contents of all objects below a prefix, by key.
func (s *testService) objects(prefix string) map[string]string {
	s.t.Helper()
	found := map[string]string{}
	root := filepath.Join(s.buckets, "lake-bucket")
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		key, _ := filepath.Rel(root, name)
		if err != nil || entry.IsDir() || !strings.HasPrefix(key, prefix) {
			return err
		}
		content, err := os.ReadFile(name)
		found[key] = string(content)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

func TestADirectPutsLifeBySDK(t *testing.T) {
	s := newTestService(t)
	client, ctx := s.client(), t.Context()
	created := must[*sdk.CreateDeliveryStreamOutput](t)(client.CreateDeliveryStream(ctx, &sdk.CreateDeliveryStreamInput{
		DeliveryStreamName: aws.String("lake"),
		ExtendedS3DestinationConfiguration: &types.ExtendedS3DestinationConfiguration{
			RoleARN: role, BucketARN: bucket, Prefix: aws.String("raw/"), ErrorOutputPrefix: aws.String("bad/"),
			BufferingHints:    &types.BufferingHints{SizeInMBs: aws.Int32(1), IntervalInSeconds: aws.Int32(60)},
			CompressionFormat: types.CompressionFormatGzip,
			ProcessingConfiguration: &types.ProcessingConfiguration{Enabled: aws.Bool(true),
				Processors: []types.Processor{{Type: types.ProcessorTypeAppendDelimiterToRecord}}},
		}}))
	arn := "arn:aws:firehose:us-east-1:000000000000:deliverystream/lake"
	if *created.DeliveryStreamARN != arn {
		t.Errorf("created %s", *created.DeliveryStreamARN)
	}

	described := must[*sdk.DescribeDeliveryStreamOutput](t)(client.DescribeDeliveryStream(ctx, &sdk.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String("lake")})).DeliveryStreamDescription
	if *described.DeliveryStreamARN != arn || described.DeliveryStreamStatus != types.DeliveryStreamStatusActive || *described.VersionId != "1" ||
		described.DeliveryStreamType != types.DeliveryStreamTypeDirectPut || *described.HasMoreDestinations || time.Since(*described.CreateTimestamp) > time.Minute {
		t.Errorf("described %+v", described)
	}
	s3 := described.Destinations[0].ExtendedS3DestinationDescription
	if *s3.Prefix != "raw/" || *s3.ErrorOutputPrefix != "bad/" || *s3.BufferingHints.SizeInMBs != 1 || *s3.BufferingHints.IntervalInSeconds != 60 ||
		s3.CompressionFormat != types.CompressionFormatGzip || s3.EncryptionConfiguration.NoEncryptionConfig != types.NoEncryptionConfigNoEncryption ||
		s3.S3BackupMode != types.S3BackupModeDisabled || *s3.CloudWatchLoggingOptions.Enabled || s3.ProcessingConfiguration.Processors[0].Type != types.ProcessorTypeAppendDelimiterToRecord {
		t.Errorf("destination %+v", s3)
	}
	if plain := described.Destinations[0].S3DestinationDescription; *plain.BucketARN != *bucket || *described.Destinations[0].DestinationId != destinationID {
		t.Errorf("plain destination %+v", plain)
	}

	var want []string
	put := must[*sdk.PutRecordOutput](t)(client.PutRecord(ctx, &sdk.PutRecordInput{DeliveryStreamName: aws.String("lake"), Record: &types.Record{Data: []byte(`{"n":-1}`)}}))
	want = append(want, `{"n":-1}`)
	ids := []string{*put.RecordId}
	var records []types.Record
	for i := range 500 {
		want = append(want, fmt.Sprintf(`{"n":%d}`, i))
		records = append(records, types.Record{Data: []byte(want[len(want)-1])})
	}
	batch := must[*sdk.PutRecordBatchOutput](t)(client.PutRecordBatch(ctx, &sdk.PutRecordBatchInput{DeliveryStreamName: aws.String("lake"), Records: records}))
	if *batch.FailedPutCount != 0 || len(batch.RequestResponses) != 500 {
		t.Errorf("put %+v", batch)
	}
	for _, response := range batch.RequestResponses {
		ids = append(ids, *response.RecordId)
	}
	if slices.Sort(ids); len(slices.Compact(ids)) != 501 {
		t.Error("ids are given twice")
	}
	if err := s.delivery.Flush(ctx, "lake"); err != nil {
		t.Fatal(err)
	}
	var lines string
	objects := s.objects("raw/")
	for key, content := range objects {
		if !strings.HasSuffix(key, ".gz") {
			t.Errorf("key %s", key)
		}
		unzipped := must[*gzip.Reader](t)(gzip.NewReader(strings.NewReader(content)))
		lines += string(must[[]byte](t)(io.ReadAll(unzipped)))
	}
	got := strings.Split(strings.TrimSuffix(lines, "\n"), "\n")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d objects hold %d records, want %d", len(objects), len(got), len(want))
	}

	must[*sdk.DeleteDeliveryStreamOutput](t)(client.DeleteDeliveryStream(ctx, &sdk.DeleteDeliveryStreamInput{DeliveryStreamName: aws.String("lake")}))
	_, err := client.DescribeDeliveryStream(ctx, &sdk.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String("lake")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) || *missing.Message != "Firehose lake under account 000000000000 not found." {
		t.Errorf("deleted: %v", err)
	}
}

func TestAStreamIsDeliveredBySDK(t *testing.T) {
	s := newTestService(t)
	client, ctx := s.client(), t.Context()
	in := &sdk.CreateDeliveryStreamInput{
		DeliveryStreamName: aws.String("lake"), DeliveryStreamType: types.DeliveryStreamTypeKinesisStreamAsSource,
		KinesisStreamSourceConfiguration: &types.KinesisStreamSourceConfiguration{RoleARN: role,
			KinesisStreamARN: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/events")},
		ExtendedS3DestinationConfiguration: &types.ExtendedS3DestinationConfiguration{RoleARN: role, BucketARN: bucket,
			BufferingHints: &types.BufferingHints{SizeInMBs: aws.Int32(1), IntervalInSeconds: aws.Int32(60)}},
	}
	_, err := client.CreateDeliveryStream(ctx, in)
	var invalid *types.InvalidArgumentException
	if !errors.As(err, &invalid) || !strings.Contains(*invalid.Message, "events") {
		t.Errorf("from a stream that is not there: %v", err)
	}
	stream := must[*shardlog.Stream](t)(s.streams.Create(ctx, shardlog.Spec{Name: "events", Shards: 2}))
	must[*sdk.CreateDeliveryStreamOutput](t)(client.CreateDeliveryStream(ctx, in))
	_, err = client.CreateDeliveryStream(ctx, in)
	var inUse *types.ResourceInUseException
	if !errors.As(err, &inUse) {
		t.Errorf("made twice: %v", err)
	}
	described := must[*sdk.DescribeDeliveryStreamOutput](t)(client.DescribeDeliveryStream(ctx, &sdk.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String("lake")})).DeliveryStreamDescription
	from := described.Source.KinesisStreamSourceDescription
	if *from.KinesisStreamARN != *in.KinesisStreamSourceConfiguration.KinesisStreamARN || *from.RoleARN != *role || from.DeliveryStartTimestamp == nil {
		t.Errorf("source %+v", from)
	}
	_, err = client.PutRecord(ctx, &sdk.PutRecordInput{DeliveryStreamName: aws.String("lake"), Record: &types.Record{Data: []byte("x")}})
	if !errors.As(err, &invalid) {
		t.Errorf("put beside the stream: %v", err)
	}
	if err := stream.Append(ctx, []shardlog.Entry{{PartitionKey: []byte("k"), Data: []byte("delivered")}}, make([]shardlog.Receipt, 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.delivery.Flush(ctx, "lake"); err != nil {
		t.Fatal(err)
	}
	objects := s.objects("")
	for key, content := range objects {
		if content != "delivered" || !strings.HasPrefix(filepath.Base(key), "lake-1-") {
			t.Errorf("%s holds %q", key, content)
		}
	}
	if len(objects) != 1 {
		t.Errorf("%d objects", len(objects))
	}
}

func TestDeliveryStreamsAreListedInPages(t *testing.T) {
	s := newTestService(t)
	var want []string
	for i := range 12 {
		want = append(want, fmt.Sprintf("lake-%02d", i))
		if got := s.call("CreateDeliveryStream", strings.Replace(s3With(""), `"lake"`, `"`+want[i]+`"`, 1)); got.status != 200 {
			t.Fatalf("%+v", got)
		}
	}
	client, ctx := s.client(), t.Context()
	var got, sizes []string
	in := &sdk.ListDeliveryStreamsInput{}
	for more := true; more; {
		page := must[*sdk.ListDeliveryStreamsOutput](t)(client.ListDeliveryStreams(ctx, in))
		got = append(got, page.DeliveryStreamNames...)
		sizes = append(sizes, fmt.Sprint(len(page.DeliveryStreamNames)))
		in.ExclusiveStartDeliveryStreamName = &got[len(got)-1]
		more = *page.HasMoreDeliveryStreams
	}
	if !slices.Equal(got, want) || strings.Join(sizes, " ") != "10 2" {
		t.Errorf("got %v in pages of %v", got, sizes)
	}
	for kind, want := range map[types.DeliveryStreamType]int{types.DeliveryStreamTypeDirectPut: 3, types.DeliveryStreamTypeKinesisStreamAsSource: 0} {
		page := must[*sdk.ListDeliveryStreamsOutput](t)(client.ListDeliveryStreams(ctx, &sdk.ListDeliveryStreamsInput{DeliveryStreamType: kind, Limit: aws.Int32(3)}))
		if len(page.DeliveryStreamNames) != want || *page.HasMoreDeliveryStreams != (want > 0) {
			t.Errorf("%s: %+v", kind, page)
		}
	}
}
