package awsapi

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"leat/awsapi/cbor"
)

// ask sends a request, whose headers come as pairs, to a handler.
func ask(t *testing.T, handler http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://localhost:4566"+target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func newEcho(t *testing.T, cfg Config) *Handler {
	t.Helper()
	cfg.Services = []Service{echo()}
	handler, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// signedFor is the Authorization header of a request for a service.
func signedFor(service string) string {
	return "AWS4-HMAC-SHA256 Credential=AKID/20260301/eu-west-1/" + service + "/aws4_request, SignedHeaders=host, Signature=00"
}

func TestClientsOfOtherServicesAreToldInTheirProtocol(t *testing.T) {
	const form = "application/x-www-form-urlencoded; charset=utf-8"
	handler := newEcho(t, Config{})
	type s3Error struct {
		XMLName                          xml.Name `xml:"Error"`
		Code, Message, RequestId, HostId string
	}
	type queryError struct {
		XMLName   xml.Name `xml:"ErrorResponse"`
		Error     struct{ Type, Code, Message string }
		RequestId string
	}
	type ec2Error struct {
		XMLName   xml.Name                         `xml:"Response"`
		Errors    []struct{ Code, Message string } `xml:"Errors>Error"`
		RequestID string
	}
	for _, test := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		want                       string
	}{
		{"list buckets", "GET", "/", "", []string{"Authorization", signedFor("s3")}, 501, "no API of S3"},
		{"head", "HEAD", "/bucket/key", "", []string{"Authorization", signedFor("s3")}, 501, ""},
		{"put an object", "PUT", "/bucket/key", "body", []string{"Authorization", signedFor("s3"), "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"}, 501, "no API of S3"},
		{"delete an object", "DELETE", "/bucket/key", "", []string{"Authorization", signedFor("s3")}, 501, "no API of S3"},
		{"delete objects", "POST", "/bucket?delete", "<Delete/>", []string{"Authorization", signedFor("s3")}, 501, "no API of S3"},
		{"signed ahead", "GET", "/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260301%2Feu-west-1%2Fs3%2Faws4_request", "", nil, 501, "no API of S3"},
		{"directory buckets", "GET", "/", "", []string{"Authorization", signedFor("s3express")}, 501, "no API of S3"},
		{"not signed", "GET", "/?list-type=2", "", nil, 501, "no API of S3"},
		{"a public object", "GET", "/bucket/key", "", nil, 501, "no API of S3"},
		{"signed as in 2006", "GET", "/", "", []string{"Authorization", "AWS AKID:c2lnbmF0dXJl"}, 501, "no API of S3"},
		{"STS", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", []string{"Content-Type", form, "Authorization", signedFor("sts")}, 400, "no API of STS"},
		{"CloudFormation", "POST", "/", "Action=ListStacks", []string{"Content-Type", form, "Authorization", signedFor("cloudformation")}, 400, "no API of CloudFormation"},
		{"SQS", "POST", "/", "Action=ListQueues", []string{"Content-Type", form, "Authorization", signedFor("sqs")}, 400, "no API of SQS"},
		{"Redshift", "POST", "/", "Action=DescribeClusters", []string{"Content-Type", form, "Authorization", signedFor("redshift")}, 400, "SQL address"},
		{"a query in the URL", "GET", "/?Action=ListTopics", "", []string{"Authorization", signedFor("sns")}, 400, "no API of SNS"},
		{"a form of nobody", "POST", "/", "Action=ListTopics", []string{"Content-Type", form}, 400, "the service that this request is for"},
		{"Route 53", "GET", "/2013-04-01/hostedzone", "", []string{"Authorization", signedFor("route53")}, 400, "no API of Route 53"},
		{"EC2", "POST", "/", "Action=DescribeRegions", []string{"Content-Type", form, "Authorization", signedFor("ec2")}, 400, "no API of EC2"},
		{"Lambda", "GET", "/2015-03-31/functions/", "", []string{"Authorization", signedFor("lambda")}, 404, "no API of Lambda"},
		{"another REST service", "GET", "/applications", "", []string{"Authorization", signedFor("emr-serverless")}, 404, "no API of emr-serverless"},
		{"Smithy RPC", "POST", "/service/GraniteServiceVersion20100801/operation/ListMetrics", "\xa0", []string{"Smithy-Protocol", "rpc-v2-cbor", "Content-Type", "application/cbor", "Authorization", signedFor("monitoring")}, 404, "/metrics"},
		{"JSON", "POST", "/", "{}", []string{"Content-Type", json10, "X-Amz-Target", "DynamoDB_20120810.ListTables", "Authorization", signedFor("dynamodb")}, 400, "DynamoDB_20120810.ListTables"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := ask(t, handler, test.method, test.target, test.body, test.headers...)
			message, text := "", w.Body.Bytes()
			var err error
			switch media := w.Header().Get("Content-Type"); media {
			case "application/xml":
				var s3 s3Error
				err = xml.Unmarshal(text, &s3)
				if message = s3.Message; s3.Code != "NotImplemented" || s3.RequestId != w.Header().Get("x-amz-request-id") || s3.HostId == "" {
					t.Errorf("%s", text)
				}
			case "text/xml":
				var query queryError
				err = xml.Unmarshal(text, &query)
				if message = query.Error.Message; query.Error.Code != "InvalidAction" || query.Error.Type != "Sender" || query.RequestId == "" {
					t.Errorf("%s", text)
				}
			case "text/xml;charset=UTF-8":
				var ec2 ec2Error
				if err = xml.Unmarshal(text, &ec2); err == nil {
					message = ec2.Errors[0].Message
				}
			case "application/cbor":
				var tree any
				tree, err = cbor.Decode(text)
				message, _ = tree.(map[string]any)["message"].(string)
				if w.Header().Get("Smithy-Protocol") != "rpc-v2-cbor" {
					t.Errorf("headers %v", w.Header())
				}
			case "application/json", json10:
				message = string(text)
			default:
				t.Errorf("content type %s", media)
			}
			if err != nil || w.Code != test.status || !strings.Contains(message, test.want) {
				t.Errorf("got %d %q, %v", w.Code, text, err)
			}
		})
	}
}

func TestWhatIsNoCallIsRefusedAsAWSRefusesIt(t *testing.T) {
	const denied = "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>\n"
	handler := newEcho(t, Config{})
	for _, test := range []struct {
		name, method, body string
		headers            []string
		status             int
		media, want        string
	}{
		{"GET", "GET", "", nil, 403, "", denied},
		{"PUT", "PUT", "{}", nil, 403, "", denied},
		{"DELETE", "DELETE", "", nil, 403, "", denied},
		{"PATCH, with a target", "PATCH", "{}", []string{"X-Amz-Target", "Echo_2026.Name", "Content-Type", json11}, 403, "", denied},
		{"OPTIONS of no page", "OPTIONS", "", nil, 403, "", denied},
		{"a body of nothing", "POST", "{}", nil, 403, "", denied},
		{"no content type", "POST", "", []string{"X-Amz-Target", "Echo_2026.Name"}, 400, json11, `{"__type":"SerializationException","Message":`},
		{"no body", "POST", "", []string{"X-Amz-Target", "Echo_2026.Name", "Content-Type", json11}, 400, json11, `{"__type":"SerializationException","Message":`},
		{"no body of the old type", "POST", "", []string{"X-Amz-Target", "Echo_2026.Name", "Content-Type", "application/json"}, 400, json11, `{"__type":"SerializationException","Message":`},
		{"nothing at all", "POST", "", nil, 400, json11, `{"__type":"UnknownOperationException","message":`},
		{"text", "POST", "{}", []string{"X-Amz-Target", "Echo_2026.Name", "Content-Type", "text/plain"}, 404, "", "<UnknownOperationException>\n  <Message>Leat does not read content type &#34;text/plain&#34;"},
		{"the old type", "POST", "{}", []string{"X-Amz-Target", "Echo_2026.Name", "Content-Type", " application/json ;"}, 404, "application/json", `{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"`},
		{"the old type, no JSON", "POST", "hello", []string{"X-Amz-Target", "Echo_2026.Name", "Content-Type", "application/json"}, 400, "application/json", `{"Output":{"__type":"com.amazon.coral.service#SerializationException"`},
		{"no JSON for nobody", "POST", "hello", []string{"X-Amz-Target", "Other.Name", "Content-Type", json11}, 400, json11, `{"__type":"SerializationException","Message":`},
	} {
		w := ask(t, handler, test.method, "/", test.body, test.headers...)
		if w.Code != test.status || w.Header().Get("Content-Type") != test.media || !strings.HasPrefix(w.Body.String(), test.want) {
			t.Errorf("%s: got %d %s %q", test.name, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if id, err := base64.StdEncoding.DecodeString(w.Header().Get("x-amz-id-2")); err != nil || len(id) < 64 || len(id) > 80 {
			t.Errorf("%s: x-amz-id-2 has %d bytes, %v", test.name, len(id), err)
		}
	}
}

// TestWhatIsMissingFromASignatureIsListed has the order of AWS's checks too: a
// body that is none is reported before a signature that is none.
func TestWhatIsMissingFromASignatureIsListed(t *testing.T) {
	handler := newEcho(t, Config{Credentials: []Credential{credential}})
	const credentialPart, signature = "Authorization header requires 'Credential' parameter. ", "Authorization header requires 'Signature' parameter. "
	const signed, date = "Authorization header requires 'SignedHeaders' parameter. ", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
	query := func(names ...string) string {
		missing := ""
		for _, name := range names {
			missing += "AWS query-string parameters must include '" + name + "'. "
		}
		return missing + "Re-examine the query-string parameters."
	}
	for _, test := range []struct{ target, authorization, date, body, exception, want string }{
		{"/", "", "", "{}", "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"/?X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d", "", "", "{}", "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"/", "X", "", "{}", "IncompleteSignatureException", credentialPart + signature + signed + date + "Authorization=X"},
		{"/?X-Amz-Algorith", "X", "", "{}", "IncompleteSignatureException", credentialPart + signature + signed + date + "Authorization=X"},
		{"/", "Bearer abc", "", "{}", "IncompleteSignatureException", credentialPart + signature + signed + date + "Authorization=Bearer abc"},
		{"/", "AWS4- Signature=b Credential=a", "a", "{}", "IncompleteSignatureException", signed + "Authorization=AWS4- Signature=b Credential=a"},
		{"/", "AWS4- Signature=b,Credential=a", "a", "{}", "IncompleteSignatureException", signed + "Authorization=AWS4- Signature=b,Credential=a"},
		{"/", "AWS4-HMAC-SHA256 SignedHeaders=host, Credential=a", "a", "{}", "IncompleteSignatureException", signature + "Authorization=AWS4-HMAC-SHA256 SignedHeaders=host, Credential=a"},
		{"/?X-Amz-Algorithm", "", "", "{}", "IncompleteSignatureException", query("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")},
		{"/?X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d", "", "", "{}", "IncompleteSignatureException", query("X-Amz-SignedHeaders")},
		{"/?X-Amz-Algorithm", "X", "", "{}", "InvalidSignatureException", "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."},
		{"/", "", "", "hello", "SerializationException", "JSON"},
		{"/", "X", "", "true", "SerializationException", "JSON"},
		{"/?X-Amz-Algorithm", "", "", `{"Name":`, "SerializationException", "JSON"},
		{"/", signedFor("echo"), "20260301T120000Z", "null", "SerializationException", "JSON"},
	} {
		headers := []string{"Content-Type", json11, "X-Amz-Target", "Echo_2026.Name"}
		if test.authorization != "" {
			headers = append(headers, "Authorization", test.authorization)
		}
		if test.date != "" {
			headers = append(headers, "Date", test.date)
		}
		w := ask(t, handler, "POST", test.target, test.body, headers...)
		if got := w.Body.String(); w.Code != 400 || !strings.Contains(got, `"`+test.exception+`"`) || !strings.Contains(got, test.want) {
			t.Errorf("%s %s %s: got %d %s\nwant %s: %s", test.target, test.authorization, test.body, w.Code, got, test.exception, test.want)
		}
	}
}

func TestABodyThatIsNoCBORIsReportedBeforeItsSignature(t *testing.T) {
	service := echo()
	service.CBOR = true
	handler, err := New(Config{Services: []Service{service}, Credentials: []Credential{credential}})
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{"\xbf": "SerializationException", "\x05": "SerializationException", "hello": "SerializationException", "\xa0": "MissingAuthenticationTokenException"} {
		w := ask(t, handler, "POST", "/", body, "Content-Type", cbor11, "X-Amz-Target", "Echo_2026.Name")
		tree, err := cbor.Decode(w.Body.Bytes())
		if fields, _ := tree.(map[string]any); err != nil || w.Code != 400 || fields["__type"] != want {
			t.Errorf("%q: got %d %v, %v", body, w.Code, tree, err)
		}
	}
}
