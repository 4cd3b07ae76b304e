package awsapi

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"time"
)

// maxSkew is how far a client's clock may be from ours.
const maxSkew = 5 * time.Minute

// An authenticator checks requests' signatures (AWS Signature Version 4).
type authenticator struct {
	credentials map[string]Credential // by access key id
}

func newAuthenticator(credentials []Credential) *authenticator {
	a := &authenticator{credentials: map[string]Credential{}}
	for _, credential := range credentials {
		a.credentials[credential.AccessKeyID] = credential
	}
	return a
}

// open reports that no credentials are configured, so nothing is checked.
func (a *authenticator) open() bool { return len(a.credentials) == 0 }

// identify finds out who says to have signed a request for a service, and
// refuses what can be refused without its body. It returns nil when nothing is
// checked.
func (a *authenticator) identify(r *http.Request, service string, now time.Time) (*authorization, error) {
	if a.open() {
		return nil, nil
	}
	auth, err := readAuthorization(r)
	if err != nil {
		return nil, err
	}
	if err := auth.checkScope(r, service); err != nil {
		return nil, err
	}
	if err := auth.checkTime(now); err != nil {
		return nil, err
	}
	credential, known := a.credentials[auth.accessKeyID]
	if !known {
		return nil, errUnrecognized()
	}
	if err := credential.checkToken(r); err != nil {
		return nil, err
	}
	auth.credential = credential
	return auth, nil
}

// verify checks that a request was signed with the secret of who it says, over
// the body it came with; a nil authorization is good for everything. It returns
// what the body carries: itself, or the data of its signed chunks, moved
// together in place.
func (a *authorization) verify(r *http.Request, body *body) ([]byte, error) {
	kind, err := payloadOf(r)
	if err != nil {
		return nil, err
	}
	var chunks *chunkVerifier
	if a != nil {
		hash := string(kind)
		if kind == wholePayload {
			if hash = body.sum; hash == "" {
				hash = hexSHA256(body.bytes)
			}
		}
		signer := a.signer(a.credential.Secret)
		want := signer.sign(algorithm, hexSHA256([]byte(a.canonicalRequest(r, hash))))
		if subtle.ConstantTimeCompare([]byte(want), []byte(a.signature)) != 1 {
			return nil, errSignature()
		}
		chunks = &chunkVerifier{signer, want}
	}
	if kind == chunkedPayload {
		return readChunks(r, body.bytes, chunks)
	}
	return body.bytes, nil
}

func errSignature() error {
	return Errorf("InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
}

func (a *authorization) checkScope(r *http.Request, service string) error {
	switch {
	case a.date != a.stamp[:len("20060102")]:
		return Errorf("InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.", a.date, a.stamp[:8], a.stamp)
	case a.service != service:
		return Errorf("InvalidSignatureException", "Credential should be scoped to correct service: '%s'.", service)
	case a.terminator != "aws4_request":
		return Errorf("InvalidSignatureException", "Credential should be scoped with a valid terminator: 'aws4_request', not '%s'.", a.terminator)
	}
	// What decides what is done, where and when must be under the signature.
	// The whole query string is, so what stands there needs no signed header.
	for _, name := range []string{"host", "x-amz-target"} {
		if name == "x-amz-target" && a.inQuery && r.Header.Get(name) == "" {
			continue
		}
		if !slices.Contains(a.signedHeaders, name) {
			return Errorf("InvalidSignatureException", "'%s' must be a 'SignedHeader' in the AWS Authorization.", name)
		}
	}
	if !a.inQuery && !slices.Contains(a.signedHeaders, "x-amz-date") && !slices.Contains(a.signedHeaders, "date") {
		return Errorf("InvalidSignatureException", "'x-amz-date' must be a 'SignedHeader' in the AWS Authorization.")
	}
	return nil
}

func (a *authorization) checkTime(now time.Time) error {
	shown := func(t time.Time) string { return t.UTC().Format(stampFormat) }
	switch {
	case a.expires != 0 && now.After(a.time.Add(a.expires)):
		return Errorf("InvalidSignatureException", "Signature expired: %s is now earlier than %s (%s - %d sec.)", a.stamp, shown(now.Add(-a.expires)), shown(now), int(a.expires.Seconds()))
	case a.expires == 0 && a.time.Before(now.Add(-maxSkew)):
		return Errorf("InvalidSignatureException", "Signature expired: %s is now earlier than %s (%s - 5 min.)", a.stamp, shown(now.Add(-maxSkew)), shown(now))
	case a.time.After(now.Add(maxSkew)):
		return Errorf("InvalidSignatureException", "Signature not yet current: %s is still later than %s (%s + 5 min.)", a.stamp, shown(now.Add(maxSkew)), shown(now))
	}
	return nil
}
