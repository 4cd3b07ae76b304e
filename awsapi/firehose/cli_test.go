package firehose

import (
	"encoding/base64"
	"path/filepath"
	"strings"
	"testing"

	"leat/awsapi/awstest"
)

func TestTheAWSCommandLineWorks(t *testing.T) {
	s := newTestService(t)
	cli := awstest.NewCLI(t, s.url, "any", "any")
	const role = `"RoleARN":"arn:aws:iam::000000000000:role/leat","BucketARN":"arn:aws:s3:::lake-bucket"`
	cli.OK(nil, "firehose", "create-delivery-stream", "--delivery-stream-name", "lake", "--extended-s3-destination-configuration",
		`{`+role+`,"Prefix":"raw/",`+processors(`{"Type":"AppendDelimiterToRecord","Parameters":[{"ParameterName":"Delimiter","ParameterValue":"\\n"}]}`)+`}`)
	cli.OK(nil, "firehose", "put-record", "--delivery-stream-name", "lake", "--record", `{"Data":"`+base64.StdEncoding.EncodeToString([]byte(`{"n":1}`))+`"}`)
	var batch struct {
		FailedPutCount   int
		RequestResponses []struct{ RecordId string }
	}
	cli.OK(&batch, "firehose", "put-record-batch", "--delivery-stream-name", "lake", "--records", `[{"Data":"Mg=="},{"Data":"Mw=="}]`)
	if batch.FailedPutCount != 0 || len(batch.RequestResponses) != 2 || batch.RequestResponses[0].RecordId == "" {
		t.Errorf("put %+v", batch)
	}
	if err := s.delivery.Flush(t.Context(), "lake"); err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, content := range s.objects(filepath.FromSlash("raw/")) {
		all += content
	}
	// Version 2 of the command line takes data as base64, version 1 as it is.
	if all != "{\"n\":1}\n2\n3\n" && all != "eyJuIjoxfQ==\nMg==\nMw==\n" {
		t.Errorf("delivered %q", all)
	}
	var described struct {
		DeliveryStreamDescription struct {
			DeliveryStreamStatus string
			Destinations         []struct {
				ExtendedS3DestinationDescription struct{ Prefix string }
			}
		}
	}
	cli.OK(&described, "firehose", "describe-delivery-stream", "--delivery-stream-name", "lake")
	if d := described.DeliveryStreamDescription; d.DeliveryStreamStatus != "ACTIVE" || d.Destinations[0].ExtendedS3DestinationDescription.Prefix != "raw/" {
		t.Errorf("described %+v", d)
	}

	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"put-record", "--delivery-stream-name", "nowhere", "--record", `{"Data":"Mg=="}`}, "(ResourceNotFoundException)"},
		{[]string{"create-delivery-stream", "--delivery-stream-name", "other", "--extended-s3-destination-configuration", `{` + role + `,` + processors(`{"Type":"Lambda"}`) + `}`},
			"(InvalidArgumentException) when calling the CreateDeliveryStream operation: Leat does not support a processor of type Lambda: use Leat's own"},
		// The processor of Leat's own passes through the command line's own checks.
		{[]string{"create-delivery-stream", "--delivery-stream-name", "other", "--extended-s3-destination-configuration", `{` + role + `,` + processors(`{"Type":"SQL","Parameters":[{"ParameterName":"Columns","ParameterValue":"a int"}]}`) + `}`},
			"(InvalidArgumentException) when calling the CreateDeliveryStream operation: A processor of type SQL needs the parameter Query"},
	} {
		if _, complaint := cli.Run(append([]string{"firehose"}, test.args...)...); !strings.Contains(complaint, test.want) {
			t.Errorf("aws firehose %v: %s", test.args, complaint)
		}
	}
	cli.OK(nil, "firehose", "delete-delivery-stream", "--delivery-stream-name", "lake")
}
