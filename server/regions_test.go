package server

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/jackc/pgx/v5"
)

// TestOneNameIsOneStreamInAllRegions puts records from two regions and has them
// delivered and viewed by names of a third and a fourth. The server runs twice on
// its folder, as another account of another region the second time.
func TestOneNameIsOneStreamInAllRegions(t *testing.T) {
	data := t.TempDir()
	const theirs = "arn:aws:kinesis:ap-southeast-2:123456789012:stream/events"
	for round, account := range []string{"", "210987654321"} {
		cfg := testConfig(t, data)
		cfg.Account = account
		if round > 0 {
			cfg.Region = "eu-north-1"
		}
		s, err := Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		clientIn := func(region string) *kinesis.Client {
			return kinesis.New(kinesis.Options{Region: region, BaseEndpoint: aws.String("http://" + s.Addrs().AWS), Retryer: aws.NopRetryer{}, Credentials: anybody})
		}
		conn, err := pgx.Connect(ctx, "postgres://admin@"+s.Addrs().SQL+"/dev?sslmode=disable")
		if err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			setUpRegions(t, s, conn, clientIn("eu-west-1"), theirs)
		}
		if _, err := clientIn("us-west-2").PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String("events"), Data: []byte("by name;"), PartitionKey: aws.String("k")}); err != nil {
			t.Fatal(err)
		}
		if _, err := clientIn("eu-west-1").PutRecord(ctx, &kinesis.PutRecordInput{StreamARN: aws.String(theirs), Data: []byte("by ARN;"), PartitionKey: aws.String("k")}); err != nil {
			t.Fatal(err)
		}
		summary, err := clientIn("cn-north-1").DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("events")})
		if want := "arn:aws-cn:kinesis:cn-north-1:" + map[string]string{"": "000000000000"}[account] + account + ":stream/events"; err != nil || *summary.StreamDescriptionSummary.StreamARN != want {
			t.Errorf("described %+v, %v, want %s", summary, err, want)
		}
		if _, err := conn.Exec(ctx, "REFRESH MATERIALIZED VIEW v"); err != nil {
			t.Fatal(err)
		}
		rows := 0
		if err := conn.QueryRow(ctx, "SELECT COUNT(*) FROM v").Scan(&rows); err != nil || rows != 2*(round+1) {
			t.Errorf("the view has %d rows, %v", rows, err)
		}
		if err := s.deliveries.Flush(ctx, "lake"); err != nil {
			t.Fatal(err)
		}
		if got := objectsBelow(t, filepath.Join(data, "buckets", "My_Bucket")); strings.Count(got, "by name;by ARN;") != round+1 {
			t.Errorf("delivered %q", got)
		}
		conn.Close(ctx)
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// anybody signs with keys that nobody checks.
var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}, nil
})

// setUpRegions makes a stream, a delivery stream that names it by an ARN, and a
// view in a schema of another region yet.
func setUpRegions(t *testing.T, s *Server, conn *pgx.Conn, streams *kinesis.Client, arn string) {
	t.Helper()
	ctx := t.Context()
	if _, err := streams.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String("events"), ShardCount: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	deliveries := firehose.New(firehose.Options{Region: "us-gov-east-1", BaseEndpoint: aws.String("http://" + s.Addrs().AWS), Retryer: aws.NopRetryer{}, Credentials: anybody})
	role := aws.String("arn:aws:iam::123456789012:role/delivery")
	made, err := deliveries.CreateDeliveryStream(ctx, &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName: aws.String("lake"), DeliveryStreamType: firehosetypes.DeliveryStreamTypeKinesisStreamAsSource,
		KinesisStreamSourceConfiguration:   &firehosetypes.KinesisStreamSourceConfiguration{KinesisStreamARN: &arn, RoleARN: role},
		ExtendedS3DestinationConfiguration: &firehosetypes.ExtendedS3DestinationConfiguration{BucketARN: aws.String("arn:aws:s3:::My_Bucket"), RoleARN: role},
	})
	if err != nil || *made.DeliveryStreamARN != "arn:aws-us-gov:firehose:us-gov-east-1:000000000000:deliverystream/lake" {
		t.Fatalf("made %+v, %v", made, err)
	}
	described, err := deliveries.DescribeDeliveryStream(ctx, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String("lake")})
	if err != nil || *described.DeliveryStreamDescription.Source.KinesisStreamSourceDescription.KinesisStreamARN != arn {
		t.Errorf("described %+v, %v", described, err)
	}
	for _, sql := range []string{
		"CREATE EXTERNAL SCHEMA streams FROM KINESIS REGION 'sa-east-1' IAM_ROLE 'arn:aws:iam::555555555555:role/reader'",
		"CREATE MATERIALIZED VIEW v AS SELECT kinesis_data FROM streams.events",
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
}

// objectsBelow returns what all files below a folder hold.
func objectsBelow(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestRegionsAndAccountsAreHeldToTheirForm(t *testing.T) {
	for _, test := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Region = "Frankfurt" }, "region"},
		{func(c *Config) { c.Region = "eu-west-1:x" }, "region"},
		{func(c *Config) { c.Account = "1234" }, "account"},
		{func(c *Config) { c.Account = "12345678901x" }, "account"},
		{func(c *Config) { c.AllowOrigins = []string{"*"} }, "origin"},
		{func(c *Config) { c.Region, c.Account = "us-gov-east-1", "123456789012" }, ""},
	} {
		cfg := testConfig(t, t.TempDir())
		test.change(&cfg)
		err := cfg.Validate()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}
