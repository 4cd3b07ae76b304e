package awsapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxSkew is how far a client's clock may be from ours.
const maxSkew = 5 * time.Minute

// An authenticator checks requests' signatures (AWS Signature Version 4).
type authenticator struct {
	secrets map[string]string // by access key id
}

func newAuthenticator(credentials []Credential) authenticator {
	a := authenticator{secrets: map[string]string{}}
	for _, credential := range credentials {
		a.secrets[credential.AccessKeyID] = credential.Secret
	}
	return a
}

// open reports that no credentials are configured, so nothing is checked.
func (a authenticator) open() bool { return len(a.secrets) == 0 }

// check verifies that a request for a service was signed, a short while ago,
// with a secret we know, over the body it came with.
func (a authenticator) check(r *http.Request, body []byte, service string, now time.Time) error {
	if a.open() {
		return nil
	}
	auth, err := readAuthorization(r)
	if err != nil {
		return err
	}
	if err := auth.checkScope(service); err != nil {
		return err
	}
	if err := auth.checkTime(now); err != nil {
		return err
	}
	secret, known := a.secrets[auth.accessKeyID]
	if !known {
		return Errorf("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	payload := sha256.Sum256(body)
	want := auth.sign(r, secret, hex.EncodeToString(payload[:]))
	if subtle.ConstantTimeCompare([]byte(want), []byte(auth.signature)) != 1 {
		return Errorf("InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return nil
}

func (a *authorization) checkScope(service string) error {
	switch {
	case a.date != a.stamp[:len("20060102")]:
		return Errorf("InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.", a.date, a.stamp[:8], a.stamp)
	case a.service != service:
		return Errorf("InvalidSignatureException", "Credential should be scoped to correct service: '%s'.", service)
	case a.terminator != "aws4_request":
		return Errorf("InvalidSignatureException", "Credential should be scoped with a valid terminator: 'aws4_request', not '%s'.", a.terminator)
	}
	// What decides what is done, where and when must be under the signature.
	for _, name := range []string{"host", "x-amz-target"} {
		if !slices.Contains(a.signedHeaders, name) {
			return Errorf("InvalidSignatureException", "'%s' must be a 'SignedHeader' in the AWS Authorization.", name)
		}
	}
	if !slices.Contains(a.signedHeaders, "x-amz-date") && !slices.Contains(a.signedHeaders, "date") {
		return Errorf("InvalidSignatureException", "'x-amz-date' must be a 'SignedHeader' in the AWS Authorization.")
	}
	return nil
}

func (a *authorization) checkTime(now time.Time) error {
	shown := func(t time.Time) string { return t.UTC().Format(stampFormat) }
	switch {
	case a.time.Before(now.Add(-maxSkew)):
		return Errorf("InvalidSignatureException", "Signature expired: %s is now earlier than %s (%s - 5 min.)", a.stamp, shown(now.Add(-maxSkew)), shown(now))
	case a.time.After(now.Add(maxSkew)):
		return Errorf("InvalidSignatureException", "Signature not yet current: %s is still later than %s (%s + 5 min.)", a.stamp, shown(now.Add(maxSkew)), shown(now))
	}
	return nil
}

// An authorization is what a request says about its signature.
type authorization struct {
	accessKeyID   string
	date          string // of the credential's scope
	region        string
	service       string
	terminator    string
	signedHeaders []string
	signature     string
	stamp         string // when it was signed, as text and as time
	time          time.Time
}

const (
	algorithm   = "AWS4-HMAC-SHA256"
	stampFormat = "20060102T150405Z"
)

// readAuthorization reads the Authorization header.
func readAuthorization(r *http.Request) (*authorization, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		if r.URL.Query().Has("X-Amz-Algorithm") {
			return nil, Errorf("IncompleteSignatureException", "Leat reads signatures from the Authorization header only, not from the query string.")
		}
		return nil, Errorf("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	name, rest, _ := strings.Cut(header, " ")
	if name != algorithm {
		return nil, Errorf("IncompleteSignatureException", "Unsupported AWS 'algorithm': '%s'. Only %s is supported.", name, algorithm)
	}
	fields := map[string]string{}
	for field := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[key] = value
	}
	missing := ""
	for _, key := range []string{"Credential", "Signature", "SignedHeaders"} {
		if fields[key] == "" {
			missing += "Authorization header requires '" + key + "' parameter. "
		}
	}
	stamp, signed, err := readStamp(r.Header)
	if err != nil {
		return nil, err
	}
	if stamp == "" {
		missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
	}
	if missing != "" {
		return nil, Errorf("IncompleteSignatureException", "%sAuthorization=%s", missing, withoutSignature(header))
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) < 5 {
		return nil, Errorf("IncompleteSignatureException", "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '%s'", fields["Credential"])
	}
	// An access key id may itself have slashes: the scope is counted from the end.
	last := len(scope) - 4
	return &authorization{
		accessKeyID: strings.Join(scope[:last], "/"),
		date:        scope[last], region: scope[last+1], service: scope[last+2], terminator: scope[last+3],
		signedHeaders: strings.Split(strings.ToLower(fields["SignedHeaders"]), ";"),
		signature:     fields["Signature"],
		stamp:         stamp, time: signed,
	}, nil
}

// withoutSignature shows a header in an error without repeating its secret-made part.
func withoutSignature(header string) string {
	before, _, _ := strings.Cut(header, "Signature=")
	return before
}

// readStamp returns when a request says it was signed; "" when it does not say.
func readStamp(header http.Header) (string, time.Time, error) {
	if stamp := header.Get("X-Amz-Date"); stamp != "" {
		t, err := time.Parse(stampFormat, stamp)
		if err != nil {
			return "", t, Errorf("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", stamp)
		}
		return stamp, t, nil
	}
	if date := header.Get("Date"); date != "" {
		t, err := http.ParseTime(date)
		if err != nil {
			return "", t, Errorf("IncompleteSignatureException", "Date header '%s' is not a date of HTTP.", date)
		}
		return t.UTC().Format(stampFormat), t, nil
	}
	return "", time.Time{}, nil
}
