package awsapi

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"

	"leat/awsapi/cbor"
)

// A replyForm is how an error is written.
type replyForm int

const (
	plainForm replyForm = iota // in the reply's encoding
	bareXML                    // as AWS's front door writes it that cannot tell the protocol
	oldJSON                    // as it answers application/json
	s3XML                      // S3
	queryXML                   // services that take forms: STS, CloudFormation, …
	ec2XML                     // EC2
	restJSON                   // services that take JSON on paths: Lambda, …
	rpcCBOR                    // those that speak Smithy's RPC protocol in CBOR
)

// encodeError writes an error in the reply's form, and sets the headers that go
// with it.
func (r *reply) encodeError(err *Error) []byte {
	// A message may repeat what stands in a header or a query string.
	message := strings.ToValidUTF8(err.Message, "\ufffd")
	header := r.w.Header()
	switch r.form {
	case bareXML:
		header["Content-Type"] = nil // AWS sends none
		return []byte("<" + err.Type + ">\n  <Message>" + escapeXML(message) + "</Message>\n</" + err.Type + ">\n")
	case oldJSON:
		header.Set("Content-Type", "application/json")
		return mustJSON(map[string]any{
			"Output":  map[string]string{"__type": "com.amazon.coral.service#" + err.Type, "message": message},
			"Version": "1.0",
		})
	case s3XML:
		header.Set("Content-Type", "application/xml")
		header.Set("x-amz-request-id", r.requestID)
		return []byte(xml.Header + "<Error><Code>" + err.Type + "</Code><Message>" + escapeXML(message) + "</Message><RequestId>" + r.requestID +
			"</RequestId><HostId>" + header.Get("x-amz-id-2") + "</HostId></Error>")
	case queryXML:
		header.Set("Content-Type", "text/xml")
		return []byte("<ErrorResponse>\n  <Error>\n    <Type>Sender</Type>\n    <Code>" + err.Type + "</Code>\n    <Message>" + escapeXML(message) +
			"</Message>\n  </Error>\n  <RequestId>" + r.requestID + "</RequestId>\n</ErrorResponse>\n")
	case ec2XML:
		header.Set("Content-Type", "text/xml;charset=UTF-8")
		return []byte(xml.Header + "<Response><Errors><Error><Code>" + err.Type + "</Code><Message>" + escapeXML(message) +
			"</Message></Error></Errors><RequestID>" + r.requestID + "</RequestID></Response>")
	case restJSON:
		header.Set("Content-Type", "application/json")
		header.Set("x-amzn-errortype", err.Type)
		return mustJSON(map[string]string{"message": message})
	case rpcCBOR:
		header.Set("Content-Type", "application/cbor")
		header.Set("smithy-protocol", "rpc-v2-cbor")
		encoded, _ := cbor.Marshal(map[string]string{"__type": err.Type, "message": message}) // texts always encode
		return encoded
	}
	header.Set("x-amzn-errortype", err.Type)
	// AWS writes this one in capitals, alone of all.
	member := "message"
	if err.Type == SerializationException {
		member = "Message"
	}
	encoded, _ := r.marshal(errorBody{err.Type, member, message}) // texts always encode
	return encoded
}

// An errorBody is an error whose message has one of two names.
type errorBody struct{ exception, member, message string }

// MarshalJSON writes the type first, as AWS does.
func (e errorBody) MarshalJSON() ([]byte, error) {
	text := AppendString([]byte(`{"__type":`), e.exception)
	text = AppendString(append(text, `,"`+e.member+`":`...), e.message)
	return append(text, '}'), nil
}

// MarshalCBOR is the same for CBOR.
func (e errorBody) MarshalCBOR() ([]byte, error) {
	text := cbor.AppendText(cbor.AppendText(cbor.AppendMap(nil, 2), "__type"), e.exception)
	return cbor.AppendText(cbor.AppendText(text, e.member), e.message), nil
}

func escapeXML(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text)) // a Builder takes everything
	return out.String()
}

func mustJSON(value any) []byte {
	encoded, _ := json.Marshal(value) // maps of texts always encode
	return encoded
}

// statusOf is the status that an error is sent with.
func statusOf(err *Error) int {
	if err.Status == 0 {
		return http.StatusBadRequest
	}
	return err.Status
}
