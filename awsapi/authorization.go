package awsapi

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// An authorization is what a request says about its signature.
type authorization struct {
	accessKeyID   string
	credential    Credential // that we know for it
	date          string     // of the credential's scope
	region        string
	service       string
	terminator    string
	signedHeaders []string
	signature     string
	stamp         string // when it was signed, as text and as time
	time          time.Time
	// inQuery says that it all came in the query string, and expires how long
	// it is then good for; 0: as long as one in a header.
	inQuery bool
	expires time.Duration
}

const (
	algorithm   = "AWS4-HMAC-SHA256"
	stampFormat = "20060102T150405Z"
)

// readAuthorization reads the Authorization header or, when a URL was signed
// ahead, the query string.
func readAuthorization(r *http.Request) (*authorization, error) {
	header, query := r.Header.Get("Authorization"), r.URL.Query()
	switch inQuery := query.Has("X-Amz-Algorithm"); {
	case header != "" && inQuery:
		return nil, Errorf("InvalidSignatureException", "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
	case inQuery:
		return readQuery(query)
	case header == "":
		return nil, Errorf("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	name, rest, _ := strings.Cut(header, " ")
	fields := map[string]string{}
	for _, field := range strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || r == ' ' }) {
		key, value, _ := strings.Cut(field, "=")
		fields[key] = value
	}
	missing := ""
	for _, key := range []string{"Credential", "Signature", "SignedHeaders"} {
		if fields[key] == "" {
			missing += "Authorization header requires '" + key + "' parameter. "
		}
	}
	if r.Header.Get("X-Amz-Date") == "" && r.Header.Get("Date") == "" {
		missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
	}
	if missing != "" {
		return nil, Errorf("IncompleteSignatureException", "%sAuthorization=%s", missing, wholeSignature.ReplaceAllString(header, "…"))
	}
	if name != algorithm {
		return nil, errAlgorithm(name)
	}
	stamp, signed, err := readStamp(r.Header)
	if err != nil {
		return nil, err
	}
	auth := &authorization{signature: fields["Signature"], stamp: stamp, time: signed}
	return auth, auth.readScope(fields["Credential"], fields["SignedHeaders"])
}

// maxExpires is how long a URL that was signed ahead may be good for.
const maxExpires = 7 * 24 * time.Hour

// readQuery reads the parameters of a URL that was signed ahead.
func readQuery(query url.Values) (*authorization, error) {
	missing := ""
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		if query.Get(name) == "" {
			missing += "AWS query-string parameters must include '" + name + "'. "
		}
	}
	if missing != "" {
		return nil, Errorf("IncompleteSignatureException", "%sRe-examine the query-string parameters.", missing)
	}
	if name := query.Get("X-Amz-Algorithm"); name != algorithm {
		return nil, errAlgorithm(name)
	}
	auth := &authorization{signature: query.Get("X-Amz-Signature"), stamp: query.Get("X-Amz-Date"), inQuery: true}
	var err error
	if auth.time, err = parseStamp(auth.stamp); err != nil {
		return nil, err
	}
	if query.Has("X-Amz-Expires") {
		seconds, err := strconv.ParseUint(query.Get("X-Amz-Expires"), 10, 32)
		auth.expires = time.Duration(seconds) * time.Second
		if err != nil || seconds == 0 || auth.expires > maxExpires {
			return nil, Errorf("IncompleteSignatureException", "X-Amz-Expires must be a number of seconds from 1 to %d, not '%s'.", int(maxExpires.Seconds()), query.Get("X-Amz-Expires"))
		}
	}
	return auth, auth.readScope(query.Get("X-Amz-Credential"), query.Get("X-Amz-SignedHeaders"))
}

// readScope reads the parts of a credential, and the signed headers' names.
func (a *authorization) readScope(credential, signedHeaders string) error {
	scope := strings.Split(credential, "/")
	if len(scope) < 5 {
		return Errorf("IncompleteSignatureException", "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '%s'", credential)
	}
	// An access key id may itself have slashes: the scope is counted from the end.
	last := len(scope) - 4
	a.accessKeyID = strings.Join(scope[:last], "/")
	a.date, a.region, a.service, a.terminator = scope[last], scope[last+1], scope[last+2], scope[last+3]
	a.signedHeaders = strings.Split(strings.ToLower(signedHeaders), ";")
	return nil
}

// wholeSignature is a signature that could be good for something; an error does
// not repeat it.
var wholeSignature = regexp.MustCompile(`[0-9a-fA-F]{64}`)

func errAlgorithm(name string) error {
	return Errorf("IncompleteSignatureException", "Unsupported AWS 'algorithm': '%s'. Only %s is supported.", name, algorithm)
}

// readStamp returns when a request says it was signed; one of the headers is
// there.
func readStamp(header http.Header) (string, time.Time, error) {
	if stamp := header.Get("X-Amz-Date"); stamp != "" {
		t, err := parseStamp(stamp)
		return stamp, t, err
	}
	date := header.Get("Date")
	t, err := http.ParseTime(date)
	if err != nil {
		return "", t, Errorf("IncompleteSignatureException", "Date header '%s' is not a date of HTTP.", date)
	}
	return t.UTC().Format(stampFormat), t, nil
}

func parseStamp(stamp string) (time.Time, error) {
	t, err := time.Parse(stampFormat, stamp)
	if err != nil {
		return t, Errorf("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", stamp)
	}
	return t, nil
}
