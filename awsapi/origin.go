package awsapi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A browser lets a page of another origin read an answer, and send a request
// such as these, only when the server says so. AWS says so to all pages: their
// requests are signed. Without credentials none is, and any page that the user
// looks at could use the server; so only pages of this machine may, and those of
// configured origins. docs/decisions/0013 has the reasons.

// exposedHeaders are those of answers that pages may read.
const exposedHeaders = "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date"

// preflightSeconds is how long a browser may remember the answer to OPTIONS.
const preflightSeconds = "172800"

// checkCaller refuses what a page in the user's browser could send to a server
// that asks for no signatures: requests under a name that the page's owner points
// at this machine, and requests of pages that are not trusted.
func (h *Handler) checkCaller(r *http.Request) error {
	if !h.auth.Load().open() {
		return nil
	}
	if !LoopbackHost(r.Host) {
		return &Error{Type: AccessDenied, Status: http.StatusForbidden,
			Message: fmt.Sprintf("Without credentials Leat answers only requests to localhost or a loopback address, not to host %q.", r.Host)}
	}
	for _, origin := range r.Header.Values("Origin") {
		if !h.trusts(origin) {
			return &Error{Type: AccessDenied, Status: http.StatusForbidden,
				Message: fmt.Sprintf("Without credentials Leat answers no pages of origin %q: set credentials, or start it with --allow-origin %s.", origin, origin)}
		}
	}
	return nil
}

// trusts reports whether pages of an origin may use a server without
// credentials: those that this machine itself serves, and configured ones.
func (h *Handler) trusts(origin string) bool {
	if slices.ContainsFunc(h.cfg.Origins, func(allowed string) bool { return strings.EqualFold(allowed, origin) }) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && LoopbackHost(u.Host)
}

// allowOrigin tells the browser that a page may read the answer. It reports true
// when the request was OPTIONS, which asks for just that, and is answered.
func allowOrigin(reply *reply, r *http.Request) (answered bool) {
	if r.Header.Get("Origin") == "" {
		return false
	}
	header := reply.w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	if r.Method != http.MethodOptions {
		header.Set("Access-Control-Expose-Headers", exposedHeaders)
		return false
	}
	for ask, answer := range map[string]string{
		"Access-Control-Request-Headers": "Access-Control-Allow-Headers",
		"Access-Control-Request-Method":  "Access-Control-Allow-Methods",
	} {
		if wanted := r.Header.Get(ask); wanted != "" {
			header.Set(answer, wanted)
		}
	}
	// Pages from outside ask for leave to reach this machine at all.
	if r.Header.Get("Access-Control-Request-Private-Network") != "" {
		header.Set("Access-Control-Allow-Private-Network", "true")
	}
	header.Set("Access-Control-Max-Age", preflightSeconds)
	header.Del("x-amz-id-2")
	header["Content-Type"] = nil
	reply.body(nil)
	return true
}

// checkOrigins refuses what is not an origin as browsers send it.
func checkOrigins(origins []string) error {
	for _, origin := range origins {
		u, err := url.Parse(origin)
		switch {
		case origin == "*":
			return fmt.Errorf("origin *: every page that a browser shows could use a server without credentials: name origins, or set credentials, with which all pages may ask")
		case err != nil || u.Scheme == "" || u.Host == "" || origin != u.Scheme+"://"+u.Host:
			return fmt.Errorf("origin %q is not one, such as https://app.example.com or http://192.168.0.7:3000", origin)
		}
	}
	return nil
}
