package awsapi

import (
	"net/http/httptest"
	"strings"
	"testing"

	"leat/awsapi/awstest"
)

// TestTheAWSCommandLineIsToldWhatIsMissing asks for services that speak other
// protocols: the command line shows the error's code and message only when it
// can read them.
func TestTheAWSCommandLineIsToldWhatIsMissing(t *testing.T) {
	server := httptest.NewServer(newEcho(t, Config{}))
	t.Cleanup(server.Close)
	cli := awstest.NewCLI(t, server.URL, "any", "any")
	for _, test := range []struct {
		args []string
		want []string
	}{
		{[]string{"s3", "ls"}, []string{"(NotImplemented)", "ListBuckets", "Leat has no API of S3"}},
		{[]string{"s3api", "get-object", "--bucket", "lake", "--key", "a", "/dev/null"}, []string{"(NotImplemented)", "Leat has no API of S3"}},
		{[]string{"sts", "get-caller-identity"}, []string{"(InvalidAction)", "Leat has no API of STS"}},
		{[]string{"cloudformation", "list-stacks"}, []string{"(InvalidAction)", "Leat has no API of CloudFormation"}},
		{[]string{"ec2", "describe-regions"}, []string{"(InvalidAction)", "Leat has no API of EC2"}},
		{[]string{"lambda", "list-functions"}, []string{"(UnknownOperationException)", "Leat has no API of Lambda"}},
		{[]string{"dynamodb", "list-tables"}, []string{"(UnknownOperationException)", "DynamoDB_20120810.ListTables"}},
	} {
		_, complaint := cli.Run(test.args...)
		for _, want := range test.want {
			if !strings.Contains(complaint, want) {
				t.Errorf("aws %s: %s", strings.Join(test.args, " "), complaint)
				break
			}
		}
	}
}
