package awsapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Requests for services that Leat does not have come in other protocols than
// its own. They are refused in the form that their clients read, and told which
// service is missing.

// foreign refuses a request for another service, and has the reply written in
// its protocol. Requests that name a target are not looked at: they are JSON.
func (h *Handler) foreign(reply *reply, r *http.Request) error {
	smithy := r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor"
	if targetOf(r) != "" && !smithy {
		return nil
	}
	service := scopeOf(r).service
	query := r.URL.Query()
	switch {
	case smithy:
		reply.form = rpcCBOR
	case service == "ec2":
		reply.form = ec2XML
	case mediaType(r) == "application/x-www-form-urlencoded" || query.Has("Action"):
		reply.form = queryXML
	case strings.HasPrefix(service, "s3") || service == "" && looksLikeS3(r):
		service = "s3"
		reply.form = s3XML
	case service == "" || h.serves(service):
		return nil
	case slices.Contains(restXMLServices, service):
		reply.form = queryXML
	default:
		reply.form = restJSON
	}
	return notServed(service, reply.form)
}

func (h *Handler) serves(service string) bool {
	for _, s := range h.services {
		if s.Name == service {
			return true
		}
	}
	return false
}

// restXMLServices are those beside S3 that speak XML over paths.
var restXMLServices = []string{"cloudfront", "route53"}

// looksLikeS3 recognizes what is not signed, or in the old way, by what only
// S3's clients send: paths, and their own parameters.
func looksLikeS3(r *http.Request) bool {
	if strings.HasPrefix(r.Header.Get("Authorization"), "AWS ") {
		return true
	}
	query := r.URL.Query()
	for _, parameter := range []string{"list-type", "x-id", "uploads", "uploadId", "delete", "location", "AWSAccessKeyId"} {
		if query.Has(parameter) {
			return true
		}
	}
	return r.Method != http.MethodPost && r.Method != http.MethodOptions && r.URL.Path != "/" && r.URL.Path != ""
}

// knownServices have other names than those that requests are signed for, or
// something in Leat that does what is wanted.
var knownServices = map[string]struct{ name, instead string }{
	"s3":                   {"S3", "buckets of delivery streams are folders in the data folder's folder buckets"},
	"sts":                  {"STS", ""},
	"iam":                  {"IAM", ""},
	"sqs":                  {"SQS", ""},
	"sns":                  {"SNS", ""},
	"ec2":                  {"EC2", ""},
	"rds":                  {"RDS", ""},
	"lambda":               {"Lambda", ""},
	"dynamodb":             {"DynamoDB", ""},
	"cloudformation":       {"CloudFormation", ""},
	"cloudfront":           {"CloudFront", ""},
	"route53":              {"Route 53", ""},
	"elasticloadbalancing": {"Elastic Load Balancing", ""},
	"autoscaling":          {"Auto Scaling", ""},
	"glue":                 {"Glue", ""},
	"monitoring":           {"CloudWatch", "metrics are on the HTTP address at /metrics"},
	"redshift":             {"Redshift's management", "connect to the SQL address with a PostgreSQL client"},
	"redshift-data":        {"the Redshift Data API", "connect to the SQL address with a PostgreSQL client"},
	"redshift-serverless":  {"Redshift Serverless", "connect to the SQL address with a PostgreSQL client"},
}

// notServed says which service there is none of, under the name that clients of
// its protocol expect.
func notServed(service string, form replyForm) error {
	known := knownServices[service]
	switch {
	case service == "":
		known.name = "the service that this request is for"
	case known.name == "":
		known.name = service
	}
	message := fmt.Sprintf("Leat has no API of %s: it answers Kinesis and Firehose.", known.name)
	if known.instead != "" {
		message = fmt.Sprintf("Leat has no API of %s: %s.", known.name, known.instead)
	}
	// None of these statuses makes a client try again.
	switch form {
	case s3XML:
		return &Error{Type: "NotImplemented", Message: message, Status: http.StatusNotImplemented}
	case queryXML, ec2XML:
		return Errorf("InvalidAction", "%s", message)
	case rpcCBOR:
		return &Error{Type: UnknownOperation, Message: message, Status: http.StatusNotFound}
	}
	return &Error{Type: UnknownOperation, Message: message, Status: http.StatusNotFound}
}
