package awsapi

import (
	"strings"
	"testing"
)

func TestPagesMayAskWhoeverSigns(t *testing.T) {
	handler := newEcho(t, Config{Credentials: []Credential{credential}})
	for _, origin := range []string{"https://app.example.com", "http://localhost:3000", "null", "whatever"} {
		w := ask(t, handler, "OPTIONS", "/", "", "Origin", origin, "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", "authorization,content-type,x-amz-target", "Access-Control-Request-Private-Network", "true")
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "172800",
			"Access-Control-Allow-Headers":         "authorization,content-type,x-amz-target",
			"Access-Control-Allow-Private-Network": "true", "x-amz-id-2": "", "Content-Type": "", "Content-Length": "0",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", origin, name, got, want)
			}
		}
		if w.Code != 200 || w.Body.Len() > 0 || len(w.Header().Get("x-amzn-RequestId")) != 36 {
			t.Errorf("%s: got %d %s", origin, w.Code, w.Body)
		}
		// Its answers can be read, also those that are refused.
		w = ask(t, handler, "POST", "/", "{}", "Origin", origin, "Content-Type", json11, "X-Amz-Target", "Echo_2026.Name")
		if w.Code != 400 || w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Expose-Headers") != exposedHeaders {
			t.Errorf("%s: got %d %v", origin, w.Code, w.Header())
		}
	}
	if w := ask(t, handler, "OPTIONS", "/", "", "Origin", "https://app.example.com"); w.Code != 200 || w.Header().Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("nothing is asked for: got %d %v", w.Code, w.Header())
	}
	if w := ask(t, handler, "POST", "/", "{}", "Content-Type", json11); w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("no page: headers %v", w.Header())
	}
}

// TestPagesOfElsewhereDoNotReachAServerWithoutCredentials tries what a browser
// can be made to send: with leave and without, under the server's own name and
// under another that points at it.
func TestPagesOfElsewhereDoNotReachAServerWithoutCredentials(t *testing.T) {
	handler := newEcho(t, Config{Origins: []string{"https://app.example.com", "http://192.168.0.7:3000"}})
	call := []string{"Content-Type", json11, "X-Amz-Target", "Echo_2026.Name"}
	for origin, may := range map[string]bool{
		"http://localhost:3000": true, "http://127.0.0.1": true, "https://[::1]:8443": true, "http://app.localhost:5173": true,
		"https://app.example.com": true, "http://192.168.0.7:3000": true,
		"https://evil.example": false, "http://localhost.evil.example": false, "https://app.example.com.evil.example": false,
		"http://app.example.com": false, "http://192.168.0.7": false, "null": false, "file://": false, "whatever": false,
		"http://evil.example:4566": false, "http://localhost@evil.example": false, "chrome-extension://localhost": false,
	} {
		for _, method := range []string{"OPTIONS", "POST"} {
			w := ask(t, handler, method, "/", `{"Name":"x"}`, append(call, "Origin", origin)...)
			allowed := w.Header().Get("Access-Control-Allow-Origin") != ""
			if (w.Code == 200) != may || allowed != may {
				t.Errorf("%s of %s: got %d %s, headers %v", method, origin, w.Code, w.Body, w.Header())
			}
			if !may && (w.Code != 403 || !strings.Contains(w.Body.String(), "--allow-origin")) {
				t.Errorf("%s of %s: got %d %s", method, origin, w.Code, w.Body)
			}
		}
	}
	// What a browser sends without asking for leave does nothing: no such request
	// is a call.
	for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		w := ask(t, handler, "POST", "/?X-Amz-Target=Echo_2026.Name", `{"Name":"x"}`, "Content-Type", media)
		if w.Code == 200 {
			t.Errorf("%s is taken: %s", media, w.Body)
		}
	}
	// A page's own name for this machine.
	w := ask(t, handler, "GET", "/", "")
	if w.Code != 403 {
		t.Errorf("got %d", w.Code)
	}
}

func TestOriginsAreHeldToTheirForm(t *testing.T) {
	for origin, right := range map[string]bool{
		"https://app.example.com": true, "http://192.168.0.7:3000": true,
		"*": false, "app.example.com": false, "https://app.example.com/": false, "https://": false, "null": false, "": false, "https://*.example.com/x": false,
	} {
		if err := (Config{Origins: []string{origin}}).Validate(); (err == nil) != right {
			t.Errorf("%q: %v", origin, err)
		}
	}
}
