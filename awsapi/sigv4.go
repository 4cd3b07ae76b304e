package awsapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A signer signs for one credential's scope and one moment.
type signer struct {
	key   []byte
	stamp string
	scope string
}

// signer derives the key of a scope from a secret.
func (a *authorization) signer(secret string) signer {
	s := signer{key: []byte("AWS4" + secret), stamp: a.stamp}
	for _, part := range []string{a.date, a.region, a.service, a.terminator} {
		s.key = hmacSHA256(s.key, part)
	}
	s.scope = strings.Join([]string{a.date, a.region, a.service, a.terminator}, "/")
	return s
}

// sign signs lines under the name of what they are, in hexadecimal.
func (s signer) sign(what string, lines ...string) string {
	text := strings.Join(append([]string{what, s.stamp, s.scope}, lines...), "\n")
	return hex.EncodeToString(hmacSHA256(s.key, text))
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func hexSHA256(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// canonicalRequest writes a request in the one form that both sides sign.
func (a *authorization) canonicalRequest(r *http.Request, payloadHash string) string {
	var out strings.Builder
	out.WriteString(r.Method + "\n")
	out.WriteString(canonicalPath(r.URL) + "\n")
	query := r.URL.Query()
	if a.inQuery {
		query.Del("X-Amz-Signature")
	}
	out.WriteString(canonicalQuery(query) + "\n")
	for _, name := range a.signedHeaders {
		out.WriteString(name + ":" + canonicalHeader(r, name) + "\n")
	}
	out.WriteString("\n" + strings.Join(a.signedHeaders, ";") + "\n" + payloadHash)
	return out.String()
}

func canonicalHeader(r *http.Request, name string) string {
	// net/http takes these out of the headers.
	switch name {
	case "host":
		return r.Host
	case "content-length":
		if r.ContentLength >= 0 {
			return strconv.FormatInt(r.ContentLength, 10)
		}
	}
	values := slices.Clone(r.Header.Values(name))
	for i, value := range values {
		values[i] = strings.Join(strings.Fields(value), " ")
	}
	return strings.Join(values, ",")
}

// canonicalPath escapes the path as it was sent once more: all services but S3
// sign the escaped path, escaped.
func canonicalPath(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		return "/"
	}
	return escape(path, true)
}

func canonicalQuery(query url.Values) string {
	escaped := map[string][]string{}
	for name, values := range query {
		for _, value := range values {
			escaped[escape(name, false)] = append(escaped[escape(name, false)], escape(value, false))
		}
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(escaped)) {
		slices.Sort(escaped[name])
		for _, value := range escaped[name] {
			pairs = append(pairs, name+"="+value)
		}
	}
	return strings.Join(pairs, "&")
}

// escape escapes all but RFC 3986's unreserved characters, in upper case.
func escape(text string, keepSlash bool) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '_', c == '.', c == '~', c == '/' && keepSlash:
			out.WriteByte(c)
		default:
			out.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return out.String()
}
